"""The list of customers behind a figure: its title, what the figure is, and the columns that show it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from uptake.pipeline.leader import movers
from uptake.pipeline.leader.behind import Behind
from uptake.pipeline.leader.view import View
from uptake.web.exports import Column, Kind
from uptake.web.leader.telling import moves_told
from uptake.web.portfolio.asked import period_words
from uptake.web.templatetags.uptake import BAND_NAMES, change, day, percent, score, whole

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One column that only this list has."""

    key: str
    title: str
    kind: Kind
    show: Callable[[Any], Any] = str
    css: str = "num"


@dataclass(frozen=True)
class Listed:
    """The customers behind a figure."""

    title: str
    sums: str  # what they add up to or average, in words
    fields: Sequence[Field]
    rows: Sequence[Row]  # of the view, with the fields' keys
    has_change: bool  # whether the change against the period before stands beside

    def written(self, row: Row) -> list[tuple[str, str]]:
        """Class and text of the fields of one row."""
        return [(field.css, field.show(row[field.key])) for field in self.fields]


def listed(found: Behind) -> Listed:
    """Worded as the page words its figure."""
    view, cell = found.view, found.cell
    rows = [view.found.rows[place] for place in found.places]
    told = TOLD[cell.kind](view, found)
    where = "" if not found.group.key else f", {found.group.title}"
    own = [dict(zip((field.key for field in told.fields), values, strict=True)) for values in told.values]
    merged = [{**row, **extra} for row, extra in zip(rows, own, strict=True)] if own else rows
    if told.order is not None:
        merged = [merged[place] for place in told.order]
    return Listed(f"{told.title}{where}", told.sums, told.fields, merged, has_change=cell.kind != "moved")


@dataclass(frozen=True)
class _Told:
    title: str
    sums: str = ""
    fields: Sequence[Field] = ()
    values: Sequence[Sequence[Any]] = ()  # of the fields, a line a customer
    order: Sequence[int] | None = None  # None: best score first


def _plain(title: str) -> Callable[[View, Behind], _Told]:
    return lambda _view, _found: _Told(title)


def _mean_of(view: View, places: Sequence[int], values: Any) -> float | None:
    weight = view.weight[list(places)]
    total = float(weight.sum())
    return float((values[list(places)] * weight).sum()) / total if total else None


def _weighing(view: View) -> str:
    return f", by ARR in {view.currency}" if view.by == "arr" else ""


def _average(view: View, found: Behind) -> _Told:
    mean = _mean_of(view, found.places, view.found.number("score"))
    return _Told("Customers with a score", f"Their average score is {score(mean)}{_weighing(view)}.")


def _weighted(view: View, found: Behind) -> _Told:
    places, arr = list(found.places), view.found.arr(view.currency)
    total = float(arr[places].sum())
    mean = float((view.found.number("score")[places] * arr[places]).sum()) / total if total else None
    return _Told(
        f"Customers with a score and ARR in {view.currency}",
        f"Their average score is {score(mean)}, each by its ARR on {day(view.found.as_of)}.",
    )


def _withheld(view: View, found: Behind) -> _Told:
    return _Told(f"No score: {found.cell.of}" if found.cell.of else "Customers without a score")


def _band(view: View, found: Behind) -> _Told:
    return _Told(
        f"{BAND_NAMES[found.cell.of]} adoption", "With ARR in the currency chosen." if view.by == "arr" else ""
    )


def _part(view: View, found: Behind) -> _Told:
    part = next(each for each in view.found.model.parts if each.name == found.cell.of)
    values = view.found.number(f"{part.name}_value")
    mean = _mean_of(view, found.places, values)
    field = Field("value", part.title, "number", lambda value: f"{value:.1f}")
    sums = f"On average {score(mean)} of 100{_weighing(view)}: {part.words}."
    return _Told(f"{part.title} of customers with a score", sums, [field], [[values[place]] for place in found.places])


def _active(view: View, found: Behind) -> _Told:
    total = int(view.found.number("active_visitors")[found.places].sum())
    return _Told(
        "Customers whose active users are known", f"{total:,} active users in {period_words(view.found.period)}."
    )


def _seats(view: View, found: Behind) -> _Told:
    active = view.found.number("active_visitors")[found.places].sum()
    people = view.found.number("seats_or_known")[found.places].sum()
    field = Field("people", "Seats or known users", "whole", whole)
    values = [[int(view.found.number("seats_or_known")[place])] for place in found.places]
    sums = f"{int(active):,} active users of {int(people):,} seats or known users, {percent(active / people if people else None)}%."
    return _Told("Active users of seats", sums, [field], values)


