"""``uptake serve``: pages, API and the work behind them in one process."""

import threading
import warnings
from typing import Annotated, Any

import typer

from uptake.kit.errors import ProductError
from uptake.pipeline.commands.output import console

HOST = "127.0.0.1"
PORT = 8000
WEIGHTY = ("*-4.js", "*-4.min.js", "hx-ws*", "hx-head*", "hx-preload*")  # parts of a library that no page loads


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = HOST,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = PORT,
) -> None:
    """Serve the pages and the API, and do the work, until stopped."""
    from uptake.pipeline import home
    from uptake.pipeline.first_start import make_first_admin

    home.prepare()
    home.uploads()
    if made := make_first_admin():
        email, password = made
        console().print(
            f"First start. Log in as [bold]{email}[/bold] with the one-time password [bold]{password}[/bold]"
        )
    run(host, port)


def run(host: str, port: int) -> None:
    """Serve until a signal comes. The executor's thread takes the home's lock, or waits while another process has it."""
    import uvicorn
    from django.conf import settings

    from uptake.pipeline import executor
    from uptake.pipeline.alerts.telling import tell_teammates
    from uptake.pipeline.report.schedules import draft_what_is_due
    from uptake.pipeline.sending import send_what_is_approved
    from uptake.pipeline.webhooks import tell_what_happens

    if host not in {"127.0.0.1", "localhost", "::1"} and host not in settings.ALLOWED_HOSTS:
        console().print("[yellow]Other machines are refused until UPTAKE_ALLOWED_HOSTS names this one.[/yellow]")
    _collect_static()
    _refuse_taken(host, port)
    # Static files are handed over piece by piece by a thread, which is what they should be.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume")
    stop = threading.Event()
    threads = [
        threading.Thread(target=executor.work_until, args=(stop,), name="executor"),
        threading.Thread(target=send_what_is_approved, args=(stop,), name="mail"),
        threading.Thread(target=draft_what_is_due, args=(stop,), name="reports"),
        threading.Thread(target=tell_what_happens, args=(stop,), name="webhooks"),
        threading.Thread(target=tell_teammates, args=(stop,), name="notices"),
    ]
    for thread in threads:
        thread.start()
    console().print(f"Uptake is at http://{host}:{port}/  (stop with Ctrl+C)")
    config = uvicorn.Config(
        "uptake.config.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    try:
        uvicorn.Server(config).run()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _collect_static() -> None:
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=list(WEIGHTY))


def _refuse_taken(host: str, port: int) -> None:
    """Raises ProductError where something listens there already, before any work is begun."""
    import socket

    family: Any = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as why:
            raise ProductError(
                f"{host}:{port} cannot be listened on: {why.strerror}. Choose another with --port."
            ) from why
