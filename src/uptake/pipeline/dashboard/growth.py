"""Growth over time: weeks of use, milestones found in the facts, and what teammates wrote beside them."""

from collections.abc import Sequence
from datetime import date, timedelta

from uptake.insights import words
from uptake.pipeline.dashboard.view import AnnotationLine, FeatureLine, Growth, Milestone, WeekOfUse
from uptake.pipeline.dashboard.worked import Worked
from uptake.pipeline.models import Annotation

MOST_WEEKS, FEWEST_WEEKS = 105, 13
MOST_FIRST_USES = 6


def growth_tile(
    found: Worked,
    lines: Sequence[FeatureLine],
    annotations: Sequence[Annotation],
    *,
    may_change: bool,
) -> Growth | None:
    """None before the first use."""
    weeks = _weeks(found)
    if not weeks:
        return None
    first_day = weeks[0].week_start
    return Growth(
        weeks=weeks,
        milestones=[each for each in milestones(found, lines) if first_day <= each.on <= found.as_of],
        annotations=[
            AnnotationLine(each.pk, each.on, each.text, "" if each.by is None else str(each.by), may_change)
            for each in annotations
            if first_day <= each.on <= found.as_of
        ],
        finding=_finding(weeks),
    )


def _weeks(found: Worked) -> list[WeekOfUse]:
    """Weeks that end with the as-of day, oldest first, from that of the first use on."""
    first = found.days.first
    if first is None or first > found.as_of:
        return []
    length = found.asked.period.days
    wanted = MOST_WEEKS if length is None else max(FEWEST_WEEKS, -(-length // 7))
    weeks = []
    for back in range(wanted - 1, -1, -1):
        last = found.as_of - timedelta(days=7 * back)
        start = last - timedelta(days=6)
        if last >= first:
            weeks.append(
                WeekOfUse(start, last, found.days.uses(start, last), found.days.visitors(last, 7), start >= first)
            )
    return weeks


def _finding(weeks: Sequence[WeekOfUse]) -> str:
    """The last four whole weeks against the four before."""
    uses = [week.uses for week in weeks if week.is_whole and week.uses is not None]
    if len(uses) < 8:
        return f"{words.counted(len(weeks), 'week')} of use so far"
    now, before = sum(uses[-4:]), sum(uses[-8:-4])
    if not before:
        return "Used again after a pause" if now else "Not used in the last eight weeks"
    change = (now - before) / before
    if abs(change) < 0.05:
        return "Use is about what it was four weeks ago"
    return f"{'Up' if change > 0 else 'Down'} {words.percent(abs(change))} in four weeks"


def milestones(found: Worked, lines: Sequence[FeatureLine]) -> list[Milestone]:
    """What the facts themselves tell, oldest first."""
    made = [*_first_uses(found, lines), *_records(found)]
    return sorted(made, key=lambda each: (each.on, each.kind))


def _first_uses(found: Worked, lines: Sequence[FeatureLine]) -> list[Milestone]:
    first_ever = found.now["first_ever_on"]
    made = [Milestone(first_ever, "First use", "first_use")] if first_ever else []
    used = [line for line in lines if line.first_used_on is not None and line.first_used_on != first_ever]
    core = sorted((line for line in used if line.category == "core"), key=lambda line: line.first_used_on or date.min)
    made += [
        Milestone(line.first_used_on, f"First use of {line.feature}", "first_core")
        for line in core[:MOST_FIRST_USES]
        if line.first_used_on
    ]
    every_core = [line for line in lines if line.category == "core" and line.is_available]
    firsts = [line.first_used_on for line in every_core]
    if every_core and all(firsts):
        last = max(each for each in firsts if each)
        made.append(Milestone(last, f"All {words.counted(len(every_core), 'core feature')} used", "all_core"))
    for tag, told in (("api", "First API use"), ("report", "First report")):
        days = [line.first_used_on for line in lines if tag in line.tags and line.first_used_on]
        if days:
            made.append(Milestone(min(days), told, tag))
    return made


def _records(found: Worked) -> list[Milestone]:
    """The busiest day by users and by uses; the first one where several are alike."""
    days = found.days.days
    if not days:
        return []
    users = {day: found.days.visitors(day) or 0 for day in days}
    most = max(days, key=lambda day: (users[day], -day.toordinal()))
    busiest = max(days, key=lambda day: (found.days.uses_on(day), -day.toordinal()))
    made = []
    if users[most]:
        made.append(Milestone(most, f"Most users on a day: {words.whole(users[most])}", "record_users"))
    if found.days.uses_on(busiest):
        made.append(
            Milestone(busiest, f"Most uses on a day: {words.whole(found.days.uses_on(busiest))}", "record_uses")
        )
    return made
