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
from uptake.kit.http import Http, Odd, Patience
from uptake.sources.fields import is_present
from uptake.sources.pendo import pipeline
from uptake.sources.pendo.paging import Pages, Row, unique
from uptake.sources.pendo.people import Guide, VisitorSeen, account_seen, guide_of, visitor_seen
from uptake.sources.pendo.pipeline import KINDS, Kind, Stage
from uptake.sources.pendo.pulling import Pulling, whole_number
from uptake.sources.pendo.zone import is_by_the_date_line, zone_of
from uptake.sources.pull import (
    IN_PASSING,
    AccountSeen,
    Checked,
    NewFile,
    Pulled,
    days_of,
    from_milliseconds,
    in_words,
    list_of,
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
PAGE_ROWS = 50_000
LIST_ROWS = 10_000  # accounts and visitors bring all their metadata along
DAYS_LOOKED_AT = 90


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
        pulling = Pulling(self._ask, visitors=self.visitors, pseudonym=self.pseudonym, page_rows=self.page_rows)
        with self._in_words():
            paths = {kind: folder / f"pendo-{kind.source}.jsonl" for kind in KINDS}
            files = [path for kind in KINDS if (path := pulling.usage(kind, first, last, paths[kind]))]
            guides = pulling.guide_events(first, last, folder / "pendo-guideEvents.jsonl")
            names = self._names(folder / "pendo-names.jsonl") if files else None
        return Pulled(
            files=(*files, names) if names else tuple(files),
            guides=guides,
            requests=self._http.requests - requests,
            received=pulling.usage_rows,
            guide_rows=pulling.guide_rows,
            byte_count=self._http.byte_count - byte_count,
            newest_at=pulling.newest_at,
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
        return sum(whole_number(row.get("uses")) for row in unique(self._ask(stages)))

    def _veiled(self, seen: VisitorSeen) -> VisitorSeen:
        if self.pseudonym is None:
            return seen
        email = self.pseudonym(seen.email) if seen.email else ""
        return VisitorSeen(self.pseudonym(seen.visitor_id), email, seen.account_ids)

    def _names(self, path: Path) -> Path | None:
        """The names of features, pages and track events, as a list that ``lookup`` reads; None where there are none."""
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
        return sum(whole_number(row.get("rows")) for row in unique(self._ask(stages)))

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


def _object(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise Odd("Pendo answers with something else than an object.")
    return answer


def _results(answer: Any) -> list[Row]:
    if "results" not in _object(answer):
        raise Odd("Pendo answers without results.")
    return [dict(row) for row in list_of("Pendo", answer["results"])]


def _zone_info(zone: str | None) -> ZoneInfo:
    return ZoneInfo(zone or "UTC")
