"""Tools about health: shown as it stands, and updated."""

from uptake.chat.answers import (
    Answer,
    Button,
    Buttons,
    Cell,
    Change,
    Changes,
    Column,
    Confirm,
    Part,
    Table,
    Text,
    band_word,
    change_cell,
    counted,
    day_text,
    score_cell,
    score_text,
)
from uptake.chat.tools.chosen import named, whom
from uptake.chat.tools.links import customer_page, portfolio_page
from uptake.chat.tools.tool import About, Chosen, Tool, access_named, may_act
from uptake.pipeline.health import HealthChange, current_model, health_rows, update_health
from uptake.pipeline.portfolio import portfolio
from uptake.pipeline.scoring import Row
from uptake.scores.reasons import why
from uptake.team.models import Teammate
from uptake.team.rights import Right

SHOWN = 10


def _health(teammate: Teammate, asked: About) -> Answer:
    """As computed on the day; beside it what was told when somebody last updated it."""
    customers = access_named(teammate, asked.customers)
    wanted = {customer.pk for customer in customers} or {row["customer_id"] for row in portfolio(teammate).rows}
    rows = [row for row in health_rows(as_of=asked.as_of) if row["customer_id"] in wanted]
    scored = [row for row in rows if row["score"] is not None]
    if not scored:
        return Answer("No health score yet", (Text("Health needs 14 days of usage."),))
    order = sorted(scored, key=lambda row: row["score"])
    shown = order if customers else order[:SHOWN]
    told = {row["customer_id"]: row for row in portfolio(teammate).rows}
    caption = "Health" if len(shown) == len(order) else f"Lowest health, {len(shown)} of {len(order):,} customers"
    parts: list[Part] = [Text(_made_of(scored[0])), _table(caption, shown, told)]
    if may_act(teammate):
        chosen = {"customers": [customer.pk for customer in customers]} if customers else {}
        parts.append(Buttons((Button("Update health scores", "update_health", chosen, icon="refresh-cw", main=True),)))
    return Answer(_headline(scored, order), tuple(parts))


def _headline(scored: list[Row], order: list[Row]) -> str:
    low, high = order[0], order[-1]
    if len(order) == 1:
        return f"{low['customer']} is at {score_text(low['score'])}, {low['band']}"
    average = sum(row["score"] for row in scored) / len(scored)
    ends = f"{high['customer']} is best with {score_text(high['score'])}, {low['customer']} lowest with"
    return f"Health stands at {score_text(average)}. {ends} {score_text(low['score'])}"


def _made_of(row: Row) -> str:
    model = current_model()
    weights = ", ".join(f"{part.title} {part.weight:g}" for part in model.parts)
    return f"As of {day_text(row['as_of'])}. Weights: {weights}; a part that is not measured gives its weight to the others."


def _table(caption: str, rows: list[Row], told: dict[int, Row]) -> Table:
    columns = (
        Column("Customer", "name"),
        Column("Health", "score"),
        Column("30 days", "change"),
        Column("Last updated", "score", second=True),
        Column("Why", second=True),
    )
    model = current_model()
    cells = tuple(
        (
            Cell(row["customer"], href=customer_page(row["customer_id"])),
            score_cell(row["score"], row["band"]),
            change_cell(row.get("change")),
            score_cell(told.get(row["customer_id"], {}).get("health")),
            Cell(str(row.get("why") or why(row, model))),
        )
        for row in rows
    )
    return Table(caption, columns, cells)


def _confirm(teammate: Teammate, asked: Chosen) -> Confirm:
    if not asked.customers and not asked.group:
        return Confirm(
            "Update the health scores of all your customers. Each change is kept with its cause.",
            "update_health",
            {},
            "Update health",
        )
    customers = whom(teammate, asked)
    chosen = {"customers": [customer.pk for customer in customers]}
    return Confirm(
        f"Update the health of {named(customers)}. Each change is kept with its cause.",
        "update_health",
        chosen,
        "Update health",
    )


def _update(teammate: Teammate, asked: Chosen) -> Answer:
    ids = [customer.pk for customer in whom(teammate, asked)] if asked.customers or asked.group else None
    changes = update_health(ids, by=teammate, cause="asked for in the chat")
    if not changes:
        return Answer("Health is up to date; nothing changed")
    order = sorted(changes, key=_most_moved)
    items = tuple(_change(each) for each in order[:SHOWN])
    more = f"{len(changes) - SHOWN:,} more" if len(changes) > SHOWN else ""
    part = Changes("Health before and after", items, more, portfolio_page(sort="health") if more else "")
    return Answer(_changed(changes), (part,))


def _most_moved(change: HealthChange) -> tuple[bool, float]:
    """Who moved most first; those told for the first time after them, the lowest first."""
    if change.before is None or change.after is None:
        return True, change.after or 0.0
    return False, -abs(change.after - change.before)


def _changed(changes: list[HealthChange]) -> str:
    moved = sum(each.before is not None and each.band_before != each.band_after for each in changes)
    fresh = sum(each.before is None for each in changes)
    text = f"Health updated for {counted(len(changes), 'customer')}"
    if fresh:
        text += f", {'all' if fresh == len(changes) else f'{fresh:,}'} for the first time"
    return f"{text}; {counted(moved, 'customer')} changed band" if moved else text


def _change(change: HealthChange) -> Change:
    return Change(
        change.customer,
        score_text(change.before),
        score_text(change.after),
        change.why,
        change.band_before or band_word(change.before),
        change.band_after or band_word(change.after),
        customer_page(change.customer_id),
    )


HEALTH = Tool(
    "health",
    "Health scores",
    "How healthy customers are, and what health is made of.",
    About,
    ("How healthy is DataPro?", "Show health scores"),
    _health,
)
UPDATE_HEALTH = Tool(
    "update_health",
    "Update health scores",
    "Works health out anew and keeps before, after and why in the customer's history.",
    Chosen,
    ("Update health scores", "Refresh the health of TechCorp"),
    _update,
    right=Right.CHANGE_OWN,
    changes=True,
    confirm=_confirm,
)
