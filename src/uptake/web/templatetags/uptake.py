"""How pages write figures, and the small marks that go with them. Loaded into every template."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from uptake.scores.models import band_of, decimals_to_show
from uptake.scores.rounding import half_up

register = template.Library()

BAND_NAMES = {"excellent": "Excellent", "good": "Good", "fair": "Fair", "poor": "Poor"}


@register.filter
def score(value: float | None) -> str:
    """A whole number, half up; with decimals where the whole number would seem to be of the next band; – for none."""
    if value is None:
        return "–"
    decimals = decimals_to_show(value)
    return f"{half_up(value, decimals):.{decimals}f}"


@register.filter
def band(value: str | float | None) -> SafeString:
    """Four pips and the word, of a band's name or of a score."""
    if value is None or value == "":
        return SafeString('<span class="quiet">–</span>')
    name = value if isinstance(value, str) else band_of(value)
    return format_html('<span class="band" data-band="{}">{}</span>', name, BAND_NAMES[name])


@register.filter
def change(points: float | None) -> SafeString:
    """Triangle, sign and points; “stable” for none; – where there is no trend yet."""
    if points is None:
        return SafeString('<span class="quiet">–</span>')
    whole = half_up(abs(points))
    if whole == 0:
        return SafeString('<span class="change" data-way="flat">stable</span>')
    way, sign = ("up", "+") if points > 0 else ("down", "−")
    return format_html('<span class="change" data-way="{}">{}{}</span>', way, sign, f"{whole:.0f}")


@register.filter
def whole(value: float | None) -> str:
    """1,234; – for none. Sprinkled wherever something is counted."""
    return "–" if value is None else f"{half_up(value):,.0f}".replace("-", "−")


@register.filter
def percent(share: float | None) -> str:
    """0.634 as 63; the unit is written by the page. – for none."""
    return "–" if share is None else f"{half_up(100 * share):.0f}"


@register.filter
def money(amount: float | Decimal | None, currency: str = "USD") -> str:
    """$412k, €1.2m, $940; – for none."""
    if amount is None:
        return "–"
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency or "USD", f"{currency} ")
    value = float(amount)
    for size, unit in ((1e6, "m"), (1e3, "k")):
        if abs(value) >= size * 0.9995:
            shown = half_up(value / size, 1 if size == 1e6 else 0)
            return f"{sign}{shown:,.{1 if size == 1e6 else 0}f}{unit}"
    return f"{sign}{half_up(value):,.0f}"


@register.filter
def day(value: date | datetime | None) -> str:
    """29 Jan 2026; – for none."""
    return "–" if value is None else f"{value.day} {value:%b %Y}"


@register.filter
def weekday(value: date | None) -> str:
    """Thu 29 Jan 2026; – for none."""
    return "–" if value is None else f"{value:%a} {value.day} {value:%b %Y}"


@register.filter
def counted(number: int, words: str) -> str:
    """``3|counted:"customer"`` is 3 customers; ``"person,people"`` where the plural is no s."""
    one, _, many = words.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@register.filter
def get(row: Any, key: Any) -> Any:
    """A value of a mapping by a key that a loop gives; None where it has none."""
    return row.get(key)


@register.simple_tag
def bar(share: float | None, name: str = "", tick: float | None = None) -> SafeString:
    """A bar from 0 to 1, in the colour of a band where one is named; ``tick`` marks the peers' median."""
    if share is None:
        return SafeString("")
    width = f"{100 * max(0.0, min(1.0, share)):.2f}%"
    band_mark = format_html(' data-band="{}"', name) if name else SafeString("")
    mark = (
        format_html('<line class="tick" x1="{0}" x2="{0}" y1="-3" y2="11"/>', f"{100 * tick:.2f}%")
        if tick is not None
        else SafeString("")
    )
    return format_html(
        '<svg class="bar"{} aria-hidden="true"><rect class="of" width="100%" height="100%"/>'
        '<rect class="is" width="{}" height="100%"/>{}</svg>',
        band_mark,
        width,
        mark,
    )


SPARK_HEIGHT = 22


@register.simple_tag
def spark(values: list[float | None], words: str = "trend by week") -> SafeString:
    """A line through the values that are there, the last one as a dot; nothing under two values."""
    points = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(points) < 2:
        return SafeString('<span class="quiet">–</span>')
    low, high = min(value for _, value in points), max(value for _, value in points)
    span = max(high - low, 4.0)  # a change of a point is no mountain
    middle = (high + low) / 2

    def y(value: float) -> float:
        return SPARK_HEIGHT / 2 - (value - middle) / span * (SPARK_HEIGHT - 6)

    last = max(1, len(values) - 1)
    path = "L".join(f"{1 + 96 * place / last:.1f} {y(value):.1f}" for place, value in points)
    place, value = points[-1]
    return format_html(
        '<svg class="spark" role="img" aria-label="{}: from {} to {}"><svg viewBox="0 0 100 22" preserveAspectRatio="none"'
        ' width="100%" height="22"><path d="M{}"/></svg><circle cx="{}" cy="{}" r="2.5"/></svg>',
        words,
        score(points[0][1]),
        score(value),
        path,
        f"{1 + 96 * place / last:.1f}%",
        f"{y(value):.1f}",
    )


HEAT_FROM = (0.005, 0.15, 0.29, 0.43, 0.58, 0.72, 0.86)  # the lowest share of steps 1 to 7


@register.filter
def heat(share: float | None) -> str:
    """The step of a share for ``data-step``: 0 to 7, or none (not in plan)."""
    return "none" if share is None else str(sum(share >= lowest for lowest in HEAT_FROM))
