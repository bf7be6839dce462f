"""Amplitude chart (event segmentation) as CSV -> canonical totals: one column per day becomes one row per cell.

Above the header stand the chart's title and address; the first columns name the event and what the chart is grouped by.
The file does not say what it measures: cells are taken for event totals.

Rows: sample/chart_event_segmentation.csv
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from uptake.kit import sql
from uptake.kit.errors import ProductError
from uptake.sources.companies import Customer, answered_customer, company_rank, taken
from uptake.sources.cutoff import cut_off_warnings
from uptake.sources.fields import Fields
from uptake.sources.picks import Pick, mapping
from uptake.sources.reading import Answers, Grain, Melt, Question, Reading, Table, When

LIMITS = (20, 100, 300, 10_000)  # rows of a chart with attribution, of sessions, of a funnel, of a segmentation
HEADINGS = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%b %d, %Y",
    "%b %d %Y",
    "%Y-%m",
    "%b %Y",
)
FEWEST_DATES = 3
EVENT_COLUMNS = ("event", "events")
SEGMENT_COLUMNS = ("segment", "segments")
PROPERTY = re.compile(r"^(gp|up|ep|grp|user|event|group)[:.]\s*", re.IGNORECASE)  # what stands before a property's name
UNIQUES = (
    "Cells are taken for event totals. Where the chart shows unique users or an average, export it as event totals."
)


class NotDaily(ProductError):
    """The chart's columns are weeks or the like, which cannot be told apart into days."""


class ChartCsv:
    slug = "amplitude_chart"
    platform = "amplitude"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NotDaily for a chart by week or quarter, NoSuchColumn."""
        fields = Fields(table)
        dates = {name: day for name in fields.names if (day := _heading(name))}
        rest = [name for name in fields.names if name not in dates]
        if table.kind == "json" or len(dates) < FEWEST_DATES or not _is_chart(table, rest):
            return None
        grain = _grain(table, list(dates.values()))
        when, zone_questions = _when(grain, answers)
        customer = _customer(fields, answers, rest)
        feature, questions = _feature(fields, answers, rest)
        return Reading(
            platform=self.platform,
            format=self.slug,
            title=f"Amplitude chart, event totals per {grain}",
            confidence=0.95 if _mentions_amplitude(table) else 0.8,
            grain=grain,
            when=when,
            account=customer.expression,
            visitor="NULL",
            event_name=feature.expression,
            event_count='"_melted_value"',
            melt=Melt({name: day.isoformat() for name, day in dates.items()}),
            mapping=mapping(
                customer=customer.name, feature=feature, timestamp="column headings", count="cells of the date columns"
            ),
            questions=(*customer.questions, *questions, *zone_questions),
            warnings=(UNIQUES, *cut_off_warnings(table, LIMITS)),
        )


def _heading(name: str) -> datetime | None:
    for form in HEADINGS:
        try:
            return datetime.strptime(name.strip(), form)  # noqa: DTZ007 a calendar day
        except ValueError:
            continue
    return None


def _is_chart(table: Table, rest: Sequence[str]) -> bool:
    """The first heading is Amplitude's own word or a property as it writes one, or the lines above name Amplitude."""
    if not rest:
        return False
    own = rest[0].strip().lower() in (*EVENT_COLUMNS, *SEGMENT_COLUMNS) or rest[0].lower().startswith(("gp:", "grp:"))
    by_property = any(PROPERTY.match(name) for name in rest)
    return _mentions_amplitude(table) or (own and (by_property or bool(table.preamble)))


def _mentions_amplitude(table: Table) -> bool:
    return any("amplitude.com" in line for line in table.preamble)


def _grain(table: Table, dates: Sequence[datetime]) -> Grain:
    steps = {later - earlier for earlier, later in pairwise(sorted(dates))}
    if steps == {timedelta(hours=1)}:
        return "hour"
    if min(steps) == timedelta(days=1):
        return "day"
    if all(timedelta(days=28) <= step <= timedelta(days=31) for step in steps) and all(day.day == 1 for day in dates):
        return "month"
    raise NotDaily(
        f"{table.name} has a column for every {min(steps).days} days. Set the chart to daily and export it again."
    )


def _when(grain: Grain, answers: Answers) -> tuple[When, tuple[Question, ...]]:
    """Days are the project's own calendar days; only hours need to know where its clock stands."""
    if grain != "hour":
        return When('"_melted_name"', "iso"), ()
    zone = answers.timezone or answers.workspace_zone
    asked = "Amplitude charts show hours in the project's time zone and the file does not name it. Which is it?"
    question = Question("timezone", asked, (zone,), zone)
    return When('"_melted_name"', "iso", zone=zone), () if answers.timezone else (question,)


def _customer(fields: Fields, answers: Answers, rest: Sequence[str]) -> Customer:
    answered = answered_customer(fields, answers, [])
    if answered:
        return answered
    groupings = [name for name in rest if name.strip().lower() not in EVENT_COLUMNS]
    like = {name: rank for name in groupings if (rank := company_rank(PROPERTY.sub("", name), group=True))}
    if like:
        return taken(fields, (min(like, key=lambda name: like[name]),))
    guess = groupings[0] if len(groupings) == 1 else None
    asked = (
        "Which column of the chart names the customer? If none does, group the chart by company and export it again."
    )
    question = Question("customer", asked, tuple(groupings), guess)
    return Customer(fields.text(guess) if guess else "NULL", guess or "", (question,))


def _feature(fields: Fields, answers: Answers, rest: Sequence[str]) -> tuple[Pick, tuple[Question, ...]]:
    """The event's column; else what the reader says, a column or a name; else the chart's title, and a question."""
    answer = answers.columns.get("feature")
    name = (
        fields.find(answer) if answer else next((each for each in rest if each.strip().lower() in EVENT_COLUMNS), None)
    )
    if name:
        return Pick(fields.text(name), name), ()
    if answer:
        return Pick(sql.text(answer), f"“{answer}”"), ()
    title = next(
        (line.strip(' ,"\t') for line in fields.table.preamble if line.strip(' ,"\t') and "://" not in line), None
    )
    asked = "The chart does not name its event. What is the feature called?"
    question = Question("feature", asked, (title,) if title else (), title)
    return Pick(sql.text(title) if title else "NULL", "title of the chart" if title else ""), (question,)
