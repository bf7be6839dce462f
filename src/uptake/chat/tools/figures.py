"""What several answers show: the portfolio's figures, tables of scores, features by share and by customer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from uptake.chat.answers import (
    Cell,
    Column,
    FeatureShare,
    FeatureShares,
    Heat,
    HeatRow,
    Lines,
    Point,
    Series,
    Stat,
    Stats,
    Table,
    band_word,
    change_cell,
    counted,
    days_text,
    listed,
    ratio_cell,
    score_cell,
    score_text,
)
from uptake.chat.tools.links import customer_page, page, portfolio_page
from uptake.chat.tools.tool import DEFAULT_PERIOD, When
from uptake.kit.days import Period
from uptake.pipeline.feature_use import Cell as Use
from uptake.pipeline.feature_use import FeatureAdoption, FeatureUse
from uptake.pipeline.portfolio import Portfolio, portfolio
from uptake.pipeline.scoring import Row
from uptake.team.models import Teammate

TOP, BOTTOM = 12, 5
"""Customers that a heatmap shows: the highest scores and the lowest."""
SHOWN_FEATURES = 8
MOVED = 3.0
"""Points from which a customer is said to be rising or falling."""


def seen(teammate: Teammate, when: When) -> Portfolio:
    """The teammate's portfolio at the time asked for."""
    return portfolio(teammate, as_of=when.as_of, period=when.period or DEFAULT_PERIOD)


def span(as_of: date, period: Period) -> str:
    """The days that a figure is of."""
    return f"all days up to {days_text(as_of, as_of)}" if period.days is None else days_text(
        as_of - timedelta(days=period.days - 1), as_of
    )  # fmt: skip


def leaders_of(board: Portfolio, number: int) -> list[Row]:
    """The highest scores, best first."""
    return list(board.rows[: min(number, board.scored)])


def laggards_of(board: Portfolio, number: int) -> list[Row]:
    """The lowest scores, lowest first; never one of the better half where there are few."""
    lowest = max(0, board.scored - number)
    return list(reversed(board.rows[lowest : board.scored]))


def finding(board: Portfolio) -> str:
    """“Adoption stands at 62. TechCorp leads with 89; StartupABC is at 23 and falling”."""
    if not board.scored:
        return "No customer has a score yet"
    first, last = board.rows[0], board.rows[board.scored - 1]
    if board.scored == 1:
        return f"{first['customer']} stands at {score_text(first['score'])}{_way(first)}"
    return (
        f"Adoption stands at {score_text(board.average)}. {first['customer']} leads with {score_text(first['score'])}; "
        f"{last['customer']} is at {score_text(last['score'])}{_way(last)}"
    )


def _way(row: Row) -> str:
    change = row["change"]
    return "" if change is None or abs(change) < MOVED else " and rising" if change > 0 else " and falling"


def scope(board: Portfolio) -> str:
    """How many customers and which days, and who has no score for what reason."""
    text = f"{counted(len(board.rows), 'customer')}, {span(board.as_of, board.period)}."
    for reason, names in board.withheld.items():
        text += f" Without a score, {reason}: {listed(names, 3)}."
    return text


def stats(board: Portfolio) -> Stats:
    """Average, highest, lowest, and how many have a score."""
    url = portfolio_page(period=board.period, as_of=board.as_of)
    items = [Stat("Average score", score_text(board.average), "of 100", _since(board), band_word(board.average), url)]
    if board.scored:
        first, last = board.rows[0], board.rows[board.scored - 1]
        items += [_extreme("Highest", first, board), _extreme("Lowest", last, board)]
    items.append(Stat("Customers scored", f"{board.scored:,}", f"of {len(board.rows):,}", href=url))
    return Stats(tuple(items))


def _since(board: Portfolio) -> str:
    change = board.average_change
    if change is None or board.period.days is None:
        return ""
    return f"{change_cell(change).text} against the {counted(board.period.days, 'day')} before"


def _extreme(label: str, row: Row, board: Portfolio) -> Stat:
    href = customer_page(row["customer_id"], period=board.period, as_of=board.as_of)
    return Stat(label, score_text(row["score"]), "of 100", row["customer"], row["band"] or "", href)


def score_table(caption: str, rows: Sequence[Row], board: Portfolio, *, more: str = "", more_url: str = "") -> Table:
    """Customer, score, active users of those who could, features of those available, trend."""
    days = "Trend" if board.period.days is None else f"{board.period.days} days"
    columns = (
        Column("Customer", "name"),
        Column("Score", "score"),
        Column("Active users", "ratio", second=True),
        Column("Features", "ratio", second=True),
        Column(days, "change"),
    )
    return Table(caption, columns, tuple(_score_row(row, board) for row in rows), more, more_url)


