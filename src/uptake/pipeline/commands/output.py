"""How commands speak: tables for people, one JSON object for scripts."""

import json
import sys
from datetime import date, datetime
from typing import Any

from rich.console import Console

from uptake.kit.errors import ProductError


def console() -> Console:
    """Standard output for people; plain and wide enough for whole tables where it is no terminal."""
    width = None if sys.stdout.isatty() else 140
    return Console(width=width, highlight=False, soft_wrap=False)


def is_terminal(as_json: bool) -> bool:
    """Whether somebody sits there who can be asked."""
    return not as_json and sys.stdin.isatty() and sys.stdout.isatty()


def say_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))  # noqa: T201


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def say_refusal(why: ProductError, *, as_json: bool) -> None:
    """One sentence on standard error; for scripts an object with ``error`` on standard output too."""
    from uptake.pipeline.remedies import Door, refusal_said

    sentence = refusal_said(why, Door.COMMAND_LINE)
    if as_json:
        say_json({"error": sentence})
    print(sentence, file=sys.stderr)  # noqa: T201


def clean(text: object) -> str:
    """Text from outside, safe to print: no control or direction characters, no Rich markup."""
    from rich.markup import escape

    shown = "".join("�" if _is_hostile(char) else char for char in str(text))
    return escape(shown)


def _is_hostile(char: str) -> bool:
    return (
        ord(char) < 32
        or char == "\x7f"
        or char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
    )


def count(number: int, one: str, many: str | None = None) -> str:
    """“1 customer”, “45,678 rows”."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
