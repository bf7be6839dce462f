"""A tool that reads what a customer's people do with guides, and how their onboarding goes."""

from uptake.chat.answers import (
    Answer,
    Button,
    Buttons,
    Cell,
    Column,
    Part,
    Stat,
    Stats,
    Table,
    Text,
    counted,
    day_text,
    percent_text,
    whole_text,
)
from uptake.chat.tools.customer import the_one
from uptake.chat.tools.customer_adoption import adoption_page
from uptake.chat.tools.figures import span
from uptake.chat.tools.tool import DEFAULT_PERIOD, About, Tool
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.view import Dashboard, GuideLine, Guides
from uptake.pipeline.sync.onboarding import Onboarding
from uptake.team.models import Teammate

NO_GUIDES = "No platform tells of guides here; they come with a Pendo connection."
NOT_MARKED = "Nobody here was shown a guide that is marked as onboarding, so nothing is known of onboarding."
MOST = 10


def _guides(teammate: Teammate, asked: About) -> Answer:
    customer = the_one(teammate, asked)
    told = dashboard(teammate, customer.pk, as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD)
    found = told.guides.data
    if found is None:
        button = Button("Open the dashboard", href=adoption_page(told))
        return Answer(f"No guides at {told.customer}", (Text(told.guides.absent or NO_GUIDES), Buttons((button,))))
    days = span(told.as_of, told.period)
    parts: list[Part] = [Text(f"{days[:1].upper()}{days[1:]}. {found.sentence}".strip())]
    parts += _onboarding(told, found.onboarding) if found.onboarding else [Text(NOT_MARKED)]
    if found.lines:
        parts.append(_table(found))
    whole = Button("Open the guides", href=f"{adoption_page(told)}#guides", icon="arrow-right", main=True)
    return Answer(_headline(told, found), (*parts, Buttons((whole,))))


def _headline(told: Dashboard, found: Guides) -> str:
    if found.onboarding is None:
        return f"{counted(len(found.lines), 'guide')} shown at {told.customer}"
    people = found.onboarding.people
    return f"{whole_text(found.onboarding.done)} of {counted(people, 'user')} at {told.customer} completed onboarding"


def _onboarding(told: Dashboard, found: Onboarding) -> list[Part]:
    states = (
        ("done", "Completed all", found.done),
        ("under_way", "Some", found.under_way),
        ("none", "None", found.not_one),
    )
    stats = tuple(
        Stat(
            title, whole_text(people), f"of {counted(found.people, 'user')}", f"up to {day_text(told.as_of)}",
            href=adoption_page(told, "adoption:behind", f"onboarded:{state}"),
        )
        for state, title, people in states
    )  # fmt: skip
    return [Text(f"Onboarding: {found.sentence}"), Stats(stats)]


def _table(found: Guides) -> Table:
    columns = (
        Column("Guide", "name"),
        Column("Views", "count"),
        Column("Users", "count"),
        Column("Completed"),
        Column("Dismissed", second=True),
    )
    return Table("Guides, most shown first", columns, tuple(_row(line) for line in found.lines[:MOST]))


def _row(line: GuideLine) -> tuple[Cell, ...]:
    return (
        Cell(line.name),
        Cell(whole_text(line.views), value=line.views),
        Cell(whole_text(line.viewers), value=line.viewers),
        Cell("–" if line.completed is None else _of(line.completed, line.completion_rate, line)),
        Cell(_of(line.dismissed, line.dismissal_rate, line)),
    )


def _of(number: int, rate: float | None, line: GuideLine) -> str:
    """A share only where there are enough users for one."""
    return whole_text(number) if rate is None or line.is_few else f"{whole_text(number)} ({percent_text(rate)}%)"


GUIDES = Tool(
    "guides",
    "Guides and onboarding",
    "What a customer's users do with in-app guides, how many completed onboarding, and where they stop.",
    About,
    ("How is onboarding going at TechCorp?", "Guides at DataPro"),
    _guides,
)
