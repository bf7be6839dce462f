"""Features: how far they reach at a customer, and in each part of the portfolio."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import altair as alt

from uptake.charts.heat import grid
from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import data, nothing, pixel, ticked
from uptake.charts.rows import ROW, along, column, numbered, row_of
from uptake.charts.words import Caption, Table, counted, cut, percent, table

MOST_ROWS = 30
MOST_COLUMNS = 24

Row = Mapping[str, Any]


def feature_reach(
    features: Sequence[Row], who: str = "Customer", *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """A full dot for the customer's reach of each feature, a ring for the median of its peers, a line between them.

    ``features``: feature, reach and peers_median_reach (0–1, None: not known), in the order to be shown. Of more than
    thirty, those farthest from the peers stay, and the drawing says how many it leaves out.
    """
    shown = _widest([each for each in features if each["reach"] is not None])
    if not shown:
        return nothing("No feature was used in this period.", look, width=width, caption=caption)
    names = [each["feature"] for each in shown]
    rows = numbered({"reach": each["reach"], "peers": each["peers_median_reach"]} for each in shown)
    base = alt.Chart(data(rows)).encode(y=row_of(names, look))
    x = alt.X("reach:Q", scale=along(), axis=_share_axis())
    with_peers = base.transform_filter("datum.peers !== null")
    marks = [
        base.mark_rule(color=look.grid, strokeDash=[1, 0]).encode(
            x=pixel(alt.XValue, 0), x2=pixel(alt.X2Value, "width")
        ),
        with_peers.mark_rule(color=look.peer, strokeWidth=3, strokeDash=[1, 0]).encode(x=x, x2=alt.X2("peers")),
        with_peers.mark_point(
            filled=False, size=104, stroke=look.ink_2, strokeWidth=1.5, fill=look.paper, opacity=1
        ).encode(x=alt.X("peers:Q")),
        base.mark_point(filled=True, size=44, color=look.series[0], opacity=1).encode(x=x),
    ]
    reach, peers = ([percent(each[name]) for each in shown] for name in ("reach", "peers_median_reach"))
    marks += column(reach, names, look, 44, head=f"● {cut(who, 12)}", strong=True, color=look.words[0])
    marks += column(peers, names, look, 96, head="○ Peers")
    rest = len(features) - len(shown)
    note = f"{counted(rest, 'more feature')} in the table; drawn are those farthest from the peers." if rest else ""
    return dressed(marks, look, width=width, height=ROW * len(shown), caption=caption, note=note)


def feature_reach_table(features: Sequence[Row], who: str = "Customer") -> Table:
    """The same by feature, all of them."""
    rows = [(each["feature"], percent(each["reach"]), percent(each["peers_median_reach"])) for each in features]
    return table(f"'Feature | {who} | Peers’ median", rows)


def _widest(features: Sequence[Row]) -> list[Row]:
    """Thirty at most, in their order."""
    if len(features) <= MOST_ROWS:
        return list(features)
    gaps = [
        -1.0 if each["peers_median_reach"] is None else abs(each["reach"] - each["peers_median_reach"])
        for each in features
    ]
    kept = sorted(range(len(features)), key=lambda place: -gaps[place])[:MOST_ROWS]
    return [features[place] for place in sorted(kept)]


def _share_axis() -> alt.Axis:
    return ticked([0, 0.5, 1], format=".0%", domain=False, labelPadding=6)


def segment_by_feature(
    cells: Sequence[Row], *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """How many customers of each segment adopted each feature, as a heat table; the figures are percent.

    ``cells``: segment, feature, share (0–1; None: available to nobody there). Segments in the order they come,
    features from the most adopted; beyond 24 features those that segments differ in least are left out.
    """
    features, rest = _columns(cells)
    if not features:
        return nothing("No feature is available to anybody here.", look, width=width, caption=caption)
    segments = list(dict.fromkeys(cell["segment"] for cell in cells))
    shares = {(cell["segment"], cell["feature"]): cell["share"] for cell in cells}
    rows = [[shares.get((segment, feature)) for feature in features] for segment in segments]
    marks, height = grid(rows, segments, features, look, tall_heads=True)
    note = "Figures are percent of the customers; – where nobody has the feature."
    if rest:
        note += f" {counted(rest, 'more feature')} in the table; drawn are those in which segments differ most."
    return dressed(marks, look, width=width, height=height, caption=caption, note=note)


def segment_by_feature_table(cells: Sequence[Row]) -> Table:
    """The same, a row for each segment and feature."""
    rows = [(cell["segment"], cell["feature"], percent(cell["share"])) for cell in cells]
    return table("'Segment | 'Feature | Customers that adopted it", rows)


def _columns(cells: Sequence[Row]) -> tuple[list[str], int]:
    """The features to show, the most adopted first, and how many are left out."""
    by_feature: dict[str, list[float]] = {}
    for cell in cells:
        if cell["share"] is not None:
            by_feature.setdefault(cell["feature"], []).append(cell["share"])
    kept = sorted(by_feature, key=lambda name: min(by_feature[name]) - max(by_feature[name]))[:MOST_COLUMNS]
    return sorted(kept, key=lambda name: -fmean(by_feature[name])), len(by_feature) - len(kept)
