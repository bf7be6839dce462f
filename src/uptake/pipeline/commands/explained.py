"""How an opened score is told."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from uptake.pipeline.commands.output import clean, console, count
from uptake.pipeline.commands.scores import of, shown, trend_words
from uptake.pipeline.explaining import MOST_ROWS, Opened
from uptake.scores.models import decimals_to_show
from uptake.scores.rounding import shown_parts

MOST_LINES = 30


def as_json(opened: Opened, *, with_rows: bool) -> dict[str, Any]:
    told = opened.explanation
    found: dict[str, Any] = {
        "customer": opened.customer,
        "model": told.model,
        "version": told.version,
        "asOf": told.as_of,
        "period": str(opened.period),
        "score": told.score,
        "present": told.present,
        "band": told.band,
        "reason": told.reason,
        "why": opened.row["why"],
        "window": {key: opened.row[name] for key, name in WINDOW.items()},
        "components": {
            part.name: {
                "value": part.value,
                "points": part.points,
                "weight": part.weight,
                "share": part.share,
                "metric": part.measured,
                "formula": part.formula,
            }
            for part in told.parts
        },
        "previousScore": told.previous_score,
        "change": told.change,
        "moves": [{"component": move.name, "points": move.points, "how": move.how} for move in told.moves],
        "features": [{key: cell[name] for key, name in FEATURE.items()} for cell in opened.features],
        "visitors": [{key: person[name] for key, name in VISITOR.items()} for person in opened.visitors],
        "leftOut": [{key: each[name] for key, name in LEFT_OUT.items()} for each in opened.left_out],
    }
    if with_rows:
        found["rows"] = [{key: row[name] for key, name in ROW.items()} for row in opened.rows]
    return found


WINDOW = {
    "from": "first_day",
    "to": "last_day",
    "days": "days",
    "expectedDays": "expected_days",
    "historyDays": "history_days",
}
FEATURE = {
    "feature": "feature",
    "available": "is_available",
    "adopted": "is_adopted",
    "users": "users",
    "uses": "uses",
    "reach": "reach",
}
VISITOR = {
    "visitor": "visitor_id",
    "uses": "uses",
    "activeDays": "active_days",
    "firstActive": "first_on",
    "lastActive": "last_on",
}
LEFT_OUT = {"reason": "reason", "rule": "rule", "rows": "fact_rows", "uses": "uses", "visitors": "visitors"}
ROW = {
    "file": "file", "row": "row_number", "importId": "import_id", "day": "day", "occurredAt": "occurred_at",
    "account": "account_id", "visitor": "visitor_id", "eventName": "event_name", "uses": "event_count", "eventId": "event_id",
}  # fmt: skip


def show(opened: Opened, *, with_rows: bool) -> None:
    out, told = console(), opened.explanation
    _show_total(out, opened)
    _show_parts(out, opened)
    if told.moves:
        out.print(f"\n[bold]What moved it[/bold] since the {opened.period} before: {_signed(told.change or 0)} points")
        points = shown_parts([move.points for move in told.moves], told.change or 0.0)
        for move, moved in zip(told.moves, points, strict=True):
            note = "" if move.how == "changed" else f" ({move.how})"
            out.print(f"  {_signed(moved):>6}  {move.title}{note}")
    _show_features(out, opened.features, opened.row["active_visitors"])
    _show_visitors(out, opened.visitors)
    for each in opened.left_out:
        out.print(
            f"[dim]not counted: {each['fact_rows']:,} rows, {clean(each['reason'])} ({clean(each['rule'] or '')})[/dim]"
        )
    if with_rows:
        _show_rows(out, opened.rows)


def _show_total(out: Console, opened: Opened) -> None:
    told, row = opened.explanation, opened.row
    score = f"{shown(told.score)} {told.band}" if told.score is not None else f"no score: {told.reason}"
    window = (
        f"{row['first_day']} to {row['last_day']}, {row['expected_days']} working days"
        if row["first_day"]
        else "no usage yet"
    )
    called = "adoption" if told.model == "portfolio" else told.model
    out.print(
        f"\n[bold]{clean(opened.customer)}[/bold]: {called} {score}, trend {trend_words(row['change'])}, as of {told.as_of}"
    )
    out.print(
        f"[dim]{window} · {told.present:.0%} of the score's weight measured · model {told.model} {told.version}[/dim]"
    )


def _show_parts(out: Console, opened: Opened) -> None:
    told = opened.explanation
    table = Table("", "value", "points", "of", "how", box=None, header_style="dim", pad_edge=False)
    for column in table.columns[1:4]:
        column.justify = "right"
    decimals = 1 if told.score is None else max(1, decimals_to_show(told.score))
    points = shown_parts([part.points or 0.0 for part in told.parts], told.score or 0.0, decimals)
    for part, gained in zip(told.parts, points, strict=True):
        value = "–" if part.value is None else f"{part.value:.1f}"
        there = part.points is not None
        table.add_row(
            part.title,
            value,
            f"{gained:.{decimals}f}" if there else "–",
            f"{100 * part.share:.0f}" if there else "–",
            part.formula,
        )
    if told.score is not None:
        table.add_row("[bold]Total[/bold]", "", f"[bold]{sum(points):.{decimals}f}[/bold]", "100", "")
    out.print(table)


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "−")


def _show_features(out: Console, cells: Sequence[Mapping[str, Any]], active: int | None) -> None:
    used = [cell for cell in cells if cell["is_available"] and cell["uses"]]
    unused = [cell["feature"] for cell in cells if cell["is_available"] and not cell["uses"]]
    out.print(f"\n[bold]Features[/bold]: {len(used)} used of {len(used) + len(unused)} available")
    table = Table("feature", "users", "reach", "uses", box=None, header_style="dim", pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for cell in used[:MOST_LINES]:
        reach = "–" if cell["reach"] is None else f"{cell['reach']:.0%}"
        table.add_row(clean(cell["feature"]), of(cell["users"], active), reach, f"{cell['uses']:,}")
    if used:
        out.print(table)
    if unused:
        out.print(f"[dim]not used: {', '.join(map(clean, unused[:MOST_LINES]))}[/dim]")


def _show_visitors(out: Console, people: Sequence[Mapping[str, Any]]) -> None:
    out.print(f"\n[bold]Users[/bold]: {count(len(people), 'active user')}")
    table = Table("user", "uses", "active days", "last active", box=None, header_style="dim", pad_edge=False)
    for person in people[:MOST_LINES]:
        last = str(person["last_on"] or "–")
        table.add_row(clean(person["visitor_id"]), f"{person['uses']:,}", str(person["active_days"]), last)
    if people:
        out.print(table)
    if len(people) > MOST_LINES:
        out.print(f"[dim]and {len(people) - MOST_LINES} more: all of them with --json[/dim]")


def _show_rows(out: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    out.print(
        f"\n[bold]Rows[/bold] of the period, newest first{f', the first {MOST_ROWS:,}' if len(rows) == MOST_ROWS else ''}"
    )
    table = Table("file", "row", "day", "user", "event", "uses", box=None, header_style="dim", pad_edge=False)
    for row in rows:
        table.add_row(
            clean(row["file"]), str(row["row_number"]), str(row["day"]), clean(row["visitor_id"] or "–"),
            clean(row["event_name"]), str(row["event_count"]),
        )  # fmt: skip
    out.print(table)
