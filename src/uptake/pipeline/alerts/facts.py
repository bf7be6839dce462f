"""What rules find in the facts as they are, for any days at once; kept per state like scores."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from uptake.kit.days import Period
from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.lake.schemas import GUIDE_EVENTS
from uptake.pipeline import scoring
from uptake.pipeline.at_hand import Bench
from uptake.pipeline.freshness import late
from uptake.pipeline.kept import kept_or_made, key_of
from uptake.pipeline.published import Published, workspace_week
from uptake.pipeline.questions import Question
from uptake.pipeline.stakeholders import Known, known_stakeholders
from uptake.scores.model import ScoreModel
from uptake.scores.models import PORTFOLIO
from uptake.signals.registry import RULE
from uptake.signals.settings import Setting
from uptake.signals.watched import State

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from uptake.scores.tables import Tables
    from uptake.signals.watched import Watched

GUIDE = DataFile.Table.GUIDE_EVENTS

Found = Mapping[str, Any]
"""A row of ``Rule.find``."""


def found_by(setting: Setting, known: Published, days: Sequence[date]) -> list[Found]:
    """What a rule with these thresholds says on each of the days, ascending. Of whose usage has not come: late."""
    marked = known_stakeholders(champions_only=True)
    values = tuple(setting.values.items())
    asked = hashlib.sha256(repr((values, days[0], days[-1], len(days), marked.asked)).encode()).hexdigest()[:16]
    key = key_of(f"alerts-{setting.rule.slug}", known, asked)
    make = partial(_asked, rule=setting.rule.slug, values=values, days=tuple(days), marked=marked)
    return _judged_as_far_as_it_came(kept_or_made(key, known, days, make).to_pylist(), days)


def _judged_as_far_as_it_came(rows: Sequence[Found], days: Sequence[date]) -> list[Found]:
    """Missing usage looks like silence, and where nothing is found any more like recovery: of neither a word is said."""
    missing = late(days[-1])
    keys = {(row["customer_id"], row["subject"]) for row in rows if row["customer_id"] in missing}
    late_rows: list[Found] = [
        {"customer_id": customer_id, "subject": subject, "as_of": day, "state": State.LATE}
        for customer_id, subject in sorted(keys)
        for day in days
        if day > missing[customer_id].until
    ]
    judged = [
        row for row in rows if row["customer_id"] not in missing or row["as_of"] <= missing[row["customer_id"]].until
    ]
    return sorted([*judged, *late_rows], key=lambda row: row["as_of"])


def _asked(
    bench: Bench, *, rule: str, values: tuple[tuple[str, float], ...], days: tuple[date, ...], marked: Known
) -> pa.Table:
    of = (rule, values, workspace_week())
    return bench.answer(Question(_find, _watched(bench, marked), days, of)).combine_chunks()


def _watched(bench: Bench, marked: Known) -> "Watched":
    from uptake.signals.watched import Watched  # heavy; what is kept is read without

    engine = bench.engine
    return Watched(
        tables=bench.tables,
        champions=engine.small("champions", marked.stakeholders),
        told_emails=engine.small("told_emails", marked.told),
        guide_events=engine.files("guide_events", files.selections(files.live(GUIDE)), GUIDE_EVENTS),
    )


def _find(
    watched: "Watched", days: Sequence[date], rule: str, values: tuple[tuple[str, float], ...], week: str
) -> "ir.Table":
    return RULE[rule].find(watched, days, dict(values), week)


def falls(known: Published, days: Sequence[date]) -> dict[date, tuple[int, int]]:
    """Each day with how many customers' scores fell by more than five points since the day before, and of how many."""
    from uptake.signals.applying import FALL

    every = sorted({*days, *(day - timedelta(days=1) for day in days)})
    scores = scores_on(known, every)
    told = {}
    for day in days:
        now, before = scores.get(day, {}), scores.get(day - timedelta(days=1), {})
        both = [now[customer] - before[customer] for customer in now.keys() & before.keys()]
        told[day] = (sum(change < -FALL for change in both), len(both))
    return told


def scores_on(known: Published, days: Sequence[date]) -> dict[date, dict[int, float]]:
    """The adoption score of every customer that has one and whose usage has come, on each of the days; one query."""
    key = key_of(f"alert-scores-{PORTFOLIO.version}", known, f"{days[0]}..{days[-1]}/{len(days)}")
    of = (scoring.DEFAULT_PERIOD, PORTFOLIO, workspace_week())
    table = kept_or_made(
        key, known, days, lambda bench: bench.answer(Question(_scores, bench.tables, tuple(days), of)).combine_chunks()
    )
    missing = late(days[-1])
    told: dict[date, dict[int, float]] = {}
    for row in table.to_pylist():
        if row["customer_id"] not in missing or row["as_of"] <= missing[row["customer_id"]].until:
            told.setdefault(row["as_of"], {})[row["customer_id"]] = row["score"]
    return told


def _scores(tables: "Tables", days: Sequence[date], period: Period, model: ScoreModel, week: str) -> "ir.Table":
    from uptake.scores.adoption import adoption_scores

    found = adoption_scores(tables, as_of=days, period=period, model=model, workspace_week=week)
    return found.filter(found.score.notnull()).select("customer_id", "as_of", "score")
