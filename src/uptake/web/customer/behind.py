"""The rows behind a score, of one feature or one user where somebody asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from uptake.pipeline.explaining import Opened
from uptake.pipeline.published import published


@dataclass(frozen=True)
class Behind:
    """Rows of imported files, and what they were chosen by."""

    rows: Sequence[Mapping[str, Any]]
    feature: str
    user: str
    extra: str  # what links to other pages of the list carry


def rows_behind(found: Opened, *, feature_id: str, user: str, sees_people: bool) -> Behind:
    """Newest first. Without the right to see people the rows carry no user and no id of an event."""
    known = published()
    names = {
        (each["source"], each["event_name"]): (each["feature_id"], each["feature"])
        for each in known.event_names.select(["source", "event_name", "feature_id", "feature"]).to_pylist()
    }
    rows = [{**row, "feature": names.get((row["source"], row["event_name"]), (None, None))} for row in found.rows]
    if feature_id:
        rows = [row for row in rows if row["feature"][0] == feature_id]
    if user:
        rows = [row for row in rows if row["visitor_id"] == user]
    asked = {name: value for name, value in (("feature", feature_id), ("user", user)) if value}
    return Behind(
        rows=[_shown(row, sees_people) for row in rows],
        feature=known.feature_names().get(feature_id, feature_id),
        user=user,
        extra=f"&{urlencode(asked)}" if asked else "",
    )


def _shown(row: Mapping[str, Any], sees_people: bool) -> dict[str, Any]:
    return {
        "file": row["file"],
        "row_number": row["row_number"],
        "day": row["day"],
        "occurred_at": row["occurred_at"],
        "account_id": row["account_id"],
        "event_name": row["event_name"],
        "feature": row["feature"][1] or "",
        "uses": row["event_count"],
        "user": (row["visitor_id"] or "") if sees_people else None,
    }
