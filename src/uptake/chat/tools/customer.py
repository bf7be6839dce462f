"""Tools about one customer: its score opened, and what moved it."""

from datetime import timedelta

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
    change_text,
    counted,
    day_text,
    listed,
    percent_text,
    points_text,
    score_text,
    whole_text,
)
from uptake.chat.tools.figures import lines, seen, span
from uptake.chat.tools.links import customer_page
from uptake.chat.tools.tool import DEFAULT_PERIOD, About, BadArguments, Tool, access_named, may_act
from uptake.customers.models import Customer
from uptake.pipeline.explaining import Opened, open_score
from uptake.pipeline.scoring import Row
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

PEOPLE_SHOWN = 5


def the_one(teammate: Teammate, asked: About) -> Customer:
    """The customer that is asked about. Raises UnknownCustomer; BadArguments where none or several are named."""
    customers = access_named(teammate, asked.customers)
    if len(customers) != 1:
        raise BadArguments("Name one customer.")
    return customers[0]


def asked_of(asked: About) -> About:
    """Only whom and when."""
    return About(period=asked.period, as_of=asked.as_of, customers=asked.customers)


def _opened(customer: Customer, asked: About) -> Opened:
    return open_score(f"#{customer.pk}", as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD)


def _row(teammate: Teammate, customer: Customer, asked: About) -> Row | None:
    """The portfolio's row; None for a customer that is archived."""
    return next((row for row in seen(teammate, asked).rows if row["customer_id"] == customer.pk), None)


def _explain(teammate: Teammate, asked: About) -> Answer:
    customer = the_one(teammate, asked)
    row = _row(teammate, customer, asked)
    if row is None:
        return Answer(f"{customer} is archived and has no score")
    found = _opened(customer, asked)
    days = span(found.explanation.as_of, found.period)
    href = customer_page(customer.pk, period=asked.period, as_of=asked.as_of)
    if row["score"] is None:
        return Answer(
            f"{customer} has no score: {row['reason']}",
            (Text(f"{days[:1].upper()}{days[1:]}."), way_to(customer, asked)),
        )
    headline = f"{customer} stands at {score_text(row['score'])}: {row['why']}"
    parts: list[Part] = [Text(_beside(row, days)), _stats_of(row, href), _parts_table(found)]
    parts += _people(teammate, found)
    parts.append(next_steps(teammate, customer, asked))
    return Answer(headline, tuple(parts))


def _beside(row: Row, days: str) -> str:
    rank = "" if row["percentile"] is None else f" Percentile {whole_text(row['percentile'])} among {row['peers']}."
    return f"{days[:1].upper()}{days[1:]}.{rank}"


def _stats_of(row: Row, href: str) -> Stats:
    last = row["last_active_on"]
    return Stats(
        (
            Stat(
                "Adoption score",
                score_text(row["score"]),
                "of 100",
                _trend_words(row["change"]),
                row["band"],
                href,
            ),
            Stat(
                "Active users", whole_text(row["active_visitors"]), f"of {whole_text(row['seats_or_known'])}", href=href
            ),
            Stat(
                "Features used",
                whole_text(row["features_used"]),
                f"of {whole_text(row['features_available'])}",
                href=href,
            ),
            Stat("Last active", "–" if last is None else day_text(last), href=href),
        )
    )


def _trend_words(change: float | None) -> str:
    if change is None:
        return "no trend yet"
    text = change_text(change)
    return text if text == "stable" else f"{text} points"


def _parts_table(found: Opened) -> Table:
    columns = (
        Column("Part", "name"),
        Column("Value", "score"),
        Column("Weight", "percent"),
        Column("Points", "score"),
        Column("How", second=True),
    )
    rows = tuple(
        (
            Cell(part.title),
            Cell(score_text(part.value), value=part.value),
            Cell(f"{percent_text(part.share)}%", value=part.share),
            Cell("–" if part.points is None else f"{part.points:.1f}", value=part.points),
            Cell(part.formula),
        )
        for part in found.explanation.parts
    )
    return Table(f"What makes up the {score_text(found.explanation.score)}", columns, rows)


