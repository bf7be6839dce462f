"""The page's tables as files: all groups and all features, figures unrounded."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from uptake.pipeline.leader import features, movers, spread
from uptake.pipeline.leader.lines import Line, of_groups
from uptake.pipeline.leader.view import View
from uptake.scores.models import BANDS
from uptake.web.exports import Column
from uptake.web.leader.telling import moved_most, moves_told

Row = Mapping[str, Any]
File = tuple[list[Column], list[Row]]


def groups(view: View) -> File:
    """A line a group, the total last; shares and averages as the view weighs."""
    reasons = list(view.found.reasons)
    parts = [part.name for part in view.found.model.parts]
    columns = [
        Column("group"), Column("customers", "whole"), Column("scored", "whole"), Column("no_score", "whole"),
        *(Column(f"no_score_{reason}", "whole") for reason in reasons),
        Column("average_score", "number"), Column("average_score_by_arr", "number"), Column("change", "number"),
        *(Column(f"{band}_customers", "whole") for band in BANDS), *(Column(f"{band}_share", "share") for band in BANDS),
        *(Column(f"{part}_value", "number") for part in parts),
        Column("active_users", "whole"), Column("active_share_of_seats", "share"),
        Column("arr", "number"), Column("arr_customers", "whole"), Column("currency"), Column("weighed_by"),
    ]  # fmt: skip
    lines = [*of_groups(view, view.all_groups), view.total]
    return columns, [_group(view, line, reasons, parts) for line in lines]


def _group(view: View, line: Line, reasons: Sequence[str], parts: Sequence[str]) -> Row:
    why = {reason: figure.count for reason, figure in line.reasons}
    return {
        "group": line.group.title,
        "customers": line.customers.count,
        "scored": line.scored.count,
        "no_score": line.withheld.count,
        **{f"no_score_{reason}": why.get(reason, 0) for reason in reasons},
        "average_score": line.average.value,
        "average_score_by_arr": line.weighted.value,
        "change": line.change.value,
        **{f"{band}_customers": figure.count for band, figure in line.bands},
        **{f"{band}_share": figure.value for band, figure in line.bands},
        **{f"{name}_value": figure.value for name, (_, figure) in zip(parts, line.parts, strict=True)},
        "active_users": line.active.value,
        "active_share_of_seats": line.seats.value,
        "arr": line.arr.value,
        "arr_customers": line.arr.count,
        "currency": view.currency,
        "weighed_by": view.by,
    }


def feature_shares(view: View) -> File:
    """A line a feature and group, with all measures; the group “All” first."""
    columns = [Column("feature"), Column("feature_id"), Column("category"), Column("group")]
    for name in features.MEASURES:
        columns += [Column(f"{name}_customers", "whole"), Column(f"{name}_share", "share")]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name in features.MEASURES:
        for line in features.table(view, name, view.all_groups):
            for title, figure in (("All", line.total), *zip(_titles(view), line.cells, strict=True)):
                row = found.setdefault((line.feature.feature_id, title), {
                    "feature": line.feature.name, "feature_id": line.feature.feature_id,
                    "category": line.feature.category, "group": title,
                })  # fmt: skip
                row |= {f"{name}_customers": figure.count, f"{name}_share": figure.value}
    empty = {column.name: None for column in columns}
    return columns, [{**empty, **row} for row in found.values()]


def _titles(view: View) -> list[str]:
    return [group.title for group in view.all_groups.groups]


def gaps(view: View) -> File:
    """A line a feature."""
    columns = [
        Column("feature"), Column("feature_id"), Column("category"), Column("have_it", "whole"), Column("gap", "whole"),
        Column("gap_share", "share"), Column("paid_not_used", "whole"), Column("behind_peers", "whole"),
        Column("arr_behind", "number"), Column("arr_customers", "whole"), Column("currency"),
    ]  # fmt: skip
    rows: list[Row] = [
        {
            "feature": gap.feature.name,
            "feature_id": gap.feature.feature_id,
            "category": gap.feature.category,
            "have_it": gap.known.count,
            "gap": gap.gap.count,
            "gap_share": gap.gap.value,
            "paid_not_used": gap.paid.count,
            "behind_peers": gap.wanted.count,
            "arr_behind": gap.arr.value,
            "arr_customers": gap.arr.count,
            "currency": view.currency,
        }
        for gap in features.gaps(view)
    ]
    return columns, rows


def days(view: View) -> File:
    """A line a day, the newest first."""
    columns = [
        Column("day", "date"), Column("scored", "whole"), Column("average_score", "number"),
        Column("median_score", "number"), *(Column(band, "whole") for band in BANDS), Column("weighed_by"),
    ]  # fmt: skip
    rows: list[Row] = [
        {
            "day": each.day,
            "scored": each.scored.count,
            "average_score": each.average,
            "median_score": each.median,
            **{band: figure.count for band, figure in each.bands},
            "weighed_by": view.by,
        }
        for each in spread.table(view)
    ]
    return columns, rows


def movements(view: View) -> File:
    """A line a customer, the farthest first within each way."""
    columns = [
        Column("customer"), Column("customer_id", "whole"), Column("way"), Column("score_then", "number"),
        Column("score_now", "number"), Column("points", "number"), Column("moved_most"), Column("moves"),
        Column("reason_then"), Column("reason_now"), Column("segment"), Column("plan"), Column("region"), Column("csm"),
        Column("arr", "number"), Column("currency"), Column("then", "date"), Column("now", "date"),
    ]  # fmt: skip
    rows: list[Row] = []
    for way, words in movers.WAYS.items():
        for each in movers.farthest(view, way):
            row = each.row
            rows.append(
                {
                    **{name: row[name] for name in ("customer", "customer_id", "segment", "plan", "region", "arr")},
                    "way": words,
                    "score_then": each.then,
                    "score_now": row["score"],
                    "points": each.points,
                    "moved_most": moved_most(each),
                    "moves": moves_told(each),
                    "reason_then": each.reason_then,
                    "reason_now": row["reason"],
                    "csm": row["owner"],
                    "currency": row["currency"],
                    "then": view.since,
                    "now": view.found.as_of,
                }
            )
    return columns, rows


FILES: Mapping[str, tuple[str, Callable[[View], File]]] = {
    "groups": ("Adoption by group", groups),
    "features": ("Features by group", feature_shares),
    "gaps": ("Common gaps", gaps),
    "over-time": ("Scores over time", days),
    "movers": ("Movers between two days", movements),
}
"""What the page offers as files, by the word in the address."""
