"""The rows behind a score, of one feature or one user where somebody asks for them: a page of them, or a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from uptake.kit.errors import ProductError
from uptake.pipeline.explaining import Opened, RowsBehind, Which, rows_behind
from uptake.pipeline.published import published
from uptake.pipeline.state import ByState, usage_state
from uptake.web.exports import Column
from uptake.web.portfolio.listing import PER_PAGE

MOST_IN_A_FILE = 100_000


class TooManyRows(ProductError):
    """More rows than a file takes."""


ADDRESS = {"feature": "feature_id", "user": "visitor_id", "reason": "reason", "rule": "rule"}
"""What an address calls it: what it is of ``Which``."""


@dataclass(frozen=True)
class Chosen:
    """Which of the rows: of one feature, of one user, those that do not count for one reason, or all that count."""

    which: Which

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Chosen":
        return cls(Which(**{field: asked.get(name, "")[:500] for name, field in ADDRESS.items()}))

    @property
    def query(self) -> str:
        """As addresses carry it, after others."""
        asked = {name: getattr(self.which, field) for name, field in ADDRESS.items()}
        told = {name: value for name, value in asked.items() if value}
        return f"&{urlencode(told)}" if told else ""

    @property
    def feature(self) -> str:
        """What people call the feature."""
        return published().feature_names().get(self.which.feature_id, self.which.feature_id)


def page_behind(found: Opened, chosen: Chosen, *, page: int) -> RowsBehind:
    """One page, and how many rows there are; kept in this process while the facts stay as they are."""
    row = found.row
    first = (page - 1) * PER_PAGE
    key = (row["customer_id"], row["as_of"], found.period, chosen, first)
    return _PAGES.get(key, lambda: _asked(found, chosen, first, PER_PAGE))


_PAGES: ByState[RowsBehind] = ByState(usage_state, size=64)


def file_behind(found: Opened, chosen: Chosen) -> RowsBehind:
    """All of them. Raises TooManyRows."""
    behind = _asked(found, chosen, 0, MOST_IN_A_FILE)
    if behind.total > MOST_IN_A_FILE:
        raise TooManyRows(
            f"There are {behind.total:,} rows, and a file takes {MOST_IN_A_FILE:,}. Choose a shorter period, a feature or a user."
        )
    return behind


def _asked(found: Opened, chosen: Chosen, first: int, most: int) -> RowsBehind:
    return rows_behind(found.row["customer_id"], found.row, chosen.which, first=first, most=most)


def shown(rows: Sequence[Mapping[str, Any]], *, sees_people: bool) -> list[dict[str, Any]]:
    """As pages and files have them. Without the right to see people they carry no user and no id of an event."""
    return [
        {
            "file": row["file"],
            "row_number": row["row_number"],
            "day": row["day"],
            "account_id": row["account_id"],
            "event_name": row["event_name"],
            "feature": row["feature"] or "",
            "uses": row["event_count"],
            "user": (row["visitor_id"] or "") if sees_people else None,
        }
        for row in rows
    ]


def columns(*, sees_people: bool) -> list[Column]:
    """Of a file."""
    people = [Column("user")] if sees_people else []
    return [
        *(Column("day", "date"), *people, Column("feature"), Column("uses", "whole"), Column("event_name")),
        *(Column("account_id"), Column("file"), Column("row_number", "whole")),
    ]