def _score_row(row: Row, board: Portfolio) -> tuple[Cell, ...]:
    href = customer_page(row["customer_id"], period=board.period, as_of=board.as_of)
    return (
        Cell(row["customer"], href=href),
        score_cell(row["score"], row["band"]),
        ratio_cell(row["active_visitors"], row["seats_or_known"]),
        ratio_cell(row["features_used"], row["features_available"]),
        change_cell(row["change"]),
    )


def feature_shares(
    use: FeatureUse, customer_ids: Collection[int], *, most: int | None = SHOWN_FEATURES
) -> FeatureShares:
    """Features by share of these customers; the highest and, where not all are shown, the lowest."""
    found = use.adoption(customer_ids)
    shown = (
        found if most is None or len(found) <= most else [*found[: most - most // 2], *found[len(found) - most // 2 :]]
    )
    rows = tuple(
        FeatureShare(each.feature, each.rate, each.adopted, each.available, each.level or "", _feature_page(use, each))
        for each in shown
    )
    more = f"All {len(found):,}" if len(shown) < len(found) else ""
    unit = f"% of customers that have it and adopted it, {span(use.as_of, use.period)}"
    url = portfolio_page(period=use.period, as_of=use.as_of)
    return FeatureShares("Features, by share of customers", unit, rows, more, f"{url}#features" if more and url else "")


def _feature_page(use: FeatureUse, feature: FeatureAdoption) -> str:
    return page("portfolio:feature", period=use.period, as_of=use.as_of, feature=feature.feature_id)


def heat(use: FeatureUse, board: Portfolio, *, rows: Sequence[Row] | None = None) -> Heat:
    """Every feature by customer: those asked for, or the highest and lowest scores."""
    chosen = list(rows) if rows is not None else _both_ends(board)
    cells = {row["customer_id"]: use.cells.get(row["customer_id"], {}) for row in chosen}
    features = use.adoption([row["customer_id"] for row in board.rows])  # most adopted first
    heat_rows = tuple(
        HeatRow(
            row["customer"],
            tuple(_reach(cells[row["customer_id"]], each.feature_id) for each in features),
            customer_page(row["customer_id"], period=use.period, as_of=use.as_of),
        )
        for row in chosen
    )
    hidden = 0 if rows is not None else board.scored - len(chosen)
    more = f"All {board.scored:,} customers" if hidden > 0 else ""
    url = page("portfolio:heat", period=use.period, as_of=use.as_of)
    unit = f"Reach, % of active users, {span(use.as_of, use.period)}"
    if more:
        unit += f"; the {TOP} highest and {BOTTOM} lowest scores of {board.scored:,}"
    return Heat(
        _heat_finding(heat_rows, features), unit, tuple(each.feature for each in features), heat_rows, more, url
    )


def _both_ends(board: Portfolio) -> list[Row]:
    scored = list(board.rows[: board.scored])
    return scored if len(scored) <= TOP + BOTTOM else [*scored[:TOP], *scored[-BOTTOM:]]


def _reach(cells: Mapping[str, Use], feature_id: str) -> float | None:
    """0 for what the customer has and nobody uses; None for what it does not have."""
    cell = cells.get(feature_id)
    return (cell.reach or 0.0) if cell is not None and cell.is_available else None


def _heat_finding(rows: Sequence[HeatRow], features: Sequence[object]) -> str:
    if not rows or not features:
        return "Nobody has used a feature on these days"
    used = [sum(share is not None and share >= 0.1 for share in row.cells) for row in rows]
    most, least = max(used), min(used)
    if most == least:
        return f"Every customer here has adopted {counted(most, 'feature')}"
    high, low = rows[used.index(most)].customer, rows[len(used) - 1 - used[::-1].index(least)].customer
    return f"{high} has adopted {counted(most, 'feature')}, {low} {'none' if least == 0 else least}"


def lines(caption: str, unit: str, named: Sequence[tuple[str, Sequence[float | None]]], as_of: date) -> Lines:
    """Weekly values that end on a day, oldest first."""
    return Lines(
        caption,
        unit,
        tuple(
            Series(
                name,
                tuple(
                    Point(str(as_of - timedelta(days=7 * (len(values) - 1 - place))), value)
                    for place, value in enumerate(values)
                ),
            )
            for name, values in named
        ),
    )


def about(customer: str, title: str) -> str:
    """“Acme: Call them”; the title alone where it names the customer."""
    return title if customer in title else f"{customer}: {title}"


def tasks_page() -> str:
    return page("tasks:page")


def outreach_page() -> str:
    return page("outreach:page")
