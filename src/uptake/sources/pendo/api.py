"""Pendo's Aggregation API -> files that ``parser`` and ``lookup`` read: uses per visitor, account, feature and day.

Feature, page and track events of all apps are added up by Pendo itself, so that each row is one total and has a key of its
own; lists of names come beside them. Guide events come as they are. Days are those of the subscription's time zone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from uptake.kit.errors import ProductError
from uptake.kit.http import Failing, Http, Odd, OutsideError, Patience, TimedOut, TooMuch
from uptake.sources.fields import is_present
from uptake.sources.pendo import pipeline
from uptake.sources.pendo.paging import Pages, Row, unique
from uptake.sources.pendo.people import Guide, VisitorSeen, account_seen, guide_of, visitor_seen
from uptake.sources.pendo.pipeline import KINDS, Kind, Stage
from uptake.sources.pendo.zone import is_by_the_date_line, zone_of
from uptake.sources.pull import (
    IN_PASSING,
    AccountSeen,
    Checked,
    NewFile,
    Pulled,
    days_of,
    from_milliseconds,
    halves,
    in_words,
    list_of,
    windows,
    works_in,
)

REGIONS: Mapping[str, str] = {
    "us": "https://app.pendo.io",
    "us1": "https://us1.app.pendo.io",
    "eu": "https://app.eu.pendo.io",
    "japan": "https://app.jpn.pendo.io",
    "australia": "https://app.au.pendo.io",
}
AGGREGATION = "/api/v1/aggregation"
SCHEMA = "/api/v1/metadata/schema/account"
GUIDES = "/api/v1/guide"
KEY = "integration key"
MOST_DAYS = 30  # of one question, as Pendo advises
PAGE_ROWS = 50_000
LIST_ROWS = 10_000  # accounts and visitors bring all their metadata along
DAYS_LOOKED_AT = 90
TOO_HARD = (TimedOut, TooMuch, Failing)  # what a question about fewer days may not end in
TRIES = 3  # of a window whose rows change while its pages are read
BEFORE_MIDNIGHT, AFTER_MIDNIGHT = timedelta(hours=14), timedelta(hours=12)  # how far from UTC a zone's day may begin
GUIDE_KEYS = ("browserTime", "visitorId", "guideId", "guideStepId", "type", "eventId")
OF_NO_PERSON = ("accountId", "accountIds", "appId", "browserTime", "eventId", "guideId", "guideStepId", "type")


class Moving(OutsideError):
    """Pendo's numbers changed again and again while they were read."""

    status = 503


