"""When a Pendo total was: which grain it has, and which calendar day an instant of “midnight” means.

Pendo writes a day as the instant of midnight in the subscription's time zone, and does not say which zone that is. The
nearest midnight in UTC is the right one from Hawaii to Melbourne in winter; east of that, 11:00 to 13:00 UTC are the
midnight of the *next* day, and the file cannot tell Auckland from the far side of the date line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from uptake.sources.fields import Fields, Keys, label
from uptake.sources.reading import Answers, Grain, Question, When
from uptake.sources.times import epoch_unit

PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}
DATE_LINE_HOURS = {11, 12, 13}  # of the UTC day
EASTERNMOST = "Pacific/Auckland"
BESIDE_THE_DATE_LINE = (EASTERNMOST, "Pacific/Tongatapu", "Pacific/Fiji", "Pacific/Pago_Pago", "UTC")
DAYS_TO_TELL = 3  # distinct days that must begin at the same hour before rows of "timestamp" count as daily totals
ROWS_TO_TELL = 20


@dataclass(frozen=True)
class Moments:
    """The time column, read; ``name`` as the preview shows it."""

    grain: Grain
    when: When
    name: str
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()


def total_times(fields: Fields, answers: Answers, keys: Keys) -> Moments:
    """How the rows' time reads: ``hour`` and ``day`` say their grain, ``timestamp`` shows it by its values."""
    answer = answers.columns.get("timestamp")
    keys = fields.resolve(answer) if answer is not None else keys
    instants = _instants(fields.values(*keys))
    grain = _grain(keys[-1].lower(), instants)
    unit = epoch_unit(fields.values(*keys))
    text = fields.text(*keys)
    if unit:
        when = When(text, "epoch", unit=unit)
    elif grain == "day" and any(each.hour for each in instants):
        # Text of an instant that is someone's midnight: as an epoch it is rounded to that midnight.
        epoch = f"CAST(epoch_ms(TRY_CAST({text} AS TIMESTAMP)) AS VARCHAR)"
        when = When(f"coalesce({epoch}, {text})", "epoch", unit="ms")
    else:
        when = When(text, "iso")
    if grain == "hour":
        return Moments(grain, when, label(keys))
    return _in_zone(Moments(grain, when, label(keys)), instants, answers)


def _grain(name: str, instants: Sequence[datetime]) -> Grain:
    if name in ("hour", "day"):
        return "hour" if name == "hour" else "day"
    hours = {each.hour for each in instants}
    if hours == {0} and len(instants) > 1:
        return "day"
    days = {each.date() for each in instants}
    same_midnight = len(hours) == 1 or (len(hours) == 2 and _adjacent(hours))  # two: summer and winter time
    return "day" if same_midnight and len(days) >= DAYS_TO_TELL and len(instants) >= ROWS_TO_TELL else "hour"


def _adjacent(hours: set[int]) -> bool:
    first, second = sorted(hours)
    return second - first in (1, 23)


def _in_zone(moments: Moments, instants: Sequence[datetime], answers: Answers) -> Moments:
    """The same with the zone whose midnights these are, where one is known, and a question where it matters."""
    for zone in (answers.timezone, answers.workspace_zone):
        if zone and instants and all(_is_midnight(each, zone) for each in instants):
            return _with(moments, zone)
    warned: tuple[str, ...] = ()
    if answers.timezone and instants:
        warned = (
            f"Days in {moments.name} do not begin at midnight in {answers.timezone}: the nearest midnight counts.",
        )
    if not {each.hour for each in instants} & DATE_LINE_HOURS or answers.timezone:
        return _with(moments, "UTC", warnings=warned)
    begins = min(each for each in instants if each.hour in DATE_LINE_HOURS)
    asked = f"Days in this file begin at {begins:%H:%M} UTC. What is the time zone of the Pendo subscription?"
    question = Question("timezone", asked, BESIDE_THE_DATE_LINE, EASTERNMOST)
    return _with(moments, EASTERNMOST, questions=(question,))


def _with(moments: Moments, zone: str, questions: tuple[Question, ...] = (), warnings: tuple[str, ...] = ()) -> Moments:
    when = When(moments.when.expression, moments.when.kind, unit=moments.when.unit, zone=zone)
    return Moments(moments.grain, when, moments.name, questions, warnings)


def _is_midnight(instant: datetime, zone: str) -> bool:
    local = instant.astimezone(ZoneInfo(zone))
    return (local.hour, local.minute) == (0, 0)


def _instants(values: Sequence[Any]) -> list[datetime]:
    """The sampled times that can be read, in UTC."""
    unit = epoch_unit(values)
    read = (_epoch(value, unit) if unit else _text(value) for value in values)
    return [each for each in read if each is not None]


def _epoch(value: Any, unit: str) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(value) / PER_SECOND[unit])
    except (TypeError, ValueError, OverflowError):
        return None


def _text(value: Any) -> datetime | None:
    try:
        read = datetime.fromisoformat(str(value).replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
