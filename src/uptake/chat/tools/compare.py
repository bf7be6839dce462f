"""Tools that set things side by side: customers against each other, and the score over time."""

from collections.abc import Sequence
from datetime import timedelta

from uptake.chat.answers import (
    Answer,
    Cell,
    Column,
    Part,
    Table,
    Text,
    change_text,
    counted,
    listed,
    percent_text,
    score_text,
)
from uptake.chat.tools.figures import lines, scope, score_table, seen, span
from uptake.chat.tools.links import customer_page
from uptake.chat.tools.tool import DEFAULT_PERIOD, About, BadArguments, Tool, access_named
from uptake.pipeline import scoring
from uptake.pipeline.portfolio import Portfolio
from uptake.pipeline.scoring import Row
from uptake.scores.models import PORTFOLIO
from uptake.scores.rounding import half_up
from uptake.team.models import Teammate

MOST_LINES = 4
WEEKS_KEPT = scoring.WEEKS
Values = Sequence[float | None]


def _compare(teammate: Teammate, asked: About) -> Answer:
    customers = access_named(teammate, asked.customers)
    if len(customers) < 2:
        raise BadArguments("Name two customers or more to compare.")
    board = seen(teammate, asked)
    wanted = {customer.pk for customer in customers}
    rows = [row for row in board.rows if row["customer_id"] in wanted]
    parts: list[Part] = [
        Text(f"{span(board.as_of, board.period)}."),
        score_table("Side by side", rows, board),
        _parts_table(rows, board),
    ]
    named = [(row["customer"], row["weeks"]) for row in rows if any(value is not None for value in row["weeks"])]
    if named:
        parts.append(lines("Adoption score by week", "0–100", named[:MOST_LINES], board.as_of))
    return Answer(_ahead(rows), tuple(parts))


def _ahead(rows: Sequence[Row]) -> str:
    scored = [row for row in rows if row["score"] is not None]
    if not scored:
        return f"{listed([row['customer'] for row in rows])} have no score yet"
    first, last = scored[0], scored[-1]
    if len(scored) == 1:
        return f"{first['customer']} has {score_text(first['score'])}; the others have no score yet"
    apart = half_up(first["score"] - last["score"])
    if apart == 0:
        return f"{first['customer']} and {last['customer']} stand level at {score_text(first['score'])}"
    scores = f"{score_text(first['score'])} to {score_text(last['score'])}"
    return f"{first['customer']} is {counted(int(apart), 'point')} ahead of {last['customer']}, {scores}"


def _parts_table(rows: Sequence[Row], board: Portfolio) -> Table:
    """Each part of the score, 0–100, by customer."""
    columns = (Column("Customer", "name"), *(Column(part.title, "score") for part in PORTFOLIO.components))
    cells = tuple(
        (
            Cell(row["customer"], href=customer_page(row["customer_id"], period=board.period, as_of=board.as_of)),
            *(
                Cell(score_text(row[f"{part.name}_value"]), value=row[f"{part.name}_value"])
                for part in PORTFOLIO.components
            ),
        )
        for row in rows
    )
    weights = ", ".join(
        f"{part.title.lower()} {percent_text(part.weight / PORTFOLIO.weight)}%" for part in PORTFOLIO.components
    )
    return Table(f"Parts of the score, 0–100 each; weights: {weights}", columns, cells)


def _trend(teammate: Teammate, asked: About) -> Answer:
    """The period said is how far back the line goes; each point is the score of the 30 days before it."""
    customers = access_named(teammate, asked.customers)
    board = seen(teammate, About(as_of=asked.as_of))
    wanted = {customer.pk for customer in customers}
    rows = [row for row in board.rows if not wanted or row["customer_id"] in wanted]
    by_customer = _by_week(rows, board, _weeks(asked))
    if wanted:
        named = [(row["customer"], by_customer[row["customer_id"]]) for row in rows]
    else:
        named = [("Average adoption", _averages(list(by_customer.values())))]
    text = scope(board) if not wanted else ""
    parts: list[Part] = [Text(f"{text} Each point is the score of the 30 days up to it.".strip())]
    parts.append(lines(_subject(named), "0–100, by week", named[:MOST_LINES], board.as_of))
    return Answer(_trend_headline(named), tuple(parts))


def _weeks(asked: About) -> int:
    if asked.period is None:
        return WEEKS_KEPT
    return 521 if asked.period.days is None else max(2, (asked.period.days + 6) // 7 + 1)


def _by_week(rows: Sequence[Row], board: Portfolio, weeks: int) -> dict[int, Values]:
    """Weekly scores, oldest first; 13 are at hand, further back is worked out."""
    if weeks <= WEEKS_KEPT:
        return {row["customer_id"]: row["weeks"][-weeks:] for row in rows}
    wanted = {row["customer_id"] for row in rows}
    found: dict[int, dict[object, float | None]] = {each: {} for each in wanted}
    days = set()
    for row in scoring.history(as_of=board.as_of, period=DEFAULT_PERIOD):
        days.add(row["as_of"])
        if row["customer_id"] in wanted:
            found[row["customer_id"]][row["as_of"]] = row["score"]
    ordered = [day for day in sorted(days) if day > board.as_of - timedelta(weeks=weeks)]
    return {each: [scores.get(day) for day in ordered] for each, scores in found.items()}


def _averages(lines_: Sequence[Values]) -> list[float | None]:
    found: list[float | None] = []
    for values in zip(*lines_, strict=True):
        known = [value for value in values if value is not None]
        found.append(sum(known) / len(known) if known else None)
    return found


def _subject(named: Sequence[tuple[str, Values]]) -> str:
    return f"Adoption score, {listed([name for name, _ in named], MOST_LINES)}"


def _trend_headline(named: Sequence[tuple[str, Values]]) -> str:
    return "; ".join(_course(name, values) for name, values in named[:MOST_LINES])


def _course(name: str, values: Values) -> str:
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return f"{name} has too little history for a trend"
    (start, first), (end, last) = known[0], known[-1]
    weeks = counted(end - start, "week")
    if change_text(last - first) == "stable":
        return f"{name} is stable at {score_text(last)} over {weeks}"
    return f"{name} {'rose' if last > first else 'fell'} from {score_text(first)} to {score_text(last)} in {weeks}"


COMPARE = Tool(
    "compare_customers",
    "Compare customers",
    "Two customers or more side by side: scores, their parts, users, features, and the weeks before.",
    About,
    ("Compare TechCorp and DataPro", "oldcorp vs smallbiz last 90 days"),
    _compare,
)
TREND = Tool(
    "trend",
    "Trend over time",
    "The score week by week, of the portfolio or of customers.",
    About,
    ("Trend of OldCorp since January", "How did adoption develop over the last 6 months?"),
    _trend,
)
