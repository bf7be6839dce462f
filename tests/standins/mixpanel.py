"""Mixpanel: the raw export, lines of JSON by day of the project."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.standins.faults import Faults
from tests.standins.server import Answer, Asked, StandIn

NAMES = ("Report Exported", "Dashboard <b>Viewed</b>", 'Said "hi"', "Größe geändert")
MERGES = "$identify"
MOST = 100_000
WORTH_PACKING = 1400  # bytes


@dataclass(frozen=True)
class Event:
    local: datetime  # the project's wall clock
    person: str
    account: str | None
    name: str
    number: str  # $insert_id


class MixpanelTruth:
    """``days`` days from ``first``. A project made before 2023 has a ``zone`` and writes its wall clock as if it were UTC."""

    def __init__(
        self, seed: int = 0, *, first: date = date(2026, 1, 1), days: int = 4, events: int = 60, zone: str = "UTC"
    ) -> None:
        self.random = random.Random(seed)
        self.zone = ZoneInfo(zone)
        self.first, self.last = first, first + timedelta(days=days - 1)
        begin = datetime.combine(first, time())
        self.events = [
            self._event(begin + timedelta(seconds=self.random.randrange(days * 86400))) for _ in range(events)
        ]

    def _event(self, local: datetime) -> Event:
        pick = self.random
        person = pick.randrange(8)
        named = pick.random() < 0.8
        return Event(
            local=local,
            person=f"user{person}@company{person % 3}.example" if named else f"$device:{person:04x}",
            account=f"acct_{person % 3}" if named and person != 7 else None,
            name=MERGES if pick.random() < 0.05 else pick.choice(NAMES),
            number=f"{pick.getrandbits(96):024x}",
        )

    def correct(self, day: date) -> None:
        """The day anew: one event is gone, some come besides."""
        self.events.remove(next(event for event in self.events if event.local.date() == day))
        begin = datetime.combine(day, time())
        self.events += [self._event(begin + timedelta(seconds=self.random.randrange(86400))) for _ in range(5)]

    def utc(self, event: Event) -> datetime:
        return event.local.replace(tzinfo=self.zone).astimezone(UTC)

    def totals(self) -> dict[tuple[date, str | None, str], int]:
        """Events per day in UTC, account and name."""
        return dict(Counter((self.utc(event).date(), event.account, event.name) for event in self.events))

    def per_day(self) -> dict[date, int]:
        """Events per day of the project."""
        return dict(Counter(event.local.date() for event in self.events))

    def lines(self, first: date, last: date) -> Iterator[bytes]:
        for event in self.events:
            if first <= event.local.date() <= last:
                yield self._line(event)

    def _line(self, event: Event) -> bytes:
        properties: dict[str, Any] = {
            "time": round(event.local.replace(tzinfo=UTC).timestamp()), "distinct_id": event.person,
            "$insert_id": event.number, "mp_processing_time_ms": round(self.utc(event).timestamp() * 1000) + 1500,
            "$browser": "Chrome", "note": "export terminated early", "deep": {"a": [1, {"b": None}]},
        }  # fmt: skip
        if event.account:
            properties["account_id"] = event.account
        return json.dumps({"event": event.name, "properties": properties}, ensure_ascii=False).encode() + b"\n"


class MixpanelStandIn(StandIn):
    """``hourly``: questions that it answers before it says 429; None: as many as it is asked."""

    def __init__(
        self, truth: MixpanelTruth, faults: Faults | None = None, *, user: str = "svc.mp-account", secret: str = "mix-secret",
        project: str = "123456", project_secret: str = "old-project-secret", hourly: int | None = None, may_read: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(faults)
        self.truth = truth
        self.user, self.secret, self.project, self.project_secret = user, secret, project, project_secret
        self.hourly = hourly
        self.may_read = may_read

    def answer(self, asked: Asked) -> Answer:
        by_account = asked.basic() == (self.user, self.secret)
        if not by_account and asked.basic() != (self.project_secret, ""):
            return Answer(401, b'{"error": "Invalid credentials"}')
        if not self.may_read or asked.query.get("project_id", self.project) != self.project:
            return Answer(403, b'{"error": "no permission for this project"}')
        if asked.path != "/api/2.0/export":
            return Answer(404, b'{"error": "not found"}')
        if by_account and "project_id" not in asked.query:
            return Answer(400, b'{"error": "project_id is a required parameter"}')
        if self.hourly is not None:
            if self.hourly == 0:
                return Answer(429, b'{"error": "Query rate limit exceeded"}')
            self.hourly -= 1
        try:
            first, last = (date.fromisoformat(asked.query[name]) for name in ("from_date", "to_date"))
            limit = int(asked.query.get("limit", MOST))
        except (KeyError, ValueError):
            return Answer(400, b'{"error": "from_date and to_date are days"}')
        if not 1 <= limit <= MOST:
            return Answer(400, b'{"error": "limit is at most 100000"}')
        body = b"".join(self.faults.rows(list(self.truth.lines(first, last))[:limit]))
        if len(body) > WORTH_PACKING and "gzip" in asked.headers.get("accept-encoding", ""):
            return Answer(200, gzip.compress(body), "text/plain", {"Content-Encoding": "gzip"})
        return Answer(200, body, "text/plain")

    def terminated(self, answer: Answer) -> Answer:
        packed = "Content-Encoding" in answer.headers
        body = gzip.decompress(answer.body) if packed else answer.body
        lines = body.splitlines(keepends=True)
        return Answer(200, b"".join(lines[: len(lines) // 2]) + b"export terminated early\n", "text/plain")
