"""How a platform's time column is written, settled for the whole file from its sample."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from uptake.sources.reading import Answers, Question, When

Unit = Literal["s", "ms", "us"]

MILLISECONDS_FROM = 1e11  # 1e11 s is the year 5138, 1e11 ms is March 1973
MICROSECONDS_FROM = 1e14
DATES_MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m.%d.%Y")
DATES_DAY_FIRST = ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y")
DATES_NAMED = ("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d %b %Y", "%d %B %Y", "%a %b %d %Y")
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M:%S", ", %I:%M %p", ", %I:%M:%S %p")
ENOUGH = 300  # distinct values that settle a notation
MOST = 0.9  # share of sampled values a notation must fit; the rest are bad rows


def epoch_unit(values: Iterable[Any]) -> Unit | None:
    """The unit of a column of epoch numbers, by the size of most of them; None where most are no numbers."""
    texts = [str(value) for value in values if value is not None and value != ""]
    numbers = sorted(abs(float(text)) for text in texts if re.fullmatch(r"-?\d+(\.\d+)?", text))
    if not numbers or len(numbers) < len(texts) / 2:
        return None
    middle = numbers[len(numbers) // 2]
    if middle >= MICROSECONDS_FROM:
        return "us"
    return "ms" if middle >= MILLISECONDS_FROM else "s"


def recorded(expression: str, values: Iterable[Any], *, zone: str = "UTC") -> When:
    """How a machine wrote the instants: epoch of whichever unit, else ISO 8601 or SQL text."""
    unit = epoch_unit(values)
    return When(expression, "epoch", unit=unit) if unit else When(expression, "iso", zone=zone)


def shown(
    expression: str, values: Sequence[Any], answers: Answers, *, zone: str
) -> tuple[When, tuple[Question, ...]] | None:
    """How a screen wrote the dates or times: ISO, or one of the notations above; None where none fits.

    A question comes along where day and month could be either; the platforms' own screens write the month first.
    """
    texts = list(dict.fromkeys(str(value).strip() for value in values if value not in (None, "")))[:ENOUGH]
    if not texts:
        return None
    if epoch_unit(texts) or _fit(texts, _is_iso):
        return recorded(expression, texts, zone=zone), ()
    month_first, day_first = _formats(texts, DATES_MONTH_FIRST), _formats(texts, DATES_DAY_FIRST)
    if month_first and day_first:
        chosen = day_first if answers.day_first else month_first
        asked = () if answers.day_first is not None else (_which_first(texts),)
        return When(expression, "formats", formats=chosen, zone=zone), asked
    formats = month_first or day_first or _formats(texts, DATES_NAMED)
    return (When(expression, "formats", formats=formats, zone=zone), ()) if formats else None


def _which_first(texts: Sequence[str]) -> Question:
    example = next((text for text in texts if _differs(text)), texts[0])
    sentence = f"Is “{example}” written with the month first or with the day first?"
    return Question("dates", sentence, ("month-first", "day-first"), "month-first")


def _differs(text: str) -> bool:
    numbers = re.findall(r"\d+", text)[:2]
    return len(set(numbers)) == 2


def _formats(texts: Sequence[str], dates: Sequence[str]) -> tuple[str, ...]:
    """The notations that together fit nearly all texts; empty where they do not."""
    every = [date + clock for date in dates for clock in CLOCKS]
    fitting = tuple(form for form in every if any(_parses(text, form) for text in texts))
    return fitting if fitting and _fit(texts, lambda text: any(_parses(text, form) for form in fitting)) else ()


def _fit(texts: Sequence[str], test: Any) -> bool:
    return sum(bool(test(text)) for text in texts) >= MOST * len(texts)


def _parses(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 only whether it fits matters
    except ValueError:
        return False
    return True


def _is_iso(text: str) -> bool:
    return re.match(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)", text) is not None
