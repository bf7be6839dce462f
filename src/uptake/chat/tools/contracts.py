"""Tools about what customers pay and when they decide again: renewals ahead, and revenue by band."""

from collections.abc import Sequence
from datetime import date, timedelta

from uptake.chat.answers import (
    NONE,
    Answer,
    Cell,
    Column,
    Part,
    Table,
    Text,
    change_cell,
    counted,
    day_text,
    listed,
    score_cell,
    score_text,
)
from uptake.chat.tools.figures import scope, seen
from uptake.chat.tools.links import customer_page, portfolio_page
from uptake.chat.tools.scored import act_on
from uptake.chat.tools.tool import About, Tool, When, access_named, may_act
from uptake.insights import money
from uptake.insights.words import money as money_text
from uptake.pipeline.portfolio import NO_BAND, Portfolio
from uptake.pipeline.scoring import Row
from uptake.scores.models import BANDS
from uptake.team.models import Teammate

DAYS_AHEAD = 90
SHOWN = 12
POOR = "poor"


def _renewals(teammate: Teammate, asked: About) -> Answer:
    """The period says how far ahead; a customer that is named is told whenever it renews."""
    named = {customer.pk for customer in access_named(teammate, asked.customers)}
    board = seen(teammate, When(as_of=asked.as_of))
    ahead = DAYS_AHEAD if asked.period is None or asked.period.days is None else asked.period.days
    until = board.as_of + timedelta(days=ahead)
    coming = [row for row in board.rows if row["renews_on"] is not None and row["renews_on"] >= board.as_of]
    found = [row for row in coming if (row["customer_id"] in named if named else row["renews_on"] <= until)]
    found.sort(key=lambda row: (row["renews_on"], row["customer"]))
    unknown = sum(row["renews_on"] is None for row in board.rows)
    said = Text(_renewals_said(board, until, unknown, bool(named)))
    if not found:
        whom = listed([row["customer"] for row in board.rows if row["customer_id"] in named]) if named else ""
        headline = f"No renewal of {whom} is known" if named else f"Nobody renews in the next {counted(ahead, 'day')}"
        return Answer(headline, (said,))
    parts: list[Part] = [said, _renewal_table(found, board)]
    weak = [row["customer_id"] for row in found if row["band"] == POOR]
    if weak and may_act(teammate):
        parts.append(act_on(weak[:SHOWN]))
    return Answer(_renewals_headline(found, ahead, bool(named)), tuple(parts))


def _renewals_headline(found: Sequence[Row], ahead: int, is_named: bool) -> str:
    first = found[0]
    if is_named and len(found) == 1:
        return f"{first['customer']} renews on {day_text(first['renews_on'])}, adoption {score_text(first['score'])}"
    verb = "renews" if len(found) == 1 else "renew"
    worth = _together(found)
    headline = f"{counted(len(found), 'customer')} {verb} in the next {counted(ahead, 'day')}"
    weak = [row["customer"] for row in found if row["band"] == POOR]
    return (
        f"{headline}{f', {worth} of ARR' if worth else ''}{f'; adoption is poor at {listed(weak, 3)}' if weak else ''}"
    )


def _renewals_said(board: Portfolio, until: date, unknown: int, is_named: bool) -> str:
    days = "" if is_named else f" Renewals from {day_text(board.as_of)} to {day_text(until)}."
    told = f"Scores as of {day_text(board.as_of)}.{days}"
    return f"{told} No renewal is known of {counted(unknown, 'customer')}." if unknown else told


def _renewal_table(found: Sequence[Row], board: Portfolio) -> Table:
    columns = (
        Column("Customer", "name"),
        Column("Renews", "day"),
        Column("Score", "score"),
        Column("30 days", "change", second=True),
        Column("ARR", "money"),
    )
    rows = tuple(
        (
            Cell(row["customer"], href=customer_page(row["customer_id"], as_of=board.as_of)),
            Cell(day_text(row["renews_on"]), note=f"in {counted((row['renews_on'] - board.as_of).days, 'day')}"),
            score_cell(row["score"], row["band"]),
            change_cell(row["change"]),
            _money_cell(row),
        )
        for row in found[:SHOWN]
    )
    more = f"The first {SHOWN} of {len(found):,}" if len(found) > SHOWN else ""
    url = f"{portfolio_page(as_of=board.as_of, sort='renews_on')}" if more else ""
    return Table("Renewals, the nearest first", columns, rows, more, url)


def _money_cell(row: Row) -> Cell:
    return Cell(NONE) if row["arr"] is None else Cell(money_text(row["arr"], row["currency"]), value=row["arr"])


def _together(rows: Sequence[Row]) -> str:
    """€1.2m and $310k; currencies are never added."""
    return " and ".join(money_text(amount, currency) for currency, amount in money.sums(rows).items())


def _revenue(teammate: Teammate, asked: When) -> Answer:
    board = seen(teammate, asked)
    worth = _together(board.rows)
    if not worth:
        return Answer("No contract says what a customer pays", (Text(scope(board)),))
    by_band = {band: [row for row in board.rows if row["band"] == band] for band in (*BANDS, None)}
    weak = by_band[POOR]
    told = f"ARR is {worth}"
    if at_stake := _together(weak):
        told += f"; {at_stake} of it at {counted(len(weak), 'customer')} with poor adoption"
    unknown = sum(row["arr"] is None for row in board.rows)
    said = f"{scope(board)} ARR of the contracts that ran on {day_text(board.as_of)}."
    if unknown:
        said += f" It is not known of {counted(unknown, 'customer')}."
    rows = tuple(
        (
            Cell(
                (band or "no score").capitalize(),
                href=portfolio_page(period=board.period, as_of=board.as_of, band=band or NO_BAND),
            ),
            Cell(f"{len(found):,}", value=float(len(found))),
            Cell(_together(found) or NONE),
        )
        for band, found in by_band.items()
        if found
    )
    columns = (Column("Adoption", "name"), Column("Customers", "count"), Column("ARR", "money"))
    return Answer(told, (Text(said), Table("ARR by adoption band", columns, rows)))


RENEWALS = Tool(
    "renewals",
    "Renewals",
    "Who renews in the days ahead, with score and ARR.",
    About,
    ("Which customers renew in the next 60 days?", "When does TechCorp renew?"),
    _renewals,
)
REVENUE = Tool(
    "revenue",
    "Revenue",
    "ARR of the portfolio, and how much of it stands behind poor adoption.",
    When,
    ("How much ARR is at risk?", "Total ARR"),
    _revenue,
)
