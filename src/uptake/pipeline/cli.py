"""The ``uptake`` command. Heavy libraries are imported by the command that needs them."""

import os
import sys

import typer

WITHOUT_PAGES = {"import", "imports", "undo", "score", "explain", "sync"}


def main() -> None:
    """Console script: a refusal is one sentence on standard error and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _settings())
    import django

    django.setup()
    from uptake.kit.errors import ProductError
    from uptake.pipeline.commands import app
    from uptake.pipeline.commands.output import say_refusal

    try:
        app()
    except ProductError as why:
        say_refusal(why, as_json="--json" in sys.argv)
        raise SystemExit(1) from why
    except (KeyboardInterrupt, typer.Abort):
        print("Stopped.", file=sys.stderr)  # noqa: T201
        raise SystemExit(130) from None


def _settings() -> str:
    lean = len(sys.argv) > 1 and sys.argv[1] in WITHOUT_PAGES
    return "uptake.config.lean" if lean else "uptake.config.settings"


if __name__ == "__main__":
    main()
