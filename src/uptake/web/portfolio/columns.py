"""The table's columns: what each is sorted by, and what it is called in an exported file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uptake.insights import money
from uptake.kit.errors import ProductError
from uptake.pipeline.portfolio import Portfolio
from uptake.web.exports import Column as ExportColumn
from uptake.web.portfolio.asked import Asked

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column of the table of customers."""

    key: str
    title: str
    by: Callable[[Row], Any]  # what it is sorted by; None comes last either way
    css: str = ""
    high_first: bool = True  # when somebody first clicks its head
    hint: str = ""  # what the title leaves out, for readers who point at it
    grouped: Callable[[Sequence[Row]], list[Row]] = list  # after sorting: what cannot be compared stands apart


def _of(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name]


def _text(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name].casefold() if row[name] else None


def risen(row: Row) -> float | None:
    """Points gained over the thirteen weeks, from the first week with a score."""
    known = [value for value in row["weeks"] if value is not None]
    return known[-1] - known[0] if len(known) > 1 and row["weeks"][-1] is not None else None


COLUMNS = (
    Column("customer", "Customer", _text("customer"), "fixed", high_first=False),
    Column("score", "Score", _of("score"), "num"),
    Column("band", "Band", _of("score"), "second"),
    Column("change", "Change", _of("change"), "num", hint="points against the period before"),
    Column("since", "Since", lambda row: row.get("since"), "num", hint="points since the other day"),
    Column("active", "Active users", _of("active_visitors"), "num", hint="in the period, of seats or known users"),
    Column("share", "of seats", _of("active_share"), "num third", hint="active users, of seats or known users"),
    Column("features", "Features", _of("features_used"), "num", hint="used in the period, of those available"),
    Column(
        "stickiness", "Stickiness", _of("stickiness"), "num third", hint="daily active users of active users, 30 days"
    ),
    Column("trend", "13 weeks", risen, "third", hint="score by week"),
    Column("health", "Health", _of("health"), "num second", hint="as last updated"),
    Column("percentile", "Percentile", _of("percentile"), "num third", hint="among peers of the same segment"),
    Column("segment", "Segment", _text("segment"), "second", high_first=False),
    Column("owner", "CSM", _text("owner"), "third", high_first=False),
    Column(
        "arr",
        "ARR",
        _of("arr"),
        "num second",
        grouped=money.grouped,
        hint="a year's revenue of the contracts on the day; sorted in each currency",
    ),
    Column("renews", "Renews", _of("renews_on"), "num third", high_first=False),
)


@dataclass(frozen=True)
class Head:
    """A column's head as a link that sorts by it."""

    column: Column
    url: str
    sorted: str  # ascending, descending, or empty


def heads(asked: Asked) -> list[Head]:
    """The columns that are shown; pressing the one it is sorted by turns the order around."""
    found = []
    for column in COLUMNS:
        if column.key == "since" and asked.compare is None:
            continue
        chosen = column.key == asked.sort
        descending = is_descending(asked) if chosen else None
        turned = not descending if chosen else column.high_first
        way = "" if descending is None else "descending" if descending else "ascending"
        url = asked.query(sort=column.key, descending=None if turned == column.high_first else turned)
        found.append(Head(column, url, way))
    return found


def is_descending(asked: Asked) -> bool:
    """The order asked for, or the column's usual one."""
    return _column(asked.sort).high_first if asked.descending is None else asked.descending


def in_order(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """The rows as the address asks; those without a value last. Raises ProductError for no such column."""
    column = _column(asked.sort)
    by = [(column.by(row), row) for row in rows]
    known = [(value, row) for value, row in by if value is not None]
    known.sort(key=lambda pair: pair[0], reverse=is_descending(asked))
    return column.grouped([row for _, row in known]) + [row for value, row in by if value is None]


def _column(key: str) -> Column:
    found = next((column for column in COLUMNS if column.key == key), None)
    if found is None:
        raise ProductError(f"The portfolio cannot be sorted by “{key[:40]}”.")
    return found


EXPORTED = (
    ExportColumn("customer"), ExportColumn("customer_id", "whole"), ExportColumn("score", "number"),
    ExportColumn("band"), ExportColumn("reason"), ExportColumn("change", "number"),
    ExportColumn("previous_score", "number"), ExportColumn("active_users", "whole"),
    ExportColumn("seats_or_known_users", "whole"), ExportColumn("active_share", "share"),
    ExportColumn("features_used", "whole"), ExportColumn("features_available", "whole"),
    ExportColumn("breadth", "share"), ExportColumn("stickiness", "share"),
    ExportColumn("breadth_points", "number"), ExportColumn("depth_points", "number"),
    ExportColumn("recency_points", "number"), ExportColumn("stickiness_points", "number"),
    ExportColumn("health", "number"), ExportColumn("health_band"), ExportColumn("percentile", "number"),
    ExportColumn("peers"), ExportColumn("segment"), ExportColumn("region"), ExportColumn("plan"),
    ExportColumn("csm"), ExportColumn("arr", "number"), ExportColumn("currency"), ExportColumn("renews_on", "date"),
    ExportColumn("last_active_on", "date"), ExportColumn("why"),
)  # fmt: skip
COMPARED = (
    ExportColumn("compared_with", "date"), ExportColumn("score_then", "number"), ExportColumn("since", "number"),
    ExportColumn("moved_most"),
)  # fmt: skip
MARKS = (ExportColumn("as_of", "date"), ExportColumn("period"), ExportColumn("model"), ExportColumn("model_version"))
"""In every row, so that a file pasted into another still says what its figures are."""


def exported_rows(rows: Sequence[Row], found: Portfolio) -> list[Row]:
    """The rows with the names that files use."""
    marks = {"period": str(found.period), "model": found.model.name, "model_version": found.model.version}
    return [
        {
            **row,
            **marks,
            "active_users": row["active_visitors"],
            "seats_or_known_users": row["seats_or_known"],
            "csm": row["owner"],
        }
        for row in rows
    ]
