"""``uptake source``: what may send live events, and its write key."""

from typing import Annotated

import typer

from uptake.pipeline.commands.output import clean, console, say_json

sources = typer.Typer(help="Sources of live events.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@sources.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What sends, such as “Web app”.")],
    as_json: JsonOption = False,
) -> None:
    """Let something send live events; prints its write key once."""
    from uptake.pipeline import home
    from uptake.pipeline.live.keys import create_live_source

    home.prepare()
    made, key = create_live_source(name, None)
    if as_json:
        say_json({"id": made.pk, "name": made.name, "source": made.source, "writeKey": key})
    else:
        console().print(f"{clean(made.name)} may send. Its write key, shown this once: {key}")
