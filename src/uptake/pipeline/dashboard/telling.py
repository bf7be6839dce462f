"""What a dashboard says in sentences: its deck, and the findings above its charts. Page and PDF say the same."""

from collections.abc import Sequence
from datetime import date

from uptake.insights import words
from uptake.insights.small_numbers import many, moved, names, number
from uptake.pipeline.dashboard.view import (
    Cohort,
    Concentration,
    Dashboard,
    LifecycleWeek,
    ScoreTile,
    Series,
    UserHealth,
)

MUCH = 3.0  # points; a smaller change is no way that a score goes


def deck(told: Dashboard) -> str:
    """Where the score stands, who goes quiet, what lies idle."""
    return " ".join(filter(None, (_stands(told), _quiet(told), _idle(told))))


def _stands(told: Dashboard) -> str:
    tile = told.score.data
    if tile is None or tile.score is None:
        why = tile.reason if tile and tile.reason else told.score.absent
        return f"There is no score: {why.rstrip('.')}."
    change = tile.change or 0.0
    way = "" if abs(change) < MUCH else " and rising" if change > 0 else " and falling"
    return f"Account adoption is {tile.band}{way}: {words.score(tile.score)}{_before(tile, told)}."


def _before(tile: ScoreTile, told: Dashboard) -> str:
    if tile.change is None or told.period.days is None:
        return ""
    how = moved(tile.change)
    more = "the same as" if how == "unchanged" else f"{how} on the"
    return f", {more} {words.counted(told.period.days, 'day')} before"


def _quiet(told: Dashboard) -> str:
    if told.users.data is None:
        return ""
    at_risk = next((each.people for each in told.users.data.counts if each.status == "at_risk"), 0)
    if not at_risk:
        return ""
    return words.sentence(f"{many(at_risk, 'user')} {'is' if at_risk == 1 else 'are'} drifting away.")


def _idle(told: Dashboard) -> str:
    unused = told.features.data.unused if told.features.data else ()
    if not unused:
        return ""
    lie = "lies" if len(unused) == 1 else "lie"
    named = names([each.feature for each in unused])
    return words.sentence(f"{many(len(unused), 'feature')} that peers use {lie} idle: {named}.")


def moves_finding(tile: ScoreTile) -> str:
    """“From 77 to 73”."""
    if tile.change is None or tile.previous is None or tile.score is None:
        return "What moved it"
    before, now = words.score(tile.previous), words.score(tile.score)
    if before == now and abs(tile.change) >= 0.05:
        before, now = f"{tile.previous:.1f}", f"{tile.score:.1f}"
    return f"Unchanged at {now}" if before == now else f"From {before} to {now}"


def weeks_finding(known: Sequence[tuple[date, float]]) -> str:
    """“Up nine points in twelve weeks”; of at least two weeks with a score."""
    (first, then), (last, now) = known[0], known[-1]
    return words.sentence(f"{moved(now - then)} in {many((last - first).days // 7, 'week')}")


def users_finding(tile: Series) -> str:
    """The month's users on the last day against the first one shown."""
    known = [value for value in tile.mau if value is not None]
    if not known:
        return "Nobody was there"
    now = f"{words.counted(known[-1], 'user')} in 30 days"
    if len(known) < 2:
        return now
    if known[0] == known[-1]:
        return f"{now}, as many as at the start"
    way = "more" if known[-1] > known[0] else "fewer"
    return f"{now}, {number(abs(known[-1] - known[0]))} {way} than at the start"


def health_finding(tile: UserHealth) -> str:
    """Who went quiet."""
    people = {each.status: each.people for each in tile.counts}
    at_risk, dormant = people.get("at_risk", 0), people.get("dormant", 0)
    if not at_risk and not dormant:
        return "Nobody is at risk or dormant"
    return f"{words.counted(at_risk, 'user')} at risk, {words.whole(dormant)} dormant"


def cohorts_finding(cohorts: Sequence[Cohort]) -> str:
    """How many began when."""
    began = words.counted(sum(each.size for each in cohorts), "user")
    return f"{began} began in {words.counted(len(cohorts), 'month')}"


def lifecycle_finding(weeks: Sequence[LifecycleWeek]) -> str:
    """What the weeks brought and lost together."""
    came = sum((week.new or 0) + (week.resurrected or 0) for week in weeks)
    went = sum(week.dormant or 0 for week in weeks)
    length = many(len(weeks), "week")
    return f"In {length} users came or came back {many(came, 'time')} and stayed away {many(went, 'time')}"


def concentration_finding(tile: Concentration) -> str:
    """On how few the use hangs."""
    if tile.visitors_for_80 is None:
        return "Who makes the use"
    makes = "makes" if tile.visitors_for_80 == 1 else "make"
    return words.sentence(f"{number(tile.visitors_for_80)} of {many(tile.visitors, 'user')} {makes} 80% of the use")


def without_top(tile: Concentration, who: str = "this user") -> str:
    """What the score would be without the most active user."""
    if tile.score is None or tile.score_without is None:
        return f"The score without {who} cannot be told."
    before, after = words.score(tile.score), words.score(tile.score_without)
    if before == after:
        return f"Without {who} the score would still be {before}."
    return f"Without {who} the score would be {after} instead of {before}."
