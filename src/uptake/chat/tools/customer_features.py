"""Tools about one customer's features: those it uses, and those it leaves unused."""

from uptake.chat.answers import (
    Answer,
    Button,
    Buttons,
    Cell,
    Column,
    Table,
    Text,
    counted,
    listed,
    percent_text,
    whole_text,
)
from uptake.chat.tools.customer import asked_of, next_steps, the_one, way_to
from uptake.chat.tools.figures import span
from uptake.chat.tools.tool import DEFAULT_PERIOD, Tool, Used
from uptake.pipeline.feature_use import Cell as Reach
from uptake.pipeline.feature_use import Feature, feature_use
from uptake.pipeline.insight_view import view_for
from uptake.team.models import Teammate


def _feature_adoption(teammate: Teammate, asked: Used) -> Answer:
    customer = the_one(teammate, asked)
    use = feature_use(as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD)
    cells = use.cells.get(customer.pk, {})
    found = [(each, cells[each.feature_id]) for each in use.features if each.feature_id in cells]
    found = [(each, cell) for each, cell in found if not asked.features or each.feature_id in asked.features]
    found.sort(key=lambda pair: (not pair[1].is_available, -(pair[1].reach or 0.0), pair[0].name.casefold()))
    available = [(each, cell) for each, cell in found if cell.is_available]
    adopted = sum(bool(cell.is_adopted) for _, cell in available)
    headline = f"{customer} has adopted {adopted} of {counted(len(available), 'feature')}"
    if asked.features and len(found) == 1:
        headline = _one_feature(str(customer), *found[0])
    if not found:
        names = [each.name for each in use.features if each.feature_id in asked.features]
        said = f"Nobody at {customer} uses {listed(names)}; it is not in the plan" if names else ""
        return Answer(said or f"{customer} has used nothing on these days", (way_to(customer, asked),))
    text = f"Adopted: at least 10% of active users use it. {span(use.as_of, use.period)}."
    chosen = asked.to_json() | {"features": []}
    unused = Button("Unused features", "unused_features", chosen, icon="grid-3x3")
    return Answer(headline, (Text(text), _features_table(found), Buttons((unused, *way_to(customer, asked).buttons))))


def _one_feature(name: str, feature: Feature, cell: Reach) -> str:
    if not cell.is_available and not cell.uses:
        return f"{feature.name} is not in {name}'s plan"
    if not cell.uses:
        return f"Nobody at {name} uses {feature.name}"
    if cell.reach is None:
        return f"{name} uses {feature.name}: {counted(cell.uses, 'use')}"
    return (
        f"{percent_text(cell.reach)}% of active users at {name} use {feature.name}: {counted(cell.users or 0, 'user')}"
    )


def _features_table(found: list[tuple[Feature, Reach]]) -> Table:
    columns = (
        Column("Feature", "name"),
        Column("Reach", "percent"),
        Column("Users", "count"),
        Column("Uses", "count", second=True),
        Column("State"),
    )
    rows = tuple(
        (
            Cell(feature.name),
            Cell("–" if cell.reach is None else f"{percent_text(cell.reach)}%", value=cell.reach),
            Cell(whole_text(cell.users), value=cell.users),
            Cell(whole_text(cell.uses), value=cell.uses),
            Cell(_state(cell)),
        )
        for feature, cell in found
    )
    return Table("Features, most used first", columns, rows)


def _state(cell: Reach) -> str:
    if not cell.is_available:
        return "not in plan"
    return "adopted" if cell.is_adopted else "used by few" if cell.uses else "not used"


def _unused(teammate: Teammate, asked: Used) -> Answer:
    customer = the_one(teammate, asked)
    view = view_for(teammate, as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD)
    place = view.place.get(customer.pk)
    found = [] if place is None else view.unused_of(place)
    text = "Unused: in the plan, under 10% of active users, and peers at least 20 points above."
    if place is None or not found:
        return Answer(f"{customer} leaves no feature unused that its peers use", (Text(text), way_to(customer, asked)))
    columns = (
        Column("Feature", "name"),
        Column("Reach", "percent"),
        Column("Peers' median", "percent"),
        Column("Peers", second=True),
    )
    rows = tuple(
        (
            Cell(view.features[feature].name),
            Cell(f"{percent_text(float(view.available_reach[place, feature]))}%"),
            Cell(f"{percent_text(float(view.peer_reach.of_peers[place, feature]))}%"),
            Cell(view.peer_reach.words(place, feature)),
        )
        for feature in found
    )
    names = [view.features[feature].name for feature in found]
    headline = f"{customer} leaves {counted(len(found), 'feature')} unused that its peers use: {listed(names, 3)}"
    return Answer(
        headline,
        (
            Text(text),
            Table("Unused features, most worth winning first", columns, rows),
            next_steps(teammate, customer, asked_of(asked), here="unused_features"),
        ),
    )


FEATURE_ADOPTION = Tool(
    "feature_adoption",
    "Features of a customer",
    "Which features a customer uses, and how many of its users do.",
    Used,
    ("Which features does TechCorp use?", "Does DataPro use Webhooks?"),
    _feature_adoption,
)
UNUSED = Tool(
    "unused_features",
    "Unused features",
    "What a customer has and leaves unused while its peers use it.",
    Used,
    ("What is SmallBiz not using?", "Unused features of DataPro"),
    _unused,
)
