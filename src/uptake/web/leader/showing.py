"""Tables as the page writes them: every figure as text, with the way to the customers it is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from uptake.pipeline.leader import features, movers, spread
from uptake.pipeline.leader.groups import Group
from uptake.pipeline.leader.lines import Line
from uptake.pipeline.leader.view import View
from uptake.pipeline.leader.weighing import Figure
from uptake.scores.models import BANDS
from uptake.scores.rounding import half_up, shown_parts
from uptake.web.leader.asked import Asked
from uptake.web.templatetags.uptake import BAND_NAMES, counted, day, heat, money, percent, score, whole


@dataclass(frozen=True)
class Cell:
    """One figure of a table."""

    text: str
    url: str = ""
    hint: str = ""  # of how many customers it is
    unit: str = ""
    beside: str = ""  # quiet, after it
    css: str = "num"
    way: str = ""  # of a change: up, down, flat
    step: str = ""  # of a heat table
    weeks: Sequence[float | None] | None = None
    split: Sequence[dict[str, Any]] = ()  # a bar parted by bands


@dataclass(frozen=True)
class Head:
    """One column."""

    title: str
    css: str = "num"
    hint: str = ""


@dataclass(frozen=True)
class Written:
    """A row: its name, and a cell for each column after it."""

    name: Cell
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """``total`` closes it where there is one."""

    caption: str
    heads: Sequence[Head]  # the first is that of the names
    rows: Sequence[Written]
    total: Written | None = None


NONE = "–"


class Writing:
    """Writes figures for one address."""

    def __init__(self, view: View, asked: Asked) -> None:
        self.view, self.asked = view, asked

    def cell(self, figure: Figure, text: str, **also: Any) -> Cell:
        """A figure with its way in, and of how many customers it is."""
        hint = counted(figure.count, "customer") if figure.count else ""
        return Cell(text, self.asked.way(figure), hint, **also)

    def count(self, figure: Figure, css: str = "num") -> Cell:
        return self.cell(figure, whole(figure.count), css=css)

    def points(self, figure: Figure, css: str = "num") -> Cell:
        """A change of score."""
        if figure.value is None:
            return Cell(NONE, css=css)
        size = half_up(abs(figure.value), 1)
        way = "flat" if size == 0 else "up" if figure.value > 0 else "down"
        text = "stable" if size == 0 else f"{'+' if figure.value > 0 else '−'}{size:.1f}"
        return self.cell(figure, text, css=css, way=way)

    def part(self, figure: Figure, css: str = "num") -> Cell:
        return self.cell(figure, NONE if figure.value is None else f"{half_up(figure.value):.0f}", css=css)

    def share(self, figure: Figure, css: str = "num", *, beside: str = "") -> Cell:
        unit = "" if figure.value is None else "%"
        return self.cell(figure, percent(figure.value), unit=unit, css=css, beside=beside)

    def amount(self, figure: Figure, css: str = "num") -> Cell:
        return self.cell(figure, money(figure.value, self.view.currency), css=css)

    def group(self, group: Group, figure: Figure) -> Cell:
        return self.cell(figure, group.title, css="")

    # ── Adoption by group ──

    def by_group(self) -> Table:
        """Customers, scores and bands."""
        view = self.view
        weighted = f"by ARR, {view.currency}" if view.currency else "by ARR"
        heads = [
            Head(view.grouping.title, ""),
            Head("Customers"),
            Head("No score", "num second", "withheld: the score says why"),
            Head("Average", "num", f"of the score, {self.weighed}"),
            Head(weighted, "num", "the same, each customer by its ARR on the day"),
            Head("Change", "num", "points against the period before, of customers with two periods of history"),
            Head("13 weeks", "third", "average by week"),
            Head("Bands", "wide second", "shares of those with a score"),
            *(Head(BAND_NAMES[name], "num second") for name in BANDS),
            Head("ARR", "num third", f"in {view.currency} on the day" if view.currency else "no contract on the day"),
        ]
        rows = [self._line(line) for line in view.lines]
        return Table(f"Adoption {view.grouping.words}", heads, rows, self._line(view.total))

    @property
    def weighed(self) -> str:
        """How averages and shares are weighed, in words."""
        return (
            "each customer alike" if self.view.by == "customers" else f"by ARR in {self.view.currency or 'no currency'}"
        )

    def _line(self, line: Line) -> Written:
        by_arr = self.view.by == "arr"
        shares = _whole_percents([figure.value for _, figure in line.bands])
        bands = [
            self.cell(figure, share or NONE, unit="%" if share else "", beside=whole(figure.count), css="num second")
            if by_arr
            else self.cell(
                figure, whole(figure.count), beside=f"{share}%" if share and figure.count else "", css="num second"
            )
            for (_, figure), share in zip(line.bands, shares, strict=True)
        ]
        return Written(
            self.group(line.group, line.customers),
            [
                self.count(line.customers),
                self._withheld(line),
                self.cell(line.average, score(line.average.value)),
                self.cell(line.weighted, score(line.weighted.value)),
                self.points(line.change),
                Cell("", css="third", weeks=line.weeks),
                Cell("", css="wide second", split=_split(line)),
                *bands,
                self.amount(line.arr, "num third"),
            ],
        )

    def _withheld(self, line: Line) -> Cell:
        told = ", ".join(f"{figure.count:,} {reason}" for reason, figure in line.reasons)
        return Cell(whole(line.withheld.count), self.asked.way(line.withheld), told, css="num second")

    def reasons(self) -> list[tuple[str, str, str]]:
        """Why customers have no score: how many, why, and the way to them."""
        found = self.view.total.reasons
        return [(counted(figure.count, "customer"), reason, self.asked.way(figure)) for reason, figure in found]

    def parts(self) -> Table:
        """What the averages are made of, and how many people use the product."""
        view = self.view
        components = view.found.model.parts
        heads = [
            Head(view.grouping.title, ""),
            *(Head(part.title, "num", f"0–100, weight {part.weight:g}: {part.words}") for part in components),
            Head("Score", "num"),
            Head("Active users", "num second", "in the period, added up"),
            Head("of seats", "num second", "active users of all seats, else of known users"),
        ]
        rows = [self._parts(line) for line in view.lines]
        return Table("Parts of the score, and users", heads, rows, self._parts(view.total))

    def _parts(self, line: Line) -> Written:
        return Written(
            self.group(line.group, line.customers),
            [
                *(self.part(figure) for _, figure in line.parts),
                self.cell(line.average, score(line.average.value)),
                self.cell(line.active, whole(line.active.value), css="num second"),
                self.share(line.seats, "num second"),
            ],
        )

    # ── Features ──

    def matrix(self, lines: Sequence[features.Line], measure: features.Measure) -> Table:
        """The share of each group, as a heat table; dark is much."""
        groups = self.view.side_by_side.groups
        heads = [Head("Feature", "fixed"), Head("All", ""), *(Head(group.title, "") for group in groups)]
        rows = [
            Written(
                Cell(line.feature.name, self._feature(line.feature.feature_id), css=""),
                [self._step(line.total, f" of {line.among.count:,}"), *(self._step(figure) for figure in line.cells)],
            )
            for line in lines
        ]
        return Table(f"{measure.title} {self.view.grouping.words}", heads, rows)

    def _step(self, figure: Figure, of: str = "") -> Cell:
        if figure.value is None:
            return Cell("", css="", step="none")
        hint = f"{figure.count:,}{of}" if of else counted(figure.count, "customer")
        return Cell(percent(figure.value), self.asked.way(figure), hint, css="", step=heat(figure.value))

    def _feature(self, feature_id: str) -> str:
        from django.urls import reverse
        from django.utils.http import urlencode

        query = self.asked.portfolio.partition("?")[2]
        return f"{reverse('portfolio:feature')}?{query}{'&' if query else ''}{urlencode({'feature': feature_id})}"

    def gap_table(self, gaps: Sequence[features.Gap]) -> Table:
        """Features that customers have and leave."""
        heads = [
            Head("Feature", ""),
            Head("Category", "second"),
            Head("Have it", "num second", "available, and usage says who uses it"),
            Head("Gap", "num", "paid for and not used, or hardly used while peers do"),
            Head("Paid, not used", "num second", "the contract names it and nobody used it"),
            Head("Behind peers", "num second", "reach under 10%, and the middle of the peers is 20 points ahead"),
            Head("ARR behind", "num", f"of customers with the gap, in {self.view.currency}"),
        ]
        rows = [
            Written(
                Cell(gap.feature.name, self._feature(gap.feature.feature_id), css=""),
                [
                    Cell(gap.feature.category.title() or NONE, css="second"),
                    self.count(gap.known, "num second"),
                    self.cell(gap.gap, whole(gap.gap.count), beside=f"{percent(gap.gap.value)}%"),
                    self.count(gap.paid, "num second"),
                    self.count(gap.wanted, "num second"),
                    self.amount(gap.arr),
                ],
            )
            for gap in gaps
        ]
        return Table("Common gaps", heads, rows)

    # ── Over time ──

    def days(self, days: Sequence[spread.Day]) -> Table:
        """The spread of the scores, a line a day."""
        heads = [
            Head("Day", ""),
            Head("Scored"),
            Head("Average", "num", self.weighed),
            Head("Median", "num second", "each customer alike"),
            *(Head(BAND_NAMES[name]) for name in BANDS),
        ]
        rows = [
            Written(
                Cell(day(each.day), css=""),
                [
                    self.count(each.scored),
                    Cell(score(each.average)),
                    Cell(score(each.median), css="num second"),
                    *(self.count(figure) for _, figure in each.bands),
                ],
            )
            for each in days
        ]
        return Table("Scores over time", heads, rows)

    # ── Movers ──

    def ways(self, lines: Sequence[movers.Line], total: movers.Line) -> Table:
        """Who rose and fell in which group."""
        heads = [
            Head(self.view.grouping.title, ""),
            Head("Points", "num", f"average of customers with a score on both days, {self.weighed}"),
            *(Head(words, "num" if name in ("rose", "fell") else "num second") for name, words in movers.WAYS.items()),
        ]

        def written(line: movers.Line) -> Written:
            counts = [
                self.count(figure, "num" if name in ("rose", "fell") else "num second") for name, figure in line.ways
            ]
            return Written(Cell(line.group.title, css=""), [self.points(line.average), *counts])

        return Table("Movers by group", heads, [written(line) for line in lines], written(total))


def _whole_percents(shares: Sequence[float | None]) -> list[str]:
    """Whole percents that add up to a hundred; empty where there is nothing to share."""
    if any(share is None for share in shares):
        return [""] * len(shares)
    parts = shown_parts([100 * (share or 0.0) for share in shares], 100.0, 0)
    return [f"{part:.0f}" for part in parts]


def _split(line: Line) -> list[dict[str, Any]]:
    """The bands side by side, the lowest first."""
    start, found = 0.0, []
    for name, share in reversed(line.band_shares):
        found.append({"band": name, "x": f"{100 * start:.2f}%", "width": f"{100 * share:.2f}%"})
        start += share
    return found
