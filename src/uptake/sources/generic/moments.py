"""When: the time of the rows, what one row stands for, and what must be asked about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb

from uptake.kit import sql
from uptake.kit.errors import ProductError
from uptake.sources.generic import dates, instants
from uptake.sources.generic.choose import CLOCK_HEADERS
from uptake.sources.generic.columns import Column
from uptake.sources.generic.dates import MONTH_SHAPES, Dates
from uptake.sources.generic.values import Profile, unique_together
from uptake.sources.reading import Answers, Grain, Question, Table, When


class NoDates(ProductError):
    """The column named for the time holds no dates."""


class UnknownZone(ProductError):
    """No time zone of that name."""


@dataclass(frozen=True)
class Moments:
    """How the rows are placed in time."""

    when: When
    grain: Grain
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()
    clock_column: str = ""  # where the time of day stands apart from the date
    why: str = ""


@dataclass(frozen=True)
class Facts:
    """What else is known of the table when its time is made out."""

    table: Table
    answers: Answers
    con: duckdb.DuckDBPyConnection | None
    counted: bool  # a column or melted cells count uses
    identified: bool  # rows have ids of their own
    keys: tuple[Column, ...]  # customer, visitor, feature: whose rows may repeat on a day


def of_column(profile: Profile, others: Sequence[Profile], facts: Facts) -> Moments:
    """Raises NoDates and UnknownZone."""
    found = dates.look(profile.column.cells)
    if found is None:
        example = profile.column.filled[0] if profile.column.filled else ""
        raise NoDates(f"“{profile.name}” holds no dates that Uptake can read, such as “{example}”.")
    expression, over, clock = profile.column.sql, profile.column.over_relation, ""
    apart = None if found.has_clock else _clock_beside(others)
    if apart is not None and (joined := dates.look(_join(profile.column, apart.column))) is not None:
        found, clock = joined, apart.name
        expression = f"concat_ws(' ', {expression}, nullif(trim({apart.column.sql}), ''))"
    day_first, asked = _day_first(found, over, profile, facts)
    grain, why = _grain(found, profile, day_first, facts)
    zone, zone_asked = _zone(found, profile, facts.answers)
    when = instants.when(found, expression, zone=zone, day_first=day_first, days_only=not found.has_clock)
    warnings: tuple[str, ...] = ()
    if found.shape == "week" or (profile.header.week and not found.has_clock):
        warnings = (f"“{profile.name}” names weeks: the uses of a week are placed on its first day.",)
    return Moments(when, grain, (*asked, *zone_asked), warnings, clock, why)


def of_headings(found: dates.Headings, answers: Answers) -> Moments:
    """Dates that stand in the headers: each cell is the total of its heading's day or month."""
    questions = () if found.day_first is not None else (_which_order(found.example, mixed=False),)
    when = When("_melted_name", "iso", zone=answers.workspace_zone)
    return Moments(when, "month" if found.months else "day", questions)


def of_literal(text: str, answers: Answers) -> Moments:
    """A day or month that the reader named for the whole table."""
    cell = dates.read(text)
    moment = cell.moment(answers.day_first is not False) if cell else None
    if cell is None or moment is None or cell.shape == "epoch":
        raise NoDates(f"“{text}” is neither a day nor a month; say it as 2025-10-31 or 2025-10.")
    grain: Grain = "month" if cell.shape in MONTH_SHAPES else "day"
    return Moments(When(sql.text(moment.date().isoformat()), "iso", zone=answers.workspace_zone), grain)


def _clock_beside(others: Sequence[Profile]) -> Profile | None:
    """The time of day, where it has a column of its own."""
    return next((p for p in others if p.clocks >= 0.9 and p.header.phrase in CLOCK_HEADERS), None)


def _join(day: Column, clock: Column) -> list[str | None]:
    return [f"{one} {other}" if one and other else one for one, other in zip(day.cells, clock.cells, strict=True)]


def _day_first(found: Dates, over: str, profile: Profile, facts: Facts) -> tuple[bool, tuple[Question, ...]]:
    """The reader's word, else what the values prove, else the whole column, else a question."""
    if facts.answers.day_first is not None:
        return facts.answers.day_first, ()
    order = found.day_first
    if order is None and not found.mixed:
        order = _firsts_of_months(found) if profile.header.month else None
        if order is None and facts.con is not None:
            order = dates.settle(facts.table, over, facts.con)
    if order is not None:
        return order, ()
    return True, (_which_order(found.example.text if found.example else found.read[0].text, mixed=found.mixed),)


def _firsts_of_months(found: Dates) -> bool | None:
    """In a column of months the part that is always 1 is the day."""
    first, second = ({getattr(cell, part) for cell in found.read} for part in ("first", "second"))
    return None if (first == {1}) == (second == {1}) else first == {1}


def _which_order(example: str, *, mixed: bool) -> Question:
    cell = dates.read(example)
    early, late = (cell.moment(True), cell.moment(False)) if cell else (None, None)
    if mixed or early is None or late is None:
        sentence = (
            "Some dates fit only day-month order and some only month-day order. Which one is right for this file?"
        )
    else:
        sentence = f"Is “{example}” the {_spoken(early.day)} of {early:%B} or the {_spoken(late.day)} of {late:%B}?"
    return Question("dates", sentence, ("day-first", "month-first"), None)


def _spoken(day: int) -> str:
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _grain(found: Dates, profile: Profile, day_first: bool, facts: Facts) -> tuple[Grain, str]:
    if found.has_clock:
        hourly = facts.counted and found.on_whole_hours
        return ("hour", "all times are whole hours and uses are counted") if hourly else ("event", "")
    if found.shape in MONTH_SHAPES:
        return "month", "the values are months"
    firsts = found.first_of_months(day_first)
    months = {moment for moment in found.moments(day_first) if moment}
    if firsts and (profile.header.month or (len(months) >= 3 and facts.counted)):
        return "month", "every date is the first of a month"
    if facts.counted:
        return "day", "dates without a time, and uses are counted"
    if not facts.identified and unique_together((*facts.keys, profile.column)):
        return "day", "one row per customer, user, feature and day"
    return "event", "dates without a time, several rows alike on a day"


def _zone(found: Dates, profile: Profile, answers: Answers) -> tuple[str, tuple[Question, ...]]:
    """Where clocks without a zone were read. A date alone is a day in the workspace's own zone."""
    if not found.has_clock or found.zoned:
        return answers.workspace_zone, ()
    if answers.timezone:
        try:
            ZoneInfo(answers.timezone)
        except (ZoneInfoNotFoundError, ValueError) as why:
            raise UnknownZone(f"“{answers.timezone}” is no time zone; say it like Europe/Berlin or UTC.") from why
        return answers.timezone, ()
    if profile.header.utc:
        return "UTC", ()
    zone = answers.workspace_zone
    example = next(cell.text for cell in found.read if cell.clock)
    sentence = (
        f"The times in “{profile.name}”, such as “{example}”, name no time zone. In which zone were they written?"
    )
    return zone, (Question("timezone", sentence, tuple(dict.fromkeys((zone, "UTC"))), zone),)


def unknown(question: Question, answers: Answers) -> Moments:
    """Nothing says when: the reader is asked."""
    return Moments(When("NULL", "iso", zone=answers.workspace_zone), "event", (question,))