class PendoClient:
    """One subscription, asked with one integration key.

    ``visitors`` False: no visitor id leaves Pendo, and totals are per account. ``pseudonym`` stands for every visitor id and
    e-mail address before anything is written. ``address``: another host than the region's, as Pendo Adopt may have.
    Raises ProductError for a region, address or key that cannot be one.
    """

    def __init__(
        self,
        key: str,
        *,
        region: str = "us",
        address: str = "",
        visitors: bool = True,
        pseudonym: Callable[[str], str] | None = None,
        page_rows: int = PAGE_ROWS,
        patience: Patience | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        if not address and region not in REGIONS:
            raise ProductError(f"“{region}” is no region of Pendo; there are: {', '.join(REGIONS)}.")
        self.key = key.strip()
        self.region = "" if address else region
        self.visitors = visitors
        self.pseudonym = pseudonym
        self.page_rows = page_rows
        self.should_stop = should_stop
        self._http = self._at(address or REGIONS[region], patience)

    def _at(self, address: str, patience: Patience | None) -> Http:
        headers = {"X-Pendo-Integration-Key": self.key}
        return Http(address, name="Pendo", headers=headers, patience=patience, should_stop=self.should_stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def check(self) -> Checked:
        """Try the key: what it may see, and in which zone the subscription's days begin. An empty one is no error."""
        with in_words("Pendo", key=KEY, elsewhere=self._elsewhere):
            self._http.json("GET", SCHEMA, read=_object)
            counts = {kind.plural: len(self._list(kind.list_path)) for kind in KINDS}
            counts["guides"] = len(self._list(GUIDES))
            counts["accounts"] = self._rows_in([pipeline.catalogue("accounts"), pipeline.how_many()])
            counts["visitors"] = self._rows_in([pipeline.catalogue("visitors"), pipeline.how_many()])
            days = self._days_with_use()
            zone = self._zone(days)
        notes = () if days else (f"Pendo shows no use in the last {DAYS_LOOKED_AT} days.",)
        newest = max(days).astimezone(_zone_info(zone)).date() if days else None
        return Checked(counts, zone, newest, notes)

    def pull(self, first: date, last: date, folder: Path) -> Pulled:
        """Uses per day, lists of names, and guide events of these days of the subscription. Raises ProductError and OSError."""
        requests, byte_count = self._http.requests, self._http.byte_count
        taken = _Taken()
        with self._in_words():
            files = [path for kind in KINDS if (path := self._usage(kind, first, last, folder, taken))]
            guides = self._guide_events(first, last, folder, taken)
            names = self._names(folder) if files else None
        return Pulled(
            files=(*files, names) if names else tuple(files),
            guides=guides,
            requests=self._http.requests - requests,
            received=taken.usage_rows,
            guide_rows=taken.guide_rows,
            byte_count=self._http.byte_count - byte_count,
            newest_at=taken.newest_at,
        )

    def accounts(self) -> list[AccountSeen]:
        """All accounts with what their metadata says of them."""
        with self._in_words():
            stages = [pipeline.catalogue("accounts"), {"identified": "accountId"}]
            rows = [row for page in Pages(self._ask, stages, ("accountId",), LIST_ROWS) for row in page]
        return [seen for row in rows if (seen := account_seen(row))]

    def people(self) -> Iterator[VisitorSeen]:
        """All visitors who are known by an id, a page at a time; none where visitors are left out."""
        if not self.visitors:
            return
        stages = [pipeline.catalogue("visitors"), {"identified": "visitorId"}]
        with self._in_words():
            for page in Pages(self._ask, stages, ("visitorId",), LIST_ROWS):
                yield from (self._veiled(seen) for row in page if (seen := visitor_seen(row)))

    def guides(self) -> list[Guide]:
        """All guides with their steps."""
        with self._in_words():
            return [guide_of(record) for record in self._list(GUIDES)]

    def totals(self, days: Collection[date]) -> dict[date, int]:
        """The uses of each day as Pendo itself adds them up: of all features, pages and track events."""
        with self._in_words():
            return {day: sum(self._uses_on(kind, day) for kind in KINDS) for day in days_of(days)}

    def _uses_on(self, kind: Kind, day: date) -> int:
        stages = [pipeline.events(kind.source, day, day), pipeline.added_up()]
        return sum(_whole(row.get("uses")) for row in unique(self._ask(stages)))

    def _usage(self, kind: Kind, first: date, last: date, folder: Path, taken: "_Taken") -> Path | None:
        path = folder / f"pendo-{kind.source}.jsonl"
        with NewFile(path) as out:
            for begin, end in windows(first, last, MOST_DAYS):
                self._window(kind, begin, end, out, taken)
        return path if out.lines else None

    def _window(self, kind: Kind, first: date, last: date, out: NewFile, taken: "_Taken") -> None:
        """A window's totals, in halves where it is too much for Pendo at once."""
        mark = out.mark()
        try:
            self._totals_of(kind, first, last, out, taken)
        except TOO_HARD:
            if first == last:
                raise
            out.back_to(mark)
            for begin, end in halves(first, last):
                self._window(kind, begin, end, out, taken)

    def _totals_of(self, kind: Kind, first: date, last: date, out: NewFile, taken: "_Taken") -> None:
        """Write one line for each total. Where they came in pages, they must be as many as Pendo counts itself.

        New use may come in meanwhile: as many as it counted before the pages or after them, or some number between.
        """
        who = ("visitorId", "accountId") if self.visitors else ("accountId",)
        keys = ("day", *who, kind.key)
        stages = [pipeline.events(kind.source, first, last), pipeline.per(keys)]
        mark = out.mark()
        for _ in range(TRIES):
            pages, written, before = Pages(self._ask, stages, keys, self.page_rows), 0, 0
            for rows in pages:
                _check_days(rows, first, last)
                for row in rows:
                    out.add(self._total(row, kind))
                if pages.is_paged and not before:
                    before = self._rows_in([*stages, pipeline.how_many()])
                written += len(rows)
                taken.see(rows, "day")
            taken.usage_rows += pages.received
            if not pages.is_paged or before <= written <= self._rows_in([*stages, pipeline.how_many()]):
                return
            out.back_to(mark)
        raise Moving(
            f"Pendo's numbers from {first} to {last} changed while they were read, {TRIES} times. Try again later."
        )

    def _total(self, row: Row, kind: Kind) -> dict[str, Any]:
        """What the reader takes of a row, under Pendo's names; a value that Pendo leaves out is null."""
        visitor = self._named(row.get("visitorId")) if self.visitors else None
        fields = ("day", "accountId", "visitorId", kind.key, "numEvents", "numMinutes")
        return {name: row.get(name) for name in fields} | {"visitorId": visitor}

    def _guide_events(self, first: date, last: date, folder: Path, taken: "_Taken") -> Path | None:
        path = folder / "pendo-guideEvents.jsonl"
        with NewFile(path) as out:
            for begin, end in windows(first, last, MOST_DAYS):
                self._guide_window(begin, end, out, taken)
        return path if out.lines else None

    def _guide_window(self, first: date, last: date, out: NewFile, taken: "_Taken") -> None:
        mark, stages = out.mark(), [pipeline.events("guideEvents", first, last)]
        try:
            pages = Pages(self._ask, stages, GUIDE_KEYS, self.page_rows)
            for rows in pages:
                for row in rows:
                    out.add(self._guide_event(row))
                taken.see(rows, "browserTime")
            taken.guide_rows += pages.received
        except TOO_HARD:
            if first == last:
                raise
            out.back_to(mark)
            for begin, end in halves(first, last):
                self._guide_window(begin, end, out, taken)

    def _guide_event(self, row: Row) -> dict[str, Any]:
        """As it came; where people stay unknown, without what tells who they are: addresses, places, browsers, pages."""
        if self.visitors and self.pseudonym is None:
            return row
        kept = {name: value for name, value in row.items() if name in OF_NO_PERSON}
        return kept | {"visitorId": self._named(row.get("visitorId")) if self.visitors else None}

    def _named(self, visitor: Any) -> Any:
        """The visitor's pseudonym; what names nobody stays, so that the reader sees that it does not."""
        return self.pseudonym(str(visitor)) if self.pseudonym and is_present(visitor) else visitor

    def _veiled(self, seen: VisitorSeen) -> VisitorSeen:
        if self.pseudonym is None:
            return seen
        email = self.pseudonym(seen.email) if seen.email else ""
        return VisitorSeen(self.pseudonym(seen.visitor_id), email, seen.account_ids)

    def _names(self, folder: Path) -> Path | None:
        """The names of features, pages and track events, as a list that ``lookup`` reads."""
        path = folder / "pendo-names.jsonl"
        with NewFile(path) as out:
            for kind in KINDS:
                for record in self._list(kind.list_path):
                    name = record.get("name") or record.get("trackTypeName")
                    if is_present(record.get("id")) and is_present(name):
                        out.add({"id": str(record["id"]), "name": str(name), "kind": kind.plural})
        return path if out.lines else None

    def _list(self, path: str) -> list[Mapping[str, Any]]:
        """A list of all apps; Pendo gives it bare, without an envelope."""
        return self._http.json("GET", path, params={"expand": "*"}, read=lambda answer: list_of("Pendo", answer))

    def _ask(self, stages: Sequence[Stage]) -> list[Row]:
        """The rows of a pipeline; an answer's ``results`` may be null."""
        body = pipeline.question("uptake", stages)
        return self._http.json("POST", AGGREGATION, body=body, read=_results)

    def _rows_in(self, stages: Sequence[Stage]) -> int:
        return sum(_whole(row.get("rows")) for row in unique(self._ask(stages)))

    def _days_with_use(self) -> list[datetime]:
        """The instants at which the last days with use began, the events of today left out, as they are still coming."""
        today = datetime.now(tz=UTC).date()
        stages = [
            pipeline.events("events", today - timedelta(days=DAYS_LOOKED_AT), today - timedelta(days=1)),
            pipeline.per(["day"]),
        ]
        begun = (from_milliseconds(row.get("day")) for row in self._ask(stages))
        return sorted({each for each in begun if each is not None})

    def _zone(self, days: Sequence[datetime]) -> str | None:
        if not is_by_the_date_line(days):
            return zone_of(days, ahead=False)
        near = next(each for each in days if is_by_the_date_line([each]))
        tomorrow = near.date() + timedelta(days=1)
        asked = self._ask([pipeline.events("events", tomorrow, tomorrow), pipeline.per(["day"])])
        return zone_of(days, ahead=any(from_milliseconds(row.get("day")) == near for row in asked))

    def _in_words(self) -> AbstractContextManager[None]:
        return in_words("Pendo", key=KEY)

    def _elsewhere(self) -> str | None:
        """The region in which the key works, where it does not in its own; a key's ending says where to look first."""
        if not self.region:
            return None
        ending = self.key.rpartition(".")[2].lower()
        others = sorted((region for region in REGIONS if region != self.region), key=lambda region: region != ending)
        return works_in(others, lambda region: self._at(REGIONS[region], IN_PASSING), SCHEMA)


class _Taken:
    """What a pull has taken so far."""

    def __init__(self) -> None:
        self.usage_rows = 0
        self.guide_rows = 0
        self.newest_at: datetime | None = None
        self._now = datetime.now(tz=UTC)

    def see(self, rows: Sequence[Row], time: str) -> None:
        """Note the newest of the rows' times; one in the future is some browser's wrong clock."""
        told = (from_milliseconds(row.get(time)) for row in rows)
        past = (each for each in told if each is not None and each <= self._now)
        newest = max(past, default=None)
        if newest and (self.newest_at is None or newest > self.newest_at):
            self.newest_at = newest


def _object(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise Odd("Pendo answers with something else than an object.")
    return answer


def _results(answer: Any) -> list[Row]:
    if "results" not in _object(answer):
        raise Odd("Pendo answers without results.")
    return [dict(row) for row in list_of("Pendo", answer["results"])]


def _whole(value: Any) -> int:
    """A sum or a count; Pendo leaves it out where there are no rows."""
    if value is None:
        return 0
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError) as why:
        raise Odd("Pendo answers with a sum that is no number.") from why


def _check_days(rows: Sequence[Row], first: date, last: date) -> None:
    """Days that were not asked for would be counted with the window that asks for them as well."""
    earliest = datetime(first.year, first.month, first.day, tzinfo=UTC) - BEFORE_MIDNIGHT
    latest = datetime(last.year, last.month, last.day, tzinfo=UTC) + AFTER_MIDNIGHT
    days = (from_milliseconds(day) for day in {row.get("day") for row in rows})
    if any(each is not None and not earliest <= each <= latest for each in days):
        raise Odd(f"Pendo answers with other days than those from {first} to {last}, which it was asked for.")


def _zone_info(zone: str | None) -> ZoneInfo:
    return ZoneInfo(zone or "UTC")
