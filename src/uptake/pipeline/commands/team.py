"""``uptake teammate add`` and ``uptake key create``."""

from typing import Annotated

import typer

from uptake.pipeline.commands.output import clean, console, say_json

teammates = typer.Typer(help="People who log in.", no_args_is_help=True)
keys = typer.Typer(help="API keys for scripts.", no_args_is_help=True)

RoleOption = Annotated[str, typer.Option(help="admin, leader, csm, product_manager or viewer.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@teammates.command("add")
def add(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    role: RoleOption,
    name: Annotated[str, typer.Option(help="First and last name.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Let somebody log in; prints the one-time password once."""
    from uptake.pipeline import home
    from uptake.team.services import add_teammate

    home.prepare()
    teammate, password = add_teammate(email=email, role=role, name=name)
    if as_json:
        say_json({"id": teammate.pk, "email": teammate.email, "role": teammate.role, "oneTimePassword": password})
    else:
        console().print(f"{clean(teammate.email)} may log in. One-time password, shown this once: {password}")


@keys.command("create")
def create(
    role: RoleOption,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    as_json: JsonOption = False,
) -> None:
    """Make an API key; prints it once."""
    from uptake.pipeline import home
    from uptake.team.services import create_key

    home.prepare()
    key, text = create_key(name=name, role=role)
    if as_json:
        say_json({"id": key.pk, "name": key.name, "role": key.acts_as.role, "key": text})
    else:
        console().print(f"Key for {clean(key.name)}, shown this once: {text}")