def _change(view: View, found: Behind) -> _Told:
    mean = _mean_of(view, found.places, view.found.number("change"))
    told = "–" if mean is None else f"{mean:+.1f}".replace("-", "−")
    before = period_words(view.found.period)
    return _Told("Customers with a trend", f"On average {told} points against the {before} before{_weighing(view)}.")


OF_FEATURE = {
    "adopted": "{} is adopted",
    "gap": "{} is paid for or used by peers, and lies idle",
    "lapsed": "{} fell out of use",
    "known": "{} is available",
    "had": "{} was adopted one period before",
    "paid": "{} is in the contract and not used",
    "wanted": "{} is hardly used, while peers use it",
    "arr": "{} is paid for or used by peers, and lies idle",
}


def _feature(view: View, found: Behind) -> _Told:
    place = view.use.feature(found.cell.more)
    feature = view.use.features[place]
    now, before = view.use.reach(place), view.use.reach_before(place)
    fields = [
        Field("reach", "Reach", "share", _percent),
        Field("reach_before", "Reach before", "share", _percent, "num second"),
    ]
    values = [[_known(now[at]), _known(before[at])] for at in found.places]
    words = period_words(view.found.period)
    sums = f"Reach: share of the active users who used it, in {words} and in the {words} before."
    if found.cell.of == "arr":
        sums = f"{sums} Listed are customers with ARR in {view.currency}."
    return _Told(OF_FEATURE[found.cell.of].format(feature.name), sums, fields, values)


def _day(view: View, found: Behind) -> _Told:
    scores = view.spread.on(date.fromisoformat(found.cell.of))
    field = Field("then", f"Score on {day(date.fromisoformat(found.cell.of))}", "number", score)
    what = "Customers with a score" if found.cell.more == "scored" else f"{BAND_NAMES[found.cell.more]} adoption"
    values = [[float(scores[place])] for place in found.places]
    return _Told(f"{what} on {day(date.fromisoformat(found.cell.of))}", "", [field], values)


def _moved(view: View, found: Behind) -> _Told:
    told = [movers.mover(view, place) for place in found.places]
    fields = [
        Field("then", f"Score on {day(view.since)}", "number", score),
        Field("points", "Points", "number", change),
        Field("moves", "What moved it", "text", lambda text: text or "–", "second"),
    ]
    values = [[each.then, each.points, moves_told(each) or _why(each)] for each in told]
    order = sorted(range(len(told)), key=lambda place: -abs(told[place].points or 0.0))
    words = "Customers with a score on both days" if found.cell.of == "both" else movers.WAYS[found.cell.of]
    mean = _mean_of(view, found.places, view.moved.points) if found.cell.of == "both" else None
    sums = "" if mean is None else f"On average {mean:+.1f} points{_weighing(view)}.".replace("-", "−")
    return _Told(f"{words} since {day(view.since)}", sums, fields, values, order)


def _why(mover: movers.Mover) -> str:
    """Of one without a score on one of the days."""
    if mover.row["score"] is None:
        return f"no score now: {mover.row['reason']}"
    return f"no score then: {mover.reason_then or 'not in the portfolio'}"


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{percent(share)}%"


TOLD: Mapping[str, Callable[[View, Behind], _Told]] = {
    "customers": _plain("Customers"),
    "scored": _plain("Customers with a score"),
    "withheld": _withheld,
    "average": _average,
    "weighted": _weighted,
    "arr": lambda view, _: _Told(f"Customers with ARR in {view.currency}"),
    "band": _band,
    "part": _part,
    "active": _active,
    "seats": _seats,
    "change": _change,
    "feature": _feature,
    "gap": _feature,
    "day": _day,
    "moved": _moved,
}

EXPORTED = (
    Column("customer"), Column("customer_id", "whole"), Column("score", "number"), Column("band"), Column("reason"),
    Column("change", "number"), Column("active_users", "whole"), Column("seats_or_known_users", "whole"),
    Column("segment"), Column("plan"), Column("region"), Column("csm"), Column("customer_since"), Column("first_use"),
    Column("arr", "number"), Column("currency"), Column("renews_on", "date"),
)  # fmt: skip


def file_of(what: Listed) -> tuple[list[Column], list[Row]]:
    """The same as a file, with its own columns last."""
    columns = [*EXPORTED, *(Column(field.key, field.kind) for field in what.fields)]
    rows: list[Row] = [
        {
            **row,
            "active_users": row["active_visitors"],
            "seats_or_known_users": row["seats_or_known"],
            "csm": row["owner"],
            "customer_since": row["cohort"],
        }
        for row in what.rows
    ]
    return columns, rows
