"""Tools that say what is worth knowing: insights, and customers at risk."""

from collections.abc import Sequence

from uptake.chat.answers import Answer, Item, Items, Part, Text, counted, listed
from uptake.chat.tools.figures import about, score_table, seen, span
from uptake.chat.tools.links import customer_page
from uptake.chat.tools.scored import act_on
from uptake.chat.tools.tool import DEFAULT_PERIOD, About, Tool, access_named, may_act
from uptake.insights.insight import Insight, Recommendation
from uptake.pipeline.insight_view import insights_for
from uptake.team.models import Teammate

RISKS = frozenset({"at_risk", "champion_quiet"})
SHOWN = 8
FALLEN = 5.0
"""Points from which a fall is a sign of risk."""


def insight_items(caption: str, found: Sequence[Insight], most: int = SHOWN) -> Items:
    """Insights as a list, each a way to its customer."""
    return Items(
        caption,
        tuple(
            Item(each.headline, each.sentence, href=customer_page(each.customer_id) if each.customer_id else "")
            for each in found[:most]
        ),
        more=f"{len(found) - most:,} more" if len(found) > most else "",
    )


def advice_items(caption: str, found: Sequence[Recommendation], most: int = SHOWN) -> Items:
    """Recommended actions, each with the customer's own numbers."""
    items = tuple(
        Item(
            about(each.customer, each.title),
            each.why,
            each.steps,
            ", ".join(filter(None, (f"due in {counted(each.due_days, 'working day')}", each.value_words))),
            each.priority,
            customer_page(each.customer_id),
        )
        for each in found[:most]
    )
    return Items(caption, items, "advice")


def _insights(teammate: Teammate, asked: About) -> Answer:
    customers = access_named(teammate, asked.customers)
    found = insights_for(teammate, as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD)
    wanted = {customer.pk for customer in customers}
    found = [each for each in found if not wanted or each.customer_id in wanted]
    if not found:
        about = f" about {listed([str(customer) for customer in customers])}" if customers else ""
        return Answer(
            f"Nothing stands out{about}", (Text("No detector found anything that differs enough to be told."),)
        )
    return Answer(found[0].headline, (insight_items("Key insights", found),))


def _at_risk(teammate: Teammate, asked: About) -> Answer:
    customers = access_named(teammate, asked.customers)
    wanted = {customer.pk for customer in customers}
    period = asked.period or DEFAULT_PERIOD
    found = [each for each in insights_for(teammate, as_of=asked.as_of, period=period) if each.kind in RISKS]
    found = [each for each in found if each.customer_id and (not wanted or each.customer_id in wanted)]
    board = seen(teammate, asked)
    flagged = {each.customer_id for each in found}
    falling = [
        row
        for row in board.rows
        if (row["change"] or 0) <= -FALLEN
        and row["customer_id"] not in flagged
        and (not wanted or row["customer_id"] in wanted)
    ]
    falling.sort(key=lambda row: row["change"])
    ids = [
        *dict.fromkeys(each.customer_id for each in found if each.customer_id),
        *(row["customer_id"] for row in falling),
    ]
    if not ids:
        whom = listed([str(customer) for customer in customers]) if customers else "Nobody"
        return Answer(
            f"{whom} {'shows no sign of risk' if customers else 'is at risk'} on these days",
            (Text(span(board.as_of, board.period)),),
        )
    names = {row["customer_id"]: row["customer"] for row in board.rows}
    parts: list[Part] = [
        Text(
            f"{span(board.as_of, board.period)}. At risk: many users inactive, a champion gone quiet, or a falling score."
        )
    ]
    parts += [insight_items("Signs of risk", found)] if found else []
    parts += [score_table("Falling scores", falling[:SHOWN], board)] if falling else []
    if may_act(teammate):
        parts.append(act_on(ids[:SHOWN]))
    return Answer(
        f"{counted(len(ids), 'customer')} at risk: {listed([names.get(each, '') for each in ids], 3)}", tuple(parts)
    )


INSIGHTS = Tool(
    "insights",
    "Key insights",
    "What stands out: unused features, movers, segments apart, champions gone quiet.",
    About,
    ("What should I know?", "Insights about DataPro"),
    _insights,
)
AT_RISK = Tool(
    "customers_at_risk",
    "Customers at risk",
    "Whose users stay away, whose champion is quiet, whose score falls.",
    About,
    ("Who is at risk?", "Which customers need attention?"),
    _at_risk,
)
