"""Tools that read a customer's adoption dashboard: how it uses the product, and who of it went quiet."""

from collections.abc import Sequence

from uptake.chat.answers import (
    Answer,
    Button,
    Buttons,
    Cell,
    Column,
    Note,
    Part,
    Stat,
    Stats,
    Table,
    Text,
    counted,
    day_text,
    percent_text,
    score_text,
    whole_text,
)
from uptake.chat.tools.customer import next_steps, the_one
from uptake.chat.tools.figures import span
from uptake.chat.tools.links import page
from uptake.chat.tools.noticed import advice_items
from uptake.chat.tools.tool import DEFAULT_PERIOD, About, Tool, may_act
from uptake.customers.access import may_change
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.view import Dashboard, Figure, Person, StatusCount
from uptake.team.models import Teammate

SHOWN = ("active_visitors", "dau", "mau", "activation", "breadth", "depth")
ADVICE = 3
PEOPLE = 10
QUIET = ("at_risk", "dormant")


def _told(teammate: Teammate, asked: About) -> Dashboard:
    customer = the_one(teammate, asked)
    return dashboard(teammate, customer.pk, as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD)


def adoption_page(told: Dashboard, name: str = "adoption:page", *rest: str) -> str:
    """The Adoption tab, or a list of it, on the same days."""
    return page(name, told.customer_id, *rest, period=told.period, as_of=told.as_of)


def _adoption(teammate: Teammate, asked: About) -> Answer:
    told = _told(teammate, asked)
    score = told.score.data
    if score is None or score.score is None:
        headline = (
            f"{told.customer} has no account adoption score: {told.score.absent if score is None else score.reason}"
        )
    else:
        headline = f"{told.customer}'s account adoption score is {score_text(score.score)} of 100, {score.band}"
    days = span(told.as_of, told.period)
    parts: list[Part] = [Text(" ".join(filter(None, (f"{days[:1].upper()}{days[1:]}.", *_sentences(told)))))]
    figures = [figure for slug in SHOWN if (figure := told.figure(slug)) and figure.value is not None]
    if figures:
        parts.append(Stats(tuple(_stat(told, figure) for figure in figures)))
    parts += _features(told)
    if advice := told.advice.data:
        parts.append(advice_items("Recommended actions", [each.recommendation for each in advice[:ADVICE]]))
    parts.append(_buttons(teammate, told, asked))
    return Answer(headline, tuple(parts))


def _sentences(told: Dashboard) -> list[str]:
    """What each part says of itself, in the order of the page."""
    parts = (told.entitled, told.features, told.peer_view, told.concentration)
    return [each.data.sentence for each in parts if each.data is not None]


def _stat(told: Dashboard, figure: Figure) -> Stat:
    unit = "%" if figure.unit == "%" else ""
    beside = figure.basis or ("" if unit else figure.unit)
    href = adoption_page(told, "adoption:behind", figure.opens) if figure.opens else adoption_page(told)
    return Stat(figure.title, f"{figure.shown}{unit}", beside, figure.change_shown or "no change known", href=href)


def _features(told: Dashboard) -> list[Part]:
    found = told.features.data
    if found is None:
        return []
    columns = (
        Column("Feature", "name"),
        Column("Reach", "percent"),
        Column("Users", "count"),
        Column("Uses", "count", second=True),
        Column("Peers' median", "percent", second=True),
    )
    rows = tuple(
        (
            Cell(line.feature),
            Cell("–" if line.reach is None else f"{percent_text(line.reach)}%", value=line.reach),
            Cell(whole_text(line.users), value=line.users),
            Cell(whole_text(line.uses), value=line.uses),
            Cell("–" if line.peers_median_reach is None else f"{percent_text(line.peers_median_reach)}%"),
        )
        for line in found.lines
        if line.is_available
    )
    return [Table(f"Features: {found.adopted} of {counted(found.available, 'feature')} adopted", columns, rows)]


