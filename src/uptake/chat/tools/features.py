"""Tools about features over the portfolio: the heatmap, and features by share of customers."""

from uptake.chat.answers import Answer, Button, Buttons, Note, Part, Text, counted, percent_text
from uptake.chat.tools.figures import feature_shares, heat, scope, seen
from uptake.chat.tools.links import portfolio_page
from uptake.chat.tools.tool import DEFAULT_PERIOD, Tool, Used, access_named
from uptake.pipeline.feature_use import FeatureAdoption, feature_use
from uptake.team.models import Teammate


def _heatmap(teammate: Teammate, asked: Used) -> Answer:
    named = {customer.pk for customer in access_named(teammate, asked.customers)}
    board = seen(teammate, asked)
    use = feature_use(as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD)
    rows = [row for row in board.rows if row["customer_id"] in named] if named else None
    part = heat(use, board, rows=rows)
    note = Note("Hatched: the customer's plan does not hold the feature. 0: it does, and nobody uses it.")
    return Answer(part.caption, (Text(scope(board)), part, note, _buttons(asked)))


def _feature_shares(teammate: Teammate, asked: Used) -> Answer:
    board = seen(teammate, asked)
    use = feature_use(as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD)
    ids = [row["customer_id"] for row in board.rows]
    found = [each for each in use.adoption(ids) if not asked.features or each.feature_id in asked.features]
    part = feature_shares(use, ids, most=None)
    if asked.features:
        wanted = {each.feature for each in found}
        part = type(part)(part.caption, part.unit, tuple(row for row in part.rows if row.feature in wanted))
    parts: list[Part] = [Text(scope(board)), part, _buttons(asked)]
    return Answer(_finding(found), tuple(parts))


def _finding(found: list[FeatureAdoption]) -> str:
    known = [each for each in found if each.rate is not None]
    if not known:
        return "No customer has used a feature on these days"
    first, last = known[0], known[-1]
    if len(known) == 1:
        return (
            f"{first.feature} is adopted by {first.adopted:,} of {counted(first.available, 'customer')} that have it, "
            f"{percent_text(first.rate)}%"
        )
    low = sum(each.level == "Low" for each in known)
    return (
        f"{first.feature} is adopted by {percent_text(first.rate)}% of customers, {last.feature} by "
        f"{percent_text(last.rate)}%; {counted(low, 'feature')} of {len(known)} under 30%"
    )


def _buttons(asked: Used) -> Buttons:
    url = portfolio_page(period=asked.period, as_of=asked.as_of)
    when = {key: value for key, value in asked.to_json().items() if key in {"period", "as_of"}}
    return Buttons(
        (
            Button("Open portfolio", href=url, icon="chart-no-axes-column"),
            Button("Feature heatmap", "heatmap", when, icon="grid-3x3"),
            Button("Features by share", "feature_shares", when, icon="list"),
        )
    )


HEATMAP = Tool(
    "heatmap",
    "Feature heatmap",
    "Which customer uses which feature, and how many of its users do.",
    Used,
    ("Show the feature heatmap", "Heatmap for TechCorp and DataPro"),
    _heatmap,
)
FEATURE_SHARES = Tool(
    "feature_shares",
    "Features by share of customers",
    "How many customers adopted each feature: high, medium or low.",
    Used,
    ("Which features are used most?", "How many customers use Webhooks?"),
    _feature_shares,
)
