"""The internal edition's parts on what it comes to: the score, the contract, the peers, what to do, hours saved."""

from collections.abc import Sequence

from uptake.insights import words
from uptake.pipeline.dashboard import telling
from uptake.pipeline.dashboard.view import Advice, Dashboard, Entitled, Entitlements, PeerView, ScoreTile, Worth
from uptake.pipeline.report.document import Column, Table, drawn
from uptake.pipeline.report.parts import NONE, Block, decimal, named, percent, signed, tenths, whole, with_unit


def score_blocks(tile: ScoreTile) -> list[Block]:
    columns = [named("Part", 2), named("Measured", 3)]
    columns += [Column(title) for title in ("Weight", "Value", "Peers", "Points")]
    rows = [
        [part.title, part.basis, whole(part.weight), whole(part.value), whole(part.peers_median), decimal(part.points)]
        for part in tile.parts
    ]
    present = "" if tile.present >= 0.995 else f"{percent(tile.present)} of the weight could be measured."
    blocks = [Block(table=Table(columns, rows), note=present)]
    moved = [[move.title, signed(move.points)] for move in tile.moves if abs(move.points) >= 0.05]
    if moved:
        blocks.append(Block(telling.moves_finding(tile), table=Table([named("Part"), Column("Points")], moved)))
    elif tile.change is not None:
        blocks.append(Block(telling.moves_finding(tile), note="No part moved it."))
    return [*blocks, *_weeks(tile)]


def _weeks(tile: ScoreTile) -> list[Block]:
    """A line needs two weeks."""
    known = [(day, score) for day, score in tile.weeks if score is not None]
    if len(known) < 2:
        return []
    rows = [
        {"day": day, "score": score, "peers": None, "shown": NONE if score is None else words.score(score)}
        for day, score in tile.weeks
    ]
    first = next(place for place, row in enumerate(rows) if row["score"] is not None)
    finding = telling.weeks_finding(known)
    return [Block(drawing=drawn("score_by_week", rows[first:], finding=finding, unit="Adoption score by week, 0–100"))]


def entitled_blocks(tile: Entitlements) -> list[Block]:
    columns = [named("Entitlement", 2), Column("Used"), Column("Granted"), Column("Share"), Column("Unused value")]
    columns.append(named("Measured", 3))
    return [Block(table=Table(columns, [_entitled(line) for line in tile.lines]))]


def _entitled(line: Entitled) -> list[str]:
    granted = "unlimited" if line.granted is None else with_unit(words.tenths(line.granted), line.unit)
    unused = NONE if line.unused_value is None else words.money(line.unused_value, line.currency)
    return [line.name, tenths(line.used), granted, percent(line.utilization), unused, line.absent or line.basis]


def peer_blocks(tile: PeerView, told: Dashboard) -> list[Block]:
    finding = f"Above {tile.words} in {len(tile.above)}, below in {len(tile.below)} of {words.counted(len(tile.lines), 'figure')}"
    unit = "Each row on its own scale: the peers’ 10th to 90th percentile, their middle half, their median"
    who = words.shortened(told.customer, 30)
    rows = [vars(line) for line in tile.lines]
    columns = [named("Figure", 3)] + [Column(title) for title in ("Value", "Average", "Median", "Percentile")]
    said = [
        [
            line.title,
            with_unit(line.shown, line.unit),
            with_unit(line.average_shown, line.unit),
            with_unit(line.median_shown, line.unit),
            whole(line.percentile),
        ]
        for line in tile.lines
    ]
    return [
        Block(table=Table(columns, said)),
        Block(drawing=drawn("peers_spread", rows, who, finding=finding, unit=unit)),
    ]


def advice_blocks(advice: Sequence[Advice]) -> list[Block]:
    columns = [named("What", 3), named("Why", 4), Column("Priority", is_number=False), named("Expected", 2)]
    rows = [
        [each.title, each.why, each.priority, each.value_words or NONE]
        for each in (one.recommendation for one in advice)
    ]
    return [Block(table=Table(columns, rows))]


def worth_blocks(tile: Worth) -> list[Block]:
    columns = [
        named("Feature", 2),
        Column("Uses"),
        Column("Minutes a use"),
        Column("Hours"),
        named("What it brings", 3),
    ]
    rows = [
        [line.feature, whole(line.uses), tenths(line.minutes_saved_per_use), decimal(line.hours), line.value_sentence]
        for line in tile.lines
    ]
    note = "Minutes saved by a use are the catalogue’s assumption."
    if tile.without_assumption:
        note += f" {words.counted(tile.without_assumption, 'feature')} used without one are left out."
    return [Block(table=Table(columns, rows), note=note)]
