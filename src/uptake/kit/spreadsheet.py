"""Cells of files that people open in a spreadsheet."""

import re

from uptake.kit.marks import without_steering

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is run as a formula by one spreadsheet or another."""

NUMERIC = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


def harmless(text: str) -> str:
    """A cell that a spreadsheet would run as a formula, with an apostrophe before it; figures stay.

    Characters that steer the direction of the text are left out: the cell reads as what it is.
    """
    text = without_steering(text)
    return f"'{text}" if text.startswith(RUNS) and not NUMERIC.fullmatch(text) else text
