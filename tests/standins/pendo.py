"""Pendo: the Aggregation API with the pipeline it is sent, and the lists. Free of pytest, for the demo may show it."""

import json
import re
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.standins.expressions import BadExpression, by_bytes, compiled
from tests.standins.faults import Faults
from tests.standins.pendo_truth import DEFAULT_APP, FEATURES, GUIDES, PAGES, TRACKS, PendoTruth
from tests.standins.server import Answer, Asked, StandIn

Row = dict[str, Any]
TIMED = (FEATURES, PAGES, TRACKS, GUIDES, "events")
TIMELESS = ("accounts", "visitors", "features", "pages", "guides", "trackTypes")
LISTS = {"features": "feature", "pages": "page", "trackTypes": "tracktype", "guides": "guide"}
ALL_APPS = 'expandAppIds("*")'


class BadPipeline(Exception):
    """What a real one answers 400 to."""


class TooSlow(Exception):
    """What a real one does not get to the end of."""


class PendoStandIn(StandIn):
    """``may_read`` False: the key is right and has no rights. ``null_results``: where there are no rows, null stands.

    ``most_days``: questions about more days than these do not come to an end before the client gives up.
    """

    def __init__(
        self, truth: PendoTruth, faults: Faults | None = None, *, key: str = "a1b2c3d4-standin.us", may_read: bool = True,
        null_results: bool = True, most_days: int = 10_000,
    ) -> None:  # fmt: skip
        super().__init__(faults)
        self.truth = truth
        self.key = key
        self.may_read = may_read
        self.null_results = null_results
        self.most_days = most_days
        self.lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("x-pendo-integration-key") != self.key:
            return Answer(401, b"Invalid integration key", "text/plain")
        if not self.may_read:
            return Answer(403, b"Forbidden", "text/plain")
        try:
            with self.lock:
                return self._routed(asked)
        except TooSlow:
            self._closing.wait(self.faults.stall_seconds)
            return _json({"message": "time-out"}, 504)

    def _routed(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/api/v1/")
        if (asked.method, path) == ("POST", "aggregation"):
            try:
                rows = self.aggregated(json.loads(asked.body))
            except (BadPipeline, BadExpression, ValueError) as why:
                return _json({"message": f"invalid pipeline: {why}"}, 400)
            rows = self.faults.rows(rows)
            return _json({"startTime": 0, "results": rows if rows or not self.null_results else None})
        if asked.method != "GET":
            return _json({"message": "not found"}, 404)
        if path in LISTS.values():
            everywhere = asked.query.get("expand") == "*"
            records = self.truth.list_of(path)
            return _json([each for each in records if everywhere or each["appId"] == DEFAULT_APP])
        if path == "metadata/schema/account":
            return _json({"auto": {"id": {"Type": "string"}}, "agent": {"name": {"Type": "string"}}, "custom": {}})
        if path.startswith("account/"):
            found = [row for row in self.truth.account_rows() if row["accountId"] == path.removeprefix("account/")]
            return _json(found[0] | {"id": found[0]["accountId"]}) if found else _json({"message": "not found"}, 404)
        return _json({"message": "not found"}, 404)

    def aggregated(self, body: Any) -> list[Row]:
        """Raises BadPipeline, BadExpression."""
        pipeline = body.get("request", {}).get("pipeline") if isinstance(body, dict) else None
        if not isinstance(pipeline, list) or not pipeline or "source" not in pipeline[0]:
            raise BadPipeline("the first stage must be a source")
        rows = self._source(pipeline[0]["source"])
        for stage in pipeline[1:]:
            if len(stage) != 1:
                raise BadPipeline("a stage has one name")
            [(name, argument)] = stage.items()
            if name not in STAGES:
                raise BadPipeline(f"no stage {name}")
            rows = STAGES[name](rows, argument)
        return rows

    def _source(self, source: Row) -> list[Row]:
        names = [name for name in source if name != "timeSeries"]
        if len(names) != 1 or names[0] not in (*TIMED, *TIMELESS):
            raise BadPipeline(f"unknown source {', '.join(names)}")
        [name] = names
        argument = source[name] or {}
        if name in TIMED:
            if "timeSeries" not in source:
                raise BadPipeline("no time series for time series source")
            first, last = self._days(source["timeSeries"])
            if (last - first).days + 1 > self.most_days:
                raise TooSlow
            rows = list(self.truth.rows(name, first, last))
            return [row for row in rows if argument.get("appId") == ALL_APPS or row["appId"] == DEFAULT_APP]
        if name == "accounts":
            return list(self.truth.account_rows())
        if name == "visitors":
            return list(self.truth.visitor_rows(identified=bool(argument.get("identified"))))
        records = self.truth.list_of(LISTS[name])
        return [each for each in records if argument.get("appId") == ALL_APPS or each["appId"] == DEFAULT_APP]

    def _days(self, series: Row) -> tuple[date, date]:
        if "period" not in series:
            raise BadPipeline("no period specified for time series source")
        if series["period"] != "dayRange":
            raise BadPipeline(f"this stand-in has no period {series['period']}")
        first = self._day(series.get("first"))
        if "last" in series:
            return first, self._day(series["last"])
        count = series.get("count")
        if not isinstance(count, int) or not count:
            raise BadPipeline("a time series needs last or count")
        if count < 0:  # the periods before the one that holds ``first``
            return first + timedelta(days=count), first - timedelta(days=1)
        return first, first + timedelta(days=count - 1)

    def _day(self, said: Any) -> date:
        if isinstance(said, int):
            return datetime.fromtimestamp(said / 1000, tz=UTC).astimezone(self.truth.zone).date()
        text = str(said).replace(" ", "")
        if text == "now()":
            return datetime.fromtimestamp(self.now(), tz=UTC).astimezone(self.truth.zone).date()
        found = re.fullmatch(r'date\((?:"(\d+)-(\d+)-(\d+)"|(\d+),(\d+),(\d+))\)', text)
        if not found:
            raise BadPipeline(f"cannot read the time {said}")
        year, month, day = (int(part) for part in found.groups() if part)
        return date(year, month, day)


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def _identified(rows: list[Row], field: Any) -> list[Row]:
    """Rows in which the field names somebody: neither missing nor anonymous."""
    if field not in ("visitorId", "accountId"):
        raise BadPipeline(f"identified takes a field, not {field}")
    return [row for row in rows if row.get(field) and not str(row[field]).startswith("_PENDO_T_")]


def _filter(rows: list[Row], text: Any) -> list[Row]:
    test = compiled(str(text))
    return [row for row in rows if test(row)]


def _select(rows: list[Row], fields: Any) -> list[Row]:
    values = {name: compiled(text) for name, text in fields.items()}
    return [{name: value(row) for name, value in values.items()} for row in rows]


def _group(rows: list[Row], argument: Any) -> list[Row]:
    keys, fields = argument.get("group"), argument.get("fields", [])
    if not isinstance(keys, list):
        raise BadPipeline("group needs a list of fields")
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(tuple(row.get(key) for key in keys), []).append(row)
    return [dict(zip(keys, values, strict=True)) | _added(members, fields) for values, members in grouped.items()]


def _added(rows: Sequence[Row], fields: Any) -> Row:
    each = [fields] if isinstance(fields, dict) else fields
    out: Row = {}
    for name, aggregator in (pair for part in each for pair in part.items()):
        [(how, field)] = aggregator.items()
        if how not in AGGREGATORS:
            raise BadPipeline(f"no aggregator {how}")
        out[name] = AGGREGATORS[how](rows, field)
    return out


def _sum(rows: Iterable[Row], field: str) -> Any:
    """As text where one of the numbers came as text."""
    values = [row.get(field) for row in rows if row.get(field) is not None]
    total = sum(int(value) for value in values)
    return str(total) if any(isinstance(value, str) for value in values) else total


def _count(rows: Sequence[Row], field: str | None) -> int:
    return len(rows) if field is None else len({row.get(field) for row in rows if row.get(field) is not None})


def _sort(rows: list[Row], keys: Any) -> list[Row]:
    out = list(rows)
    for key in reversed(keys):
        name = key.removeprefix("-")
        out.sort(key=lambda row: _rank(row.get(name)), reverse=key.startswith("-"))
    return out


def _rank(value: Any) -> tuple[int, Any]:
    """Missing first, then numbers, then text by its bytes."""
    if value is None:
        return 0, 0
    return (2, by_bytes(value)) if isinstance(value, str) else (1, value)


def _limit(rows: list[Row], most: Any) -> list[Row]:
    if not isinstance(most, int) or most < 1:
        raise BadPipeline("limit needs a number")
    return rows[:most]


AGGREGATORS = {
    "sum": _sum,
    "count": _count,
    "min": lambda rows, field: min((row[field] for row in rows if row.get(field) is not None), default=None),
    "max": lambda rows, field: max((row[field] for row in rows if row.get(field) is not None), default=None),
    "first": lambda rows, field: rows[0].get(field) if rows else None,
}
STAGES = {
    "identified": _identified,
    "filter": _filter,
    "select": _select,
    "group": _group,
    "reduce": lambda rows, fields: [_added(rows, fields)] if rows else [],
    "count": lambda rows, _: [{"count": len(rows)}],
    "sort": _sort,
    "limit": _limit,
}
