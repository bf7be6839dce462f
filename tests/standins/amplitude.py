"""Amplitude: the Export API, a zip of gz files by hour of upload."""

import gzip
import io
import json
import random
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.standins.faults import Faults
from tests.standins.server import Answer, Asked, StandIn

PROJECT = 374182
NAMES = ("Report Exported", "Dashboard <b>Viewed</b>", 'Said "hi"', "Größe geändert", "session_start")
MOST_HOURS = 365 * 24


@dataclass(frozen=True)
class Event:
    uploaded_at: datetime
    occurred_at: datetime
    user: str | None
    person: int  # amplitude_id
    device: str
    account: str | None
    name: str
    number: str  # uuid

    def line(self) -> bytes:
        groups = {"account": [self.account]} if self.account else {}
        return json.dumps({
            "server_upload_time": _written(self.uploaded_at), "event_time": _written(self.occurred_at),
            "client_event_time": _written(self.occurred_at), "user_id": self.user, "amplitude_id": self.person,
            "device_id": self.device, "event_type": self.name, "uuid": self.number, "$insert_id": f"ins-{self.number}",
            "session_id": -1, "groups": groups, "group_properties": {}, "user_properties": {}, "app": PROJECT,
            "event_properties": {"note": "event_time\" : \"1999-01-01", "deep": {"a": [1, {"b": None}]}}, "library": "amplitude-ts/2.11.0",
        }, ensure_ascii=False).encode() + b"\n"  # fmt: skip


class AmplitudeTruth:
    """``days`` days of uploads from ``first``: some events were done days before, some by people without an account, and
    some before their person logged in, under an id that was merged later."""

    def __init__(self, seed: int = 0, *, first: date = date(2026, 1, 1), days: int = 4, events: int = 60) -> None:
        self.random = random.Random(seed)
        self.first, self.last = first, first + timedelta(days=days - 1)
        begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
        self.events = [
            self._event(begin + timedelta(seconds=self.random.randrange(days * 86400))) for _ in range(events)
        ]

    def _event(self, uploaded: datetime) -> Event:
        pick = self.random
        person = pick.randrange(8)
        late = pick.choice([timedelta(seconds=2)] * 4 + [timedelta(hours=30)])
        named = pick.random() < 0.8
        return Event(
            uploaded_at=uploaded,
            occurred_at=uploaded - late,
            user=f"user{person}@company{person % 3}.example" if named else None,
            person=900_000_000_000 + person + (0 if named else 100),  # before the merge another one
            device=f"dev-{person}",
            account=None if person == 7 else f"acct_{person % 3}",
            name=pick.choice(NAMES),
            number=str(uuid.UUID(int=pick.getrandbits(128), version=4)),
        )

    def correct(self, day: date) -> None:
        """The day's uploads anew: one is gone, some come besides."""
        on_day = [event for event in self.events if event.uploaded_at.date() == day]
        self.events.remove(on_day[0])
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        self.events += [self._event(begin + timedelta(seconds=self.random.randrange(86400))) for _ in range(5)]

    def totals(self) -> dict[tuple[date, str | None, str], int]:
        """Events per day on which they were done, account and name."""
        return dict(Counter((event.occurred_at.date(), event.account, event.name) for event in self.events))

    def per_day(self) -> dict[date, int]:
        """Events per day on which they were uploaded."""
        return dict(Counter(event.uploaded_at.date() for event in self.events))

    def hours(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, list[Event]]]:
        found: dict[datetime, list[Event]] = {}
        for event in self.events:
            hour = event.uploaded_at.replace(minute=0, second=0, microsecond=0)
            if first <= hour <= last:
                found.setdefault(hour, []).append(event)
        yield from sorted(found.items())


class AmplitudeStandIn(StandIn):
    """``most_events``: a range with more is over the limit, as 4 GB are over the real one's. ``may_read`` False: no rights."""

    def __init__(
        self, truth: AmplitudeTruth, faults: Faults | None = None, *, key: str = "ampli-key", secret: str = "ampli-secret",
        most_events: int = 1_000_000, may_read: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(faults)
        self.truth = truth
        self.key, self.secret = key, secret
        self.most_events = most_events
        self.may_read = may_read

    def answer(self, asked: Asked) -> Answer:
        if asked.basic() != (self.key, self.secret):
            return Answer(401, b"Invalid API Key", "text/plain")
        if not self.may_read:
            return Answer(403, b"Export is not part of this plan", "text/plain")
        if asked.path != "/api/2/export":
            return Answer(404, b"not found", "text/plain")
        try:
            first, last = (
                datetime.strptime(asked.query.get(name, ""), "%Y%m%dT%H").replace(tzinfo=UTC)
                for name in ("start", "end")
            )
        except ValueError:
            return Answer(400, b"start and end are hours, YYYYMMDDTHH", "text/plain")
        if last < first or last - first >= timedelta(hours=MOST_HOURS):
            return Answer(400, b"a range of at most 365 days", "text/plain")
        hours = list(self.truth.hours(first, last))
        if not hours:
            return Answer(404, b"Raw data files were not found.", "text/plain")
        if sum(len(events) for _, events in hours) > self.most_events:
            return Answer(
                400, b"The file size of the exported data is too large. Please narrow the range.", "text/plain"
            )
        return Answer(200, self._zip(hours), "application/zip")

    def _zip(self, hours: list[tuple[datetime, list[Event]]]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for hour, events in hours:
                half = len(events) // 2
                for part, some in enumerate([events[:half], events[half:]]):
                    name = f"{PROJECT}/{PROJECT}_{hour:%Y-%m-%d}_{hour.hour}#{part}.json.gz"
                    lines = self.faults.rows([event.line() for event in some])
                    archive.writestr(name, gzip.compress(b"".join(lines)))
        return out.getvalue()


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def moved(event: Event, **more: Any) -> Event:
    """The event with other values, for truths by hand."""
    return replace(event, **more)
