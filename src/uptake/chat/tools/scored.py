"""Tools over the whole portfolio: scores, leaders, laggards."""

from uptake.chat.answers import Answer, Button, Buttons, Part, Text, counted, listed, score_text
from uptake.chat.tools.figures import finding, laggards_of, leaders_of, scope, score_table, seen, stats
from uptake.chat.tools.links import portfolio_page
from uptake.chat.tools.tool import Ranked, Tool, When, may_act
from uptake.pipeline.portfolio import Portfolio
from uptake.team.models import Teammate

SHOWN = 5
FEW = 3


def _scores(teammate: Teammate, asked: When) -> Answer:
    board = seen(teammate, asked)
    url = portfolio_page(period=board.period, as_of=board.as_of)
    parts: list[Part] = [Text(scope(board))]
    if board.scored:
        few = min(FEW, max(1, board.scored // 2))
        parts += [
            stats(board),
            score_table("Leaders", leaders_of(board, few), board),
            score_table(
                "Laggards", laggards_of(board, few), board, more=f"All {len(board.rows):,} customers", more_url=url
            ),
        ]
    parts.append(Buttons((Button("Open portfolio", href=url, icon="chart-no-axes-column"),)))
    return Answer(finding(board), tuple(parts))


def _leaders(teammate: Teammate, asked: Ranked) -> Answer:
    board = seen(teammate, asked)
    rows = leaders_of(board, asked.number or SHOWN)
    if not rows:
        return Answer("No customer has a score yet", (Text(scope(board)),))
    headline = f"{rows[0]['customer']} leads with {score_text(rows[0]['score'])}"
    if len(rows) > 1:
        headline += f", before {listed([row['customer'] for row in rows[1:]], 3)}"
    return Answer(headline, (Text(scope(board)), score_table("Leaders", rows, board, **_all(board))))


def _laggards(teammate: Teammate, asked: Ranked) -> Answer:
    board = seen(teammate, asked)
    rows = laggards_of(board, asked.number or SHOWN)
    if not rows:
        return Answer("No customer has a score yet", (Text(scope(board)),))
    headline = f"{rows[0]['customer']} has the lowest score, {score_text(rows[0]['score'])}: {rows[0]['why']}"
    table = score_table("Laggards", rows, board, **_all(board))
    parts: list[Part] = [Text(scope(board)), table]
    if may_act(teammate):
        parts.append(act_on([row["customer_id"] for row in rows]))
    return Answer(headline, tuple(parts))


def act_on(customer_ids: list[int]) -> Buttons:
    """What can be done for these customers."""
    chosen = {"customers": customer_ids}
    some = counted(len(customer_ids), "customer")
    return Buttons(
        (
            Button(f"Create tasks for {some}", "create_tasks", chosen, icon="list-checks", main=True),
            Button(f"Draft outreach to {some}", "draft_outreach", chosen, icon="mail"),
        )
    )


def _all(board: Portfolio) -> dict[str, str]:
    url = portfolio_page(period=board.period, as_of=board.as_of)
    return {"more": f"All {len(board.rows):,} customers", "more_url": url}


SCORES = Tool(
    "scores",
    "Adoption scores",
    "The average, the highest and the lowest adoption score, with leaders and laggards.",
    When,
    ("Show adoption scores", "How is everyone doing this quarter?"),
    _scores,
)
LEADERS = Tool(
    "leaders",
    "Leaders",
    "The customers with the highest adoption scores.",
    Ranked,
    ("Top 5 customers", "Who leads in the last 90 days?"),
    _leaders,
)
LAGGARDS = Tool(
    "laggards",
    "Laggards",
    "The customers with the lowest adoption scores, and why they are low.",
    Ranked,
    ("Who is lagging behind?", "Bottom 3 since 1 November"),
    _laggards,
)
