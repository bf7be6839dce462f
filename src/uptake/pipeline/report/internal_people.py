"""The internal edition's parts on people: figures, who is active, who went quiet, cohorts, concentration."""

from collections.abc import Sequence

from uptake.insights import words
from uptake.pipeline.dashboard import telling
from uptake.pipeline.dashboard.view import Cohort, Concentration, Figure, LifecycleWeek, Person, Series, UserHealth
from uptake.pipeline.report.document import Column, Table, drawn
from uptake.pipeline.report.parts import NONE, Block, named, on, percent, whole, with_unit


def figure_blocks(figures: Sequence[Figure]) -> list[Block]:
    """Each with its change, its peers and the threshold it is put to; what is not measured says why."""
    columns = [
        named("Figure", 3),
        Column("Value"),
        Column("Change"),
        Column("Peers"),
        Column("Percentile"),
        named("", 4),
    ]
    return [Block(table=Table(columns, [_figure(each) for each in figures]))]


def _figure(figure: Figure) -> list[str]:
    peers = with_unit(figure.peers_shown, figure.unit) if figure.peers_shown else NONE
    if figure.value is None:
        return [figure.title, NONE, "", peers, "", words.sentence(figure.absent)]
    percentile = "" if figure.percentile is None else words.whole(figure.percentile)
    shown = with_unit(figure.shown, figure.unit)
    return [figure.title, shown, figure.change_shown, peers, percentile, _context(figure)]


def _context(figure: Figure) -> str:
    if not figure.threshold or figure.is_met is None:
        return figure.basis
    met = "Met" if figure.is_met else "Not met"
    return ". ".join(filter(None, [figure.basis, f"{met}: {figure.threshold}"]))


def series_rows(tile: Series) -> list[dict[str, object]]:
    """As the chart of active users takes them."""
    names = ("day", "dau", "wau", "mau", "is_complete", "is_weekend")
    columns = (tile.days, tile.dau, tile.wau, tile.mau, tile.is_complete, tile.is_weekend)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def series_blocks(tile: Series) -> list[Block]:
    unit = "Distinct users in 30, 7 and 1 days; bars are single days, pale ones weekends"
    finding = telling.users_finding(tile)
    return [Block(drawing=drawn("active_users", series_rows(tile), finding=finding, unit=unit))]


def health_blocks(tile: UserHealth) -> list[Block]:
    columns = [named("Status", 1), named("Last there", 2), Column("Users"), Column("Share")]
    rows = [[each.title, each.days, whole(each.people), percent(each.share)] for each in tile.counts]
    met = "" if tile.is_met is None else f"{'Met' if tile.is_met else 'Not met'}: {tile.threshold}. "
    blocks = [
        Block(
            telling.health_finding(tile),
            table=Table(columns, rows),
            note=f"{met}Of {words.counted(tile.known, 'user')} ever seen.",
        )
    ]
    return [*blocks, Block("Most worth winning back", table=_people(tile.quiet))] if tile.quiet else blocks


def _people(people: Sequence[Person]) -> Table:
    columns = [named("User", 3), named("Role", 2), Column("Last there"), Column("Days quiet"), Column("Uses")]
    rows = [[who(each), each.role or "", on(each.last_on), whole(each.days_quiet), whole(each.uses)] for each in people]
    return Table(columns, rows)


def who(person: Person) -> str:
    """The name, else the address, else the number for readers who may not see people."""
    return (person.name or person.visitor_id or f"User {person.number}") + (" (champion)" if person.is_champion else "")


def lifecycle_blocks(weeks: Sequence[LifecycleWeek]) -> list[Block]:
    finding = telling.lifecycle_finding(weeks)
    unit = "Users by week; below the line: there the week before, and not this one"
    return [Block(drawing=drawn("lifecycle_by_week", [vars(each) for each in weeks], finding=finding, unit=unit))]


def cohort_blocks(cohorts: Sequence[Cohort]) -> list[Block]:
    unit = "Percent of the users who began in a month, by months since"
    finding = telling.cohorts_finding(cohorts)
    return [Block(drawing=drawn("cohorts", [vars(each) for each in cohorts], finding=finding, unit=unit))]


def concentration_blocks(tile: Concentration) -> list[Block]:
    if not tile.curve or tile.visitors_for_80 is None:
        return []
    finding = telling.concentration_finding(tile)
    unit = "Share of all uses, the most active users first"
    drawing = drawn("concentration", tile.curve, finding=finding, unit=unit)
    return [Block(drawing=drawing, note=_without_top(tile))]


def _without_top(tile: Concentration) -> str:
    return "" if tile.top is None else telling.without_top(tile, who(tile.top))