def _people(teammate: Teammate, found: Opened) -> list[Part]:
    """Who uses most, by name only for those who may see people."""
    if not found.visitors:
        return []
    if not may(teammate, Right.SEE_PEOPLE):
        return [
            Note(f"{counted(len(found.visitors), 'user')} stand behind this. Your role does not show people by name.")
        ]
    columns = (
        Column("User", "name"),
        Column("Uses", "count"),
        Column("Days", "count", second=True),
        Column("Last", "day"),
    )
    rows = tuple(
        (
            Cell(str(each["visitor_id"])),
            Cell(whole_text(each["uses"]), value=each["uses"]),
            Cell(whole_text(each["active_days"]), value=each["active_days"]),
            Cell("–" if each["last_on"] is None else day_text(each["last_on"])),
        )
        for each in found.visitors[:PEOPLE_SHOWN]
    )
    return [Table(f"Who uses most, of {counted(len(found.visitors), 'user')}", columns, rows)]


def way_to(customer: Customer, asked: About) -> Buttons:
    href = customer_page(customer.pk, period=asked.period, as_of=asked.as_of)
    return Buttons((Button(f"Open {customer}", href=href, icon="arrow-right"),))


def next_steps(teammate: Teammate, customer: Customer, asked: About, *, here: str = "") -> Buttons:
    """What can be asked and done next; ``here``: the tool that was just asked."""
    chosen = asked.to_json()
    buttons = [
        Button("What moved it", "why_changed", chosen, icon="activity"),
        Button("Unused features", "unused_features", chosen, icon="grid-3x3"),
    ]
    buttons = [button for button in buttons if button.tool != here]
    if may_act(teammate):
        mine = {"customers": [customer.pk]}
        buttons.insert(0, Button("Create tasks", "create_tasks", mine, icon="list-checks", main=True))
        buttons.insert(1, Button("Draft outreach", "draft_outreach", mine, icon="mail"))
    return Buttons((*buttons, *way_to(customer, asked).buttons))


def _why_changed(teammate: Teammate, asked: About) -> Answer:
    customer = the_one(teammate, asked)
    row = _row(teammate, customer, asked)
    if row is None:
        return Answer(f"{customer} is archived and has no score")
    if row["change"] is None:
        days = (asked.period or DEFAULT_PERIOD).days
        why = (
            "over all time there is nothing before it"
            if days is None
            else f"it takes two periods of {days} days with a score"
        )
        return Answer(f"{customer} has no trend yet: {why}", (way_to(customer, asked),))
    found = _opened(customer, asked)
    parts: list[Part] = [Text(_moved(found)), _moves_table(found)]
    weeks = row["weeks"]
    if sum(value is not None for value in weeks) > 1:
        parts.append(
            lines(f"{customer}, adoption score", "0–100, by week", [(str(customer), weeks)], found.explanation.as_of)
        )
    parts.append(next_steps(teammate, customer, asked, here="why_changed"))
    return Answer(_change_headline(str(customer), row, found), tuple(parts))


def _change_headline(name: str, row: Row, found: Opened) -> str:
    before, now = score_text(row["previous_score"]), score_text(row["score"])
    days = counted(found.period.days or 0, "day")
    if change_text(row["change"]) == "stable":
        return f"{name} is stable at {now} over {days}"
    verb = "rose" if row["change"] > 0 else "fell"
    return f"{name} {verb} from {before} to {now} in {days}"


def _moved(found: Opened) -> str:
    moves = [move for move in found.explanation.moves if abs(move.points) >= 0.05]
    if not moves:
        return "No part of the score moved."
    named = [
        f"{move.title.lower()} {'brought' if move.points > 0 else 'cost'} {abs(move.points):.1f} points"
        for move in moves
    ]
    day = found.explanation.as_of - timedelta(days=found.period.days or 0)
    return f"Against {day_text(day)}: {listed(named)}."


def _moves_table(found: Opened) -> Table:
    columns = (Column("Part", "name"), Column("Points", "change"), Column("Now", second=True))
    formulas = {part.name: part.formula for part in found.explanation.parts}
    rows = tuple(
        (
            Cell(move.title),
            Cell(
                points_text(move.points),
                value=move.points,
                way="up" if move.points > 0 else "down" if move.points < 0 else "flat",
            ),
            Cell(formulas[move.name]),
        )
        for move in found.explanation.moves
    )
    return Table("What moved it, in points", columns, rows)


EXPLAIN = Tool(
    "explain_score",
    "Explain a score",
    "What makes up a customer's score, with its parts, its figures and the users behind it.",
    About,
    ("Why is OldCorp so low?", "Explain TechCorp's score"),
    _explain,
)
WHY_CHANGED = Tool(
    "why_changed",
    "What moved a score",
    "Which parts moved a customer's score against the period before.",
    About,
    ("Why did OldCorp drop?", "What changed at TechCorp since 1 November?"),
    _why_changed,
)
