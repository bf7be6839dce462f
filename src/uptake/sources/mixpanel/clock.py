"""Whether Mixpanel's ``time`` is UTC or, in projects made before 2023, the project's local clock written as if UTC.

The file does not say. ``$mp_api_timestamp_ms`` (or ``mp_processing_time_ms``) does: it is true UTC, and most events
reach Mixpanel within seconds, so that a local clock shows as a gap of whole hours on most of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from uptake.sources.reading import Answers, Question, When
from uptake.sources.times import Unit, epoch_unit, recorded

QUARTER_HOUR = 900
NEAR = 120  # seconds an event may take to arrive and still count as “at once”
FARTHEST = 14 * 3600
MOST = 0.6  # share of the sampled events that must show the gap (late ones show none)
FEWEST = 5
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}
ZONES = (
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Asia/Jerusalem",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)
UNPROVEN = (
    "Times are taken as UTC. Mixpanel projects made before 2023 write local time, and this file does not show which: "
    "if yours is one, name its time zone."
)


@dataclass(frozen=True)
class Clock:
    """How ``time`` becomes an instant, and what is to be asked or said about it."""

    when: When
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()


def project_clock(expression: str, times: Sequence[object], received: Sequence[object], answers: Answers) -> Clock:
    """``received``: when Mixpanel got the same sampled events, in milliseconds of true UTC."""
    unit = epoch_unit(times)
    when = recorded(expression, times)
    gaps = _gaps(times, received, unit)
    offsets = Counter(gap for gap in gaps if gap is not None)
    shifted = Counter({gap: count for gap, count in offsets.items() if gap})
    in_utc = bool(offsets) and offsets[0] >= MOST * len(gaps)
    if answers.timezone:
        said = f"Times in this file look like UTC already; they were read as local time in {answers.timezone}."
        local = When(expression, when.kind, unit=when.unit, zone=answers.timezone, wall_clock=when.kind == "epoch")
        return Clock(local, warnings=(said,) if in_utc and answers.timezone != "UTC" else ())
    if in_utc:
        return Clock(when)
    usual = sum(count for _, count in shifted.most_common(2))  # two: summer and winter time
    if len(gaps) >= FEWEST and usual >= MOST * len(gaps):
        return Clock(when, questions=(_question(shifted, usual / len(gaps), times, unit),))
    return Clock(when, warnings=(UNPROVEN,))


def _gaps(times: Sequence[object], received: Sequence[object], unit: Unit | None) -> list[int | None]:
    """Seconds that the written time is ahead of the true one, per sampled event, in quarters of an hour; None: late."""
    if unit is None:
        return []
    pairs = [(str(time), str(got)) for time, got in zip(times, received, strict=False)]
    return [
        _gap(float(time) / PER_SECOND[unit] - float(got) / 1000)
        for time, got in pairs
        if re.fullmatch(r"\d+(\.\d+)?", time) and re.fullmatch(r"\d{12,}(\.\d+)?", got)
    ]


def _gap(ahead: float) -> int | None:
    quarters = round(ahead / QUARTER_HOUR) * QUARTER_HOUR
    return quarters if abs(ahead - quarters) <= NEAR and abs(quarters) <= FARTHEST else None


def _question(shifted: Counter[int], share: float, times: Iterable[object], unit: Unit | None) -> Question:
    usual = [gap for gap, _ in shifted.most_common(2)]
    gap = usual[0]
    hours = f"{abs(gap) / 3600:g} hour{'' if abs(gap) == 3600 else 's'}"
    sentence = (
        f"{share:.0%} of the sampled events carry a time {hours} {'later' if gap > 0 else 'earlier'} than they reached "
        "Mixpanel: this project writes local time. In which time zone?"
    )
    return Question("timezone", sentence, _zones_with(gap, times, unit) or ZONES, None)


def _zones_with(gap: int, times: Iterable[object], unit: Unit | None) -> tuple[str, ...]:
    """Well-known zones that were this far from UTC at some time in the sample."""
    written = [float(str(time)) for time in times if re.fullmatch(r"\d+(\.\d+)?", str(time))]
    ends = [datetime.fromtimestamp(each / PER_SECOND[unit or "s"], tz=UTC) for each in (min(written), max(written))]
    return tuple(
        zone
        for zone in ZONES
        if any(day.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(seconds=gap) for day in ends)
    )
