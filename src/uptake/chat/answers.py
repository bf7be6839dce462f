"""What an answer is made of: plain values that are kept in a message as JSON and that the page draws.

No HTML in them and nothing to trust: whoever shows a part escapes it. A figure is shown as ``text`` says; ``value`` is
there to sort by and to draw with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

from uptake.scores.models import band_of, decimals_to_show
from uptake.scores.rounding import half_up

NONE = "–"


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Stat:
    """One large figure: label, value and unit, and what stands beneath."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    band: str = ""
    href: str = ""


@dataclass(frozen=True)
class Stats:
    """Three to six figures side by side."""

    items: tuple[Stat, ...]


@dataclass(frozen=True)
class Column:
    """``second``: left out on a narrow screen. ``kind`` is that of its cells."""

    title: str
    kind: str = "text"  # text, name, score, ratio, change, percent, band, spark, money, day
    second: bool = False

    @property
    def numeric(self) -> bool:
        return self.kind in {"score", "ratio", "change", "percent", "money", "count"}


@dataclass(frozen=True)
class Cell:
    """One cell: ``text`` is ready to show; ``of`` follows it quietly (145 + /150 users); ``note`` is smaller still."""

    text: str
    of: str = ""
    note: str = ""
    value: float | None = None
    band: str = ""
    way: str = ""  # of a change: up, down, flat; empty where there is no trend
    href: str = ""
    values: tuple[float | None, ...] = ()  # of a spark


@dataclass(frozen=True)
class Table:
    """Rows to compare. ``more`` says how many there are behind ``more_url``."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class FeatureShare:
    """How many customers adopted a feature, of those it is available to."""

    feature: str
    share: float | None  # 0–1; None: available to nobody
    adopted: int
    available: int
    level: str  # High, Medium, Low; empty without a share
    href: str = ""


@dataclass(frozen=True)
class FeatureShares:
    """Features by share of customers, with bars."""

    caption: str
    unit: str
    rows: tuple[FeatureShare, ...]
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class HeatRow:
    """A customer's reach in each feature of the table: 0–1, or None where it is not in the plan."""

    customer: str
    cells: tuple[float | None, ...]
    href: str = ""


@dataclass(frozen=True)
class Heat:
    """Many features by many customers."""

    caption: str
    unit: str
    features: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class Point:
    """A day, as ISO text, and its value."""

    day: str
    value: float | None


@dataclass(frozen=True)
class Series:
    """One line."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Lines:
    """Values over time, at most four lines; the table behind it is the same points."""

    caption: str
    unit: str
    series: tuple[Series, ...]
    note: str = ""


@dataclass(frozen=True)
class Change:
    """What changed for one customer, and why."""

    title: str
    before: str
    after: str
    why: str = ""
    band_before: str = ""
    band_after: str = ""
    href: str = ""


@dataclass(frozen=True)
class Changes:
    """Before and after of what was done."""

    caption: str
    items: tuple[Change, ...]
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class Item:
    """One insight, recommendation, task or draft of a list, with its evidence."""

    title: str
    text: str = ""
    steps: tuple[str, ...] = ()
    note: str = ""  # who, by when, how much
    priority: str = ""  # critical, high, medium, low
    href: str = ""


@dataclass(frozen=True)
class Items:
    """A list to read: key insights, recommended actions, tasks that were made."""

    caption: str
    items: tuple[Item, ...]
    kind: str = "insights"  # insights, advice, tasks, drafts
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class Button:
    """Either a tool with its arguments, or a link. ``main``: at most one in an answer."""

    label: str
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    href: str = ""
    icon: str = ""  # of lucide
    main: bool = False


@dataclass(frozen=True)
class Buttons:
    """What can be done next. A button that leads nowhere, because the page is not there, is left out."""

    buttons: tuple[Button, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "buttons", tuple(each for each in self.buttons if each.tool or each.href))


@dataclass(frozen=True)
class Confirm:
    """Nothing is done yet: pressing does it. ``arguments`` name exactly what the sentence says."""

    sentence: str
    tool: str
    arguments: Mapping[str, Any]
    label: str = "Do it"


@dataclass(frozen=True)
class Note:
    """Something to know beside the answer."""

    text: str
    title: str = ""
    tone: str = "info"  # info, good, warning, error


Part = Text | Stats | Table | FeatureShares | Heat | Lines | Changes | Items | Buttons | Confirm | Note

PARTS: dict[str, type] = {
    "text": Text,
    "stats": Stats,
    "table": Table,
    "feature_shares": FeatureShares,
    "heat": Heat,
    "lines": Lines,
    "changes": Changes,
    "items": Items,
    "buttons": Buttons,
    "confirm": Confirm,
    "note": Note,
}
"""Name in JSON -> part. A template ``chat/parts/<name>.html`` draws each."""

_NAMES = {kind: name for name, kind in PARTS.items()}


@dataclass(frozen=True)
class Answer:
    """A finding in words, and the figures that prove it."""

    headline: str
    parts: tuple[Part, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For a message; ``from_json`` gives the same answer back."""
        return {"headline": self.headline, "parts": [part_json(part) for part in self.parts]}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Answer":
        return cls(told["headline"], tuple(part_from_json(part) for part in told["parts"]))

    @property
    def confirm(self) -> Confirm | None:
        """What waits for “Do it”, if anything."""
        return next((part for part in self.parts if isinstance(part, Confirm)), None)


