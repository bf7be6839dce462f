"""The internal edition's parts on use: features, the way from core to power, the week's rhythm, growth."""

from collections.abc import Sequence

from uptake.insights import words
from uptake.pipeline.dashboard.view import Dashboard, FeatureLine, Features, Funnel, Growth, Rhythm
from uptake.pipeline.report.document import Column, Table, drawn
from uptake.pipeline.report.parts import Block, named, percent, whole

MOST_UNUSED = 40
TRENDS = {"up": "▲ up", "down": "▼ down", "flat": "stable", "new": "new", "none": ""}


def feature_blocks(tile: Features, told: Dashboard) -> list[Block]:
    """Reach against peers as a drawing, all features as a table, and those that peers use and this customer does not."""
    finding = f"{tile.used} of {words.counted(tile.available, 'feature')} used, {tile.adopted} adopted"
    unit = f"Share of active users who used the feature, {words.span(told.period)}"
    rows = [vars(line) for line in tile.lines if line.is_available]
    drawing = drawn("feature_reach", rows, words.shortened(told.customer, 30), finding=finding, unit=unit)
    blocks = [Block(drawing=drawing), _matrix(tile.lines)]
    return [*blocks, Block("Unused, though peers use them", table=_unused(tile.unused))] if tile.unused else blocks


def _matrix(lines: Sequence[FeatureLine]) -> Block:
    """Every feature that is used, and the first of the others: hundreds of empty rows help nobody on paper."""
    used = sum(1 for line in lines if line.uses)
    shown, rest = lines[: used + MOST_UNUSED], len(lines) - used - MOST_UNUSED
    title = "All features" if rest <= 0 else "Features"
    note = f"{words.counted(rest, 'more feature')} not used in this period stand on the page." if rest > 0 else ""
    return Block(title, table=_table(shown), note=note)


def _table(lines: Sequence[FeatureLine]) -> Table:
    columns = [named("Feature", 4), Column("Category", is_number=False), Column("Adopted", is_number=False)]
    columns += [Column(title) for title in ("Reach", "Before", "Peers", "Users", "Uses")]
    columns.append(Column("Trend", is_number=False))
    return Table(columns, [_feature(line) for line in lines])


def _feature(line: FeatureLine) -> list[str]:
    adopted = "not in plan" if not line.is_available else {True: "yes", False: "no", None: ""}[line.is_adopted]
    shares = [percent(each) for each in (line.reach, line.previous_reach, line.peers_median_reach)]
    return [line.feature, line.category, adopted, *shares, whole(line.users), whole(line.uses), TRENDS[line.trend]]


def _unused(lines: Sequence[FeatureLine]) -> Table:
    columns = [named("Feature", 2), Column("Reach"), Column("Peers"), named("What it brings", 3)]
    rows = [
        [line.feature, percent(line.reach), percent(line.peers_median_reach), line.value_sentence] for line in lines
    ]
    return Table(columns, rows)


def funnel_blocks(tile: Funnel) -> list[Block]:
    columns = [named("Step"), Column("Users"), Column("Share of active users")]
    rows = [[step.title, whole(step.visitors), percent(step.share)] for step in tile.steps]
    return [Block(table=Table(columns, rows))]


def rhythm_blocks(tile: Rhythm) -> list[Block]:
    unit = f"Uses by weekday and hour, {tile.zone}"
    return [Block(drawing=drawn("weekday_by_hour", tile.cells, finding=tile.finding, unit=unit))]


def growth_blocks(tile: Growth) -> list[Block]:
    notes = [vars(each) for each in tile.milestones]
    notes += [{"on": each.on, "words": each.text} for each in tile.annotations]
    weeks = [vars(each) for each in tile.weeks]
    unit = "Uses by week, with what happened"
    return [Block(drawing=drawn("growth_with_milestones", weeks, notes, finding=tile.finding, unit=unit))]
