"""What is answered when an import is done: its customers at a glance, what stands out, and what can be done next."""

from collections.abc import Sequence
from dataclasses import replace

from uptake.chat.answers import Answer, Button, Buttons, Note, Part, Stat, Stats, Text, counted
from uptake.chat.tools.exporting import export_url
from uptake.chat.tools.figures import feature_shares, finding, heat, laggards_of, leaders_of, scope, score_table, stats
from uptake.chat.tools.links import page, portfolio_page
from uptake.chat.tools.noticed import advice_items, insight_items
from uptake.chat.tools.tool import DEFAULT_PERIOD, Exported, may_act
from uptake.customers.access import access_customers, may_change
from uptake.customers.models import Account
from uptake.insights.registry import leading
from uptake.lake.models import Import
from uptake.pipeline.feature_use import feature_use
from uptake.pipeline.insight_view import insights_for, recommendations_for
from uptake.pipeline.portfolio import Portfolio, portfolio
from uptake.pipeline.scoring import Row
from uptake.pipeline.uploads import access_imports
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

FEW = 3
INSIGHTS = 5


def results_answer(teammate: Teammate, import_id: int | None = None) -> Answer:
    """The whole answer after an import. Raises NothingToScore where no usage is there.

    ``import_id``: whose rows are accounted for beside the figures; one the teammate may not see is left out.
    """
    whole = portfolio(teammate, period=DEFAULT_PERIOD)
    batch = access_imports(teammate).filter(pk=import_id, state=Import.State.LIVE).first() if import_id else None
    board = _of_its_customers(whole, batch)
    parts: list[Part] = [Text(_scope(board, whole)), _stats(board, whole, batch)]
    if not board.rows:
        return Answer("None of the customers is yours to see", tuple(parts[:1]))
    laggards = laggards_of(board, min(FEW, max(1, board.scored // 2)))
    if board.scored:
        parts += _tables(board, whole, laggards)
    parts += _features(board)
    parts += _noticed(teammate, laggards, None if board is whole else [row["customer_id"] for row in board.rows])
    parts.append(_buttons(teammate, laggards))
    return Answer(finding(board), tuple(parts))


def _of_its_customers(whole: Portfolio, batch: Import | None) -> Portfolio:
    """Only the customers that the import brought usage of; the whole where these are all, or none is the teammate's."""
    if batch is None:
        return whole
    brought = set(Account.objects.filter(sightings__import_id=batch.pk).values_list("customer_id", flat=True))
    rows = [row for row in whole.rows if row["customer_id"] in brought]
    return replace(whole, rows=rows) if 0 < len(rows) < len(whole.rows) else whole


def _scope(board: Portfolio, whole: Portfolio) -> str:
    if board is whole:
        return scope(board)
    return f"The customers of this import: {scope(board)} You see {counted(len(whole.rows), 'customer')} in all."


def _stats(board: Portfolio, whole: Portfolio, batch: Import | None) -> Stats:
    items = stats(board).items
    if board is not whole:  # the portfolio, to which these lead, has others too
        items = (replace(items[0], href=""), *items[1:-1], replace(items[-1], href=""))
    if batch is None:
        return Stats(items)
    note = f"imported, of {counted(batch.rows_read, 'row')}"
    return Stats((*items[:3], Stat("Usage events", f"{batch.imported_count:,}", "", note, href=page("imports:page"))))


def _tables(board: Portfolio, whole: Portfolio, laggards: Sequence[Row]) -> list[Part]:
    leaders = leaders_of(board, len(laggards))
    more = {
        "more": f"All {len(whole.rows):,} customers",
        "more_url": portfolio_page(period=board.period, as_of=board.as_of),
    }
    return [score_table("Leaders", leaders, board), score_table("Laggards", laggards, board, **more)]


def _features(board: Portfolio) -> list[Part]:
    use = feature_use(period=DEFAULT_PERIOD)
    if not use.features:
        return []
    return [feature_shares(use, [row["customer_id"] for row in board.rows]), heat(use, board)]


def _noticed(teammate: Teammate, laggards: Sequence[Row], only: Sequence[int] | None) -> list[Part]:
    parts: list[Part] = []
    if found := leading(insights_for(teammate, only), INSIGHTS):
        parts.append(insight_items("Key insights", found, INSIGHTS))
    ids = [row["customer_id"] for row in laggards]
    advice = recommendations_for(teammate, customer_ids=ids) if ids else []
    best = [next((each for each in advice if each.customer_id == customer_id), None) for customer_id in ids]
    if known := [each for each in best if each is not None]:
        parts.append(advice_items("Recommended actions", known))
    if not parts:
        parts.append(Note("Nothing stands out yet; more history shows more."))
    return parts


def _buttons(teammate: Teammate, laggards: Sequence[Row]) -> Buttons:
    buttons: list[Button] = []
    if may_act(teammate):
        ids = [row["customer_id"] for row in laggards]
        theirs = access_customers(teammate).in_bulk(ids)
        mine = [each for each in ids if each in theirs and may_change(teammate, theirs[each])]
        buttons.append(Button("Update health scores", "update_health", {}, icon="refresh-cw", main=True))
        if mine:
            some = "the laggard" if len(mine) == 1 else f"{len(mine)} laggards"
            buttons += [
                Button(f"Create adoption tasks for {some}", "create_tasks", {"customers": mine}, icon="list-checks"),
                Button(f"Draft outreach to {some}", "draft_outreach", {"customers": mine}, icon="mail"),
            ]
    if may(teammate, Right.EXPORT) and (url := export_url("xlsx", Exported())):
        buttons.append(Button("Export full report", href=url, icon="download"))
    buttons.append(
        Button("Open portfolio", href=portfolio_page(), icon="chart-no-axes-column", main=not may_act(teammate))
    )
    return Buttons(tuple(buttons))
