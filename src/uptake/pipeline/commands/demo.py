"""``uptake demo``: a sample portfolio with history."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from django.conf import settings

from uptake.kit.errors import ProductError
from uptake.pipeline.commands.output import console, count, say_json
from uptake.pipeline.commands.scores import to_day

if TYPE_CHECKING:
    from uptake.pipeline.demo.portfolio import Plan
    from uptake.pipeline.sync.models import Connection
    from uptake.team.models import Teammate


def demo(
    customers: Annotated[int, typer.Option(help="How many customers.")] = 67,
    events: Annotated[int, typer.Option(help="About how many usage events in the last 90 days.")] = 45_000,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day with usage; default yesterday.")
    ] = None,
    export_dir: Annotated[
        Path | None, typer.Option(help="Only write files in a platform's format into this folder.")
    ] = None,
    format: Annotated[str, typer.Option(help="pendo, amplitude, mixpanel or csv, with --export-dir.")] = "csv",  # noqa: A002
    days: Annotated[int | None, typer.Option(help="With --export-dir: only the last so many days.")] = None,
    load_only: Annotated[bool, typer.Option("--load-only", help="Do not serve the pages afterwards.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port for the pages.")] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, and do not serve.")] = False,
) -> None:
    """Make a sample portfolio with a year of history, score it, and serve the pages."""
    from uptake.pipeline import home
    from uptake.pipeline.demo.exports import write_events
    from uptake.pipeline.demo.plan import make_plan

    plan = make_plan(customers=customers, events=events, until=to_day(until) or _yesterday())
    if export_dir is not None:
        paths = write_events(plan, export_dir, format, days=days)
        if as_json:
            say_json({"files": [str(path) for path in paths]})
        else:
            console().print(
                f"{count(len(paths), 'file')} in {export_dir}, {sum(p.stat().st_size for p in paths) / 1e6:,.1f} MB"
            )
        return
    home.prepare()
    _load(plan, as_json=as_json)
    if load_only or as_json:
        return
    from uptake.pipeline.commands.serve import HOST, run
    from uptake.pipeline.first_start import DEMO_DOMAIN, DEMO_PASSWORD

    console().print(f"Log in as dana{DEMO_DOMAIN} (a CSM) or lena{DEMO_DOMAIN} (a leader), password {DEMO_PASSWORD}")
    run(HOST, port)


def _yesterday() -> date:
    """In the workspace's time zone. There may be no home to ask yet in which zones its customers are."""
    return datetime.now(tz=ZoneInfo(settings.UPTAKE.time_zone)).date() - timedelta(days=1)


def _load(plan: "Plan", *, as_json: bool) -> None:
    """The demo through the same door as any customer's data: rows by services, usage as an imported file."""
    import tempfile

    from uptake.customers.models import Customer
    from uptake.pipeline import scoring
    from uptake.pipeline.commands.imports import report_import, run_import
    from uptake.pipeline.commands.scores import scores_json, show_portfolio
    from uptake.pipeline.demo import stand_in
    from uptake.pipeline.demo.exports import write_beside_pendo
    from uptake.pipeline.demo.load import load_customers
    from uptake.pipeline.executor import kept_launched
    from uptake.pipeline.first_start import make_demo_team
    from uptake.sources.reading import Answers
    from uptake.team.models import Role

    if Customer.objects.exists():
        if not Customer.objects.filter(name="TechCorp").exists():
            raise ProductError(
                "This home holds customers already; the demo wants an empty one: set UPTAKE_HOME to a new folder."
            )
        found = scoring.scores()  # the demo of an earlier start
        say_json(scores_json(found)) if as_json else show_portfolio(found)
        return
    team = make_demo_team()
    load_customers(plan, [each for each in team if each.role == Role.CSM])
    with tempfile.TemporaryDirectory(dir=settings.UPTAKE_HOME) as folder:
        paths = write_beside_pendo(plan, Path(folder), "mixpanel", stand_in.subscription())
        connection = _connect_stand_in(next(each for each in team if each.role == Role.LEADER))
        with kept_launched():
            batch = run_import(paths, Answers(yes=True, workspace_zone=settings.UPTAKE.time_zone), as_json=as_json)
            if connection is not None:
                _sync_history(connection, plan.until)
    report_import(batch, as_json=as_json)


def _connect_stand_in(by: "Teammate") -> "Connection | None":
    """Connect the demo's Pendo as a leader does; None where no customer uses what it watches."""
    from uptake.pipeline.demo import stand_in
    from uptake.pipeline.demo.portfolio import RECENT_DAYS
    from uptake.pipeline.sync.connections import connect
    from uptake.pipeline.sync.models import Platform

    if not stand_in.is_here():
        return None
    said = {"key": stand_in.KEY, "region": stand_in.REGION}
    return connect(by, Platform.PENDO, said, history_days=RECENT_DAYS, makes_customers=False)


def _sync_history(connection: "Connection", until: date) -> None:
    """Have the demo's days fetched, wherever they lie. Raises ProductError where that fails."""
    from uptake.pipeline.commands.sync import run_sync
    from uptake.pipeline.sync.models import SyncRun

    first = until - timedelta(days=connection.history_days - 1)
    run = run_sync(connection, SyncRun.Kind.HISTORY, first, until)
    if run.state != SyncRun.State.DONE:
        raise ProductError(run.message)
