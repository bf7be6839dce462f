"""``uptake check``: what works and what does not. ``uptake worker``: the one who does the work."""

from typing import Annotated

import typer

from uptake.pipeline.commands.output import clean, console, say_json


def check(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Say of settings, database, lake, engine and freshness whether they work."""
    from uptake.pipeline import checks

    found = checks.all_checks()
    if as_json:
        say_json({"ok": all(each.ok for each in found), "checks": [each.as_json() for each in found]})
    else:
        out = console()
        for each in found:
            out.print(
                f"{'[green]works[/green]' if each.ok else '[red]broken[/red]'}  {each.name:<10} {clean(each.says)}"
            )
    if not all(each.ok for each in found):
        raise typer.Exit(1)


def worker() -> None:
    """Do enqueued work, draft reports, send approved mail and tell of alerts until stopped; commands then follow it."""
    import threading

    from uptake.pipeline import executor, home
    from uptake.pipeline.alerts.telling import tell_teammates
    from uptake.pipeline.report.schedules import draft_what_is_due
    from uptake.pipeline.sending import send_what_is_approved

    home.prepare()
    stop = threading.Event()
    mail = threading.Thread(target=send_what_is_approved, args=(stop,), name="mail", daemon=True)
    reports = threading.Thread(target=draft_what_is_due, args=(stop,), name="reports", daemon=True)
    notices = threading.Thread(target=tell_teammates, args=(stop,), name="notices", daemon=True)
    for thread in (mail, reports, notices):
        thread.start()
    try:
        executor.work_on()
    finally:
        stop.set()
        for thread in (mail, reports, notices):
            thread.join()
