"""What the page says in sentences: its deck, and the findings above its charts."""

from collections.abc import Sequence
from datetime import date

from uptake.insights import words as inwords
from uptake.pipeline.dashboard.view import Concentration, Dashboard, LifecycleWeek, ScoreTile, Series
from uptake.web.portfolio.asked import period_words
from uptake.web.portfolio.words import many, moved, names, number, sentence, shown

MUCH = 3.0  # points; a smaller change is no way that a score goes


def deck(told: Dashboard) -> str:
    """Where the score stands, who goes quiet, what lies idle."""
    return " ".join(filter(None, (_stands(told), _quiet(told), _idle(told))))


def _stands(told: Dashboard) -> str:
    tile = told.score.data
    if tile is None or tile.score is None:
        why = tile.reason if tile and tile.reason else told.score.absent.rstrip(".")
        return f"There is no score: {why}."
    change = tile.change or 0.0
    way = "" if abs(change) < MUCH else " and rising" if change > 0 else " and falling"
    return f"Adoption is {tile.band}{way}: {shown(tile.score)}{_before(tile, told)}."


def _before(tile: ScoreTile, told: Dashboard) -> str:
    if tile.change is None:
        return ""
    how = moved(tile.change)
    more = "the same as" if how == "unchanged" else f"{how} on the"
    return f", {more} {period_words(told.period)} before"


def _quiet(told: Dashboard) -> str:
    if told.users.data is None:
        return ""
    at_risk = next((each.people for each in told.users.data.counts if each.status == "at_risk"), 0)
    return sentence(f"{many(at_risk, 'user')} {'is' if at_risk == 1 else 'are'} drifting away.") if at_risk else ""


def _idle(told: Dashboard) -> str:
    unused = told.features.data.unused if told.features.data else ()
    if not unused:
        return ""
    lie = "lies" if len(unused) == 1 else "lie"
    return sentence(
        f"{many(len(unused), 'feature')} that peers use {lie} idle: {names([each.feature for each in unused])}."
    )


def moves_finding(tile: ScoreTile) -> str:
    """“From 77 to 73”."""
    if tile.change is None or tile.previous is None:
        return "What moved it"
    before, now = shown(tile.previous), shown(tile.score)
    if before == now and abs(tile.change) >= 0.05:
        before, now = f"{tile.previous:.1f}", f"{tile.score:.1f}"
    return f"Unchanged at {now}" if before == now else f"From {before} to {now}"


def weeks_finding(known: Sequence[tuple[date, float]]) -> str:
    """“Up nine points in twelve weeks”; of at least two weeks with a score."""
    (first, then), (last, now) = known[0], known[-1]
    length = (last - first).days // 7
    return sentence(f"{moved(now - then)} in {number(length)} {'week' if length == 1 else 'weeks'}")


def users_finding(tile: Series) -> str:
    """The month's users on the last day against the first one shown."""
    known = [value for value in tile.mau if value is not None]
    if not known:
        return "Nobody was there"
    if len(known) < 2 or known[0] == known[-1]:
        return f"{inwords.counted(known[-1], 'user')} in 30 days{'' if len(known) < 2 else ', as many as at the start'}"
    way = "more" if known[-1] > known[0] else "fewer"
    return (
        f"{inwords.counted(known[-1], 'user')} in 30 days, {number(abs(known[-1] - known[0]))} {way} than at the start"
    )


def lifecycle_finding(weeks: Sequence[LifecycleWeek]) -> str:
    """What the weeks brought and lost together."""
    came = sum((week.new or 0) + (week.resurrected or 0) for week in weeks)
    went = sum(week.dormant or 0 for week in weeks)
    length = f"{number(len(weeks))} {'week' if len(weeks) == 1 else 'weeks'}"
    return f"In {length} users came or came back {many(came, 'time')} and stayed away {many(went, 'time')}"


def concentration_finding(tile: Concentration) -> str:
    if tile.visitors_for_80 is None:
        return "Who makes the use"
    makes = "makes" if tile.visitors_for_80 == 1 else "make"
    return sentence(f"{number(tile.visitors_for_80)} of {many(tile.visitors, 'user')} {makes} 80% of the use")


def without_top(tile: Concentration) -> str:
    """What the score would be without the most active user."""
    if tile.score is None or tile.score_without is None:
        return "The score without this user cannot be told."
    before, after = shown(tile.score), shown(tile.score_without)
    if before == after:
        return f"Without this user the score would still be {before}."
    return f"Without this user the score would be {after} instead of {before}."