def _buttons(teammate: Teammate, told: Dashboard, asked: About) -> Buttons:
    customer = the_one(teammate, asked)
    steps = next_steps(teammate, customer, About(asked.period, asked.as_of, asked.customers)).buttons
    whole = Button("Open the dashboard", href=adoption_page(told), icon="arrow-right", main=not may_act(teammate))
    quiet = Button("Who went quiet", "quiet_users", asked.to_json(), icon="users")
    return Buttons((whole, quiet, *steps))


def _quiet(teammate: Teammate, asked: About) -> Answer:
    told = _told(teammate, asked)
    found = told.users.data
    if found is None:
        return Answer(
            f"It is not known who went quiet at {told.customer}",
            (Text(told.users.absent), Buttons((Button("Open the dashboard", href=adoption_page(told)),))),
        )
    counts = {each.status: each for each in found.counts}
    quiet = [counts[status] for status in QUIET if status in counts]
    number = sum(each.people for each in quiet)
    away = "Nobody" if number == 0 else counted(number, "user")
    headline = f"{away} of {whole_text(found.known)} at {told.customer} went quiet"
    parts: list[Part] = [Text(f"As of {day_text(told.as_of)}, of everybody ever seen. {_levels(found.counts)}")]
    parts.append(
        Stats(
            tuple(
                Stat(
                    each.title,
                    whole_text(each.people),
                    f"{percent_text(each.share)}% of users",
                    each.days,
                    href=adoption_page(told, "adoption:behind", each.opens),
                )
                for each in found.counts
            )
        )
    )
    parts += _people(told, found.quiet)
    parts.append(_quiet_buttons(teammate, told, asked, quiet))
    return Answer(headline, tuple(parts))


def _levels(counts: Sequence[StatusCount]) -> str:
    return "; ".join(f"{each.title.lower()}: {each.days}" for each in counts if each.status in QUIET) + "."


def _people(told: Dashboard, quiet: Sequence[Person]) -> list[Part]:
    if not quiet:
        return []
    if not told.with_people:
        return [Note("Your role does not show people by name.")]
    columns = (
        Column("User", "name"),
        Column("Last there", "day"),
        Column("Days ago", "count"),
        Column("Role", second=True),
    )
    rows = tuple(
        (
            Cell(each.name or each.visitor_id),
            Cell("–" if each.last_on is None else day_text(each.last_on)),
            Cell(whole_text(each.days_quiet), value=each.days_quiet),
            Cell("champion" if each.is_champion else each.role or "–"),
        )
        for each in quiet[:PEOPLE]
    )
    return [Table("The most worth winning back first", columns, rows)]


def _quiet_buttons(teammate: Teammate, told: Dashboard, asked: About, quiet: Sequence[StatusCount]) -> Buttons:
    customer = the_one(teammate, asked)
    buttons = [
        Button(f"All {each.title.lower()}", href=adoption_page(told, "adoption:behind", each.opens), icon="users")
        for each in quiet
        if each.people
    ]
    if buttons and may_act(teammate) and may_change(teammate, customer):
        mine = {"customers": [customer.pk]}
        buttons.insert(0, Button("Draft outreach", "draft_outreach", mine, icon="mail", main=True))
    return Buttons((*buttons, Button("Open the dashboard", href=adoption_page(told), icon="arrow-right")))


ADOPTION = Tool(
    "customer_adoption",
    "How a customer uses the product",
    "A customer's adoption at a glance: score, users, features, peers, and what to do next.",
    About,
    ("How is TechCorp using the product?", "Show me product adoption for DataPro"),
    _adoption,
)
QUIET_USERS = Tool(
    "quiet_users",
    "Who went quiet",
    "Which users of a customer stay away, and since when.",
    About,
    ("Who went quiet at TechCorp?", "Who stopped using the product at DataPro?"),
    _quiet,
)
