"""How sentences write figures: every number with its unit, plurals right, lists short."""

from collections.abc import Sequence
from datetime import date

from uptake.kit.days import Period
from uptake.scores.models import decimals_to_show
from uptake.scores.rounding import half_up

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def whole(number: float) -> str:
    """1,234, half up."""
    return f"{half_up(number):,.0f}".replace("-", "−")


def tenths(number: float) -> str:
    """12.5, but 12 for 12.0."""
    return f"{half_up(number, 1):,.1f}".removesuffix(".0").replace("-", "−")


def score(value: float) -> str:
    """A score as pages show it: whole, with decimals only where it would seem to be of the next band."""
    decimals = decimals_to_show(value)
    return f"{half_up(value, decimals):.{decimals}f}"


def percent(share: float) -> str:
    """41%; what is there never becomes 0%, what is missing never 100%."""
    shown = half_up(100 * share)
    if shown == 0 and share > 0:
        return "under 1%"
    if shown == 100 and share < 1:
        return "over 99%"
    return f"{shown:.0f}%"


def counted(number: float, noun: str) -> str:
    """``counted(1, "user")``: 1 user; ``"person|people"`` where the plural is no s."""
    one, _, many = noun.partition("|")
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def hours(number: float) -> str:
    """2.5 hours; from ten on whole ones."""
    text = tenths(number) if number < 10 else whole(number)
    return f"{text} {'hour' if text == '1' else 'hours'}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """A, B and C; A, B and 4 more."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def money(amount: float, currency: str | None) -> str:
    """$184k, €1.2m, $940."""
    sign = SIGNS.get(currency or "USD", f"{currency} ")
    for size, unit, decimals in ((1e6, "m", 1), (1e3, "k", 0)):
        if amount >= size * 0.9995:
            return f"{sign}{half_up(amount / size, decimals):,.{decimals}f}{unit}"
    return f"{sign}{half_up(amount):,.0f}"


def day(on: date) -> str:
    """3 Nov 2026."""
    return f"{on.day} {on:%b %Y}"


def span(period: Period) -> str:
    """The period in words, to follow “in”."""
    if period.days is None:
        return "all time"
    return "the last day" if period.days == 1 else f"the last {period.days:,} days"


def owned(name: str) -> str:
    """Acme's, Atlas Couriers'."""
    return f"{name}'" if name.endswith(("s", "S")) else f"{name}'s"


def shortened(text: str, longest: int) -> str:
    """At most so many characters, the last one “…” where something was left out."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def sentence(text: str) -> str:
    """With a capital in front."""
    return text[:1].upper() + text[1:]