def part_json(part: Part) -> dict[str, Any]:
    """``{"part": "stats", …}``."""
    return {"part": _NAMES[type(part)], **_plain(asdict(part))}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def part_from_json(told: Mapping[str, Any]) -> Part:
    """Unknown keys, of a newer or older version, are left out."""
    part: Part = _built(PARTS[told["part"]], told)
    return part


def _built(kind: Any, told: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(
            **{each.name: _built(hints[each.name], told[each.name]) for each in fields(kind) if each.name in told}
        )
    if get_origin(kind) is tuple:
        return tuple(_built(get_args(kind)[0], each) for each in told)
    return told


# Figures as every answer writes them


def score_text(score: float | None) -> str:
    """As the pages: whole, half up; decimals only where the whole number would be of the next band."""
    if score is None:
        return NONE
    decimals = decimals_to_show(score)
    return f"{half_up(score, decimals):.{decimals}f}"


def band_word(score: float | None) -> str:
    """excellent, good, fair, poor; empty without a score."""
    return "" if score is None else band_of(score)


def change_text(points: float | None) -> str:
    """+5, −8, stable; – without a trend."""
    if points is None:
        return NONE
    whole = half_up(abs(points))
    return "stable" if whole == 0 else f"{'+' if points > 0 else '−'}{whole:.0f}"


def change_way(points: float | None) -> str:
    """up, down, flat; empty without a trend."""
    if points is None:
        return ""
    return "flat" if half_up(abs(points)) == 0 else "up" if points > 0 else "down"


def whole_text(number: float | None) -> str:
    """1,234; – for none."""
    return NONE if number is None else f"{half_up(number):,.0f}".replace("-", "−")


def percent_text(share: float | None) -> str:
    """0.634 as 63; the unit is written by who shows it."""
    return NONE if share is None else f"{half_up(100 * share):.0f}"


def points_text(points: float) -> str:
    """2.6 points, with sign."""
    return f"{'+' if points > 0 else '−' if points < 0 else ''}{half_up(abs(points), 1):.1f}"


def day_text(day: date) -> str:
    """29 Jan 2026."""
    return f"{day.day} {day:%b %Y}"


def days_text(first: date, last: date) -> str:
    """1 to 29 Jan 2026; 1 Nov 2025 to 29 Jan 2026."""
    if (first.year, first.month) == (last.year, last.month):
        return day_text(last) if first == last else f"{first.day} to {day_text(last)}"
    start = f"{first.day} {first:%b}" if first.year == last.year else day_text(first)
    return f"{start} to {day_text(last)}"


def counted(number: int, one: str, many: str = "") -> str:
    """3 customers."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """A, B and C; the first few and how many others."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nobody"


def score_cell(score: float | None, band: str | None = None) -> Cell:
    """A score with its band."""
    return Cell(score_text(score), value=score, band=band or band_word(score))


def change_cell(points: float | None) -> Cell:
    """A change with its way."""
    return Cell(change_text(points), value=points, way=change_way(points))


def ratio_cell(part: int | None, whole: int | None) -> Cell:
    """145/150 with 97% beneath; – where either is not known."""
    if part is None:
        return Cell(NONE)
    if not whole:
        return Cell(f"{part:,}", value=float(part))
    return Cell(f"{part:,}", of=f"/{whole:,}", note=f"{percent_text(part / whole)}%", value=part / whole)
