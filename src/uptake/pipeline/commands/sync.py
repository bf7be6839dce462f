"""``uptake sync``: ask a connected platform for its usage now."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as RichTable

from uptake.kit.errors import ProductError
from uptake.pipeline.commands.output import clean, console, count, say_json

if TYPE_CHECKING:
    from uptake.pipeline.sync.models import Connection, SyncRun


def sync(
    platform: Annotated[str, typer.Argument(help="pendo, amplitude or mixpanel; connected under Integrations.")],
    days: Annotated[int, typer.Option(min=1, help="How many days back, up to yesterday.")] = 90,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask a connected platform for its usage, and score every customer."""
    from uptake.pipeline import home
    from uptake.pipeline.sync import running, telling
    from uptake.pipeline.sync.connections import connection_of
    from uptake.pipeline.sync.models import SyncRun

    home.prepare()
    connection = connection_of(platform)
    run = run_sync(connection, SyncRun.Kind.BY_HAND, *running.days_back(connection, days))
    if as_json:
        say_json(telling.run_json(run))
    else:
        _say(run)
    if run.state != SyncRun.State.DONE:
        raise ProductError(run.message or "The sync was stopped.")


def run_sync(connection: "Connection", kind: str, first: date, last: date) -> "SyncRun":
    """Ask for these days and wait until it is over; how it went stands on the run."""
    from uptake.pipeline import executor
    from uptake.pipeline.sync import running
    from uptake.pipeline.sync.models import SyncRun

    begun: list[int] = []

    def enqueue() -> None:
        begun.append(running.begin(connection, kind, first, last).pk)

    def is_done() -> bool:
        return bool(begun) and SyncRun.objects.filter(pk=begun[0]).exclude(state__in=running.OPEN).exists()

    executor.run_until(is_done, enqueue=enqueue, look=lambda: None)
    return SyncRun.objects.select_related("connection").get(pk=begun[0])


def _say(run: "SyncRun") -> None:
    from uptake.pipeline.sync import telling

    told: dict[str, Any] = telling.run_json(run)
    out = console()
    out.print(
        f"[bold]{clean(run.connection)}[/bold], {told['from']} to {told['to']}: {count(told['received'], 'row')} came, "
        f"{told['kept']:,} kept, {told['duplicates']:,} duplicates, {told['setAside']:,} set aside or refused."
    )
    table = RichTable("days", "what came of them", "rows", "kept", "import", box=None, header_style="dim")
    for window in told["windows"]:
        said = clean(window["message"] or window["state"])
        number = str(window["importId"] or "–")
        table.add_row(
            f"{window['from']} to {window['to']}", said, f"{window['received']:,}", f"{window['kept']:,}", number
        )
    out.print(table)
