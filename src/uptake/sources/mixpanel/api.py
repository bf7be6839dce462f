"""Mixpanel's raw export -> the lines of JSON that ``parser`` reads, as they came.

Days are the project's: UTC, or of projects made before 2023 the project's own zone, which is then also that of each event's
``time``. Whoever hands the files on says so (``Answers.timezone``); the export does not.

People: an event keeps the ``distinct_id`` under which Mixpanel knows the person on the day of the export. Projects with
Mixpanel's own merging answer with one id for all of a person's events; older ones tell by events of their own that two ids
are one (``$identify``, ``$create_alias``, ``$merge``), which come among the others, are kept as facts and are no use of a feature.
What was done before login may then stay under the earlier id: no event is lost, one person may be counted as two visitors.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import orjson

from uptake.kit.errors import ProductError
from uptake.kit.http import CutOff, Http, Odd, Patience, TimedOut, check_key
from uptake.sources.mixpanel.clock import project_clock
from uptake.sources.pull import (
    IN_PASSING,
    AccountSeen,
    Checked,
    GuideTold,
    Pulled,
    VisitorTold,
    counted,
    counted_anew,
    from_milliseconds,
    gathered,
    halves,
    in_words,
    record_of,
    windows,
    works_in,
)
from uptake.sources.reading import Answers

REGIONS: Mapping[str, str] = {
    "us": "https://data.mixpanel.com",
    "eu": "https://data-eu.mixpanel.com",
    "in": "https://data-in.mixpanel.com",
}
EXPORT = "/api/2.0/export"
KEY = "service account or project secret"
MOST_DAYS = 30
DAYS_LOOKED_AT = 7
EVENTS_LOOKED_AT = 1000
TAIL = 64 << 10


class MixpanelClient:
    """One project, asked with a service account (``user`` and ``secret``) or, without a user, with the project's secret.

    ``project`` is the project's number, which a service account needs. ``address``: another host than the region's.
    Raises ProductError for a region, address or key that cannot be one.
    """

    def __init__(
        self,
        user: str,
        secret: str,
        *,
        project: str = "",
        region: str = "us",
        address: str = "",
        patience: Patience | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        if not address and region not in REGIONS:
            raise ProductError(f"“{region}” is no region of Mixpanel; there are: {', '.join(REGIONS)}.")
        user, secret, self.project = user.strip(), secret.strip(), str(project).strip()
        if user and not self.project.isdecimal():
            raise ProductError("A service account of Mixpanel needs the project's number beside it.")
        self.auth = (user, secret) if user else (secret, "")  # of old the secret stands where the user would
        for part in self.auth[: 2 if user else 1]:
            check_key(part, "Mixpanel")
        self.region = "" if address else region
        self.should_stop = should_stop
        self._http = self._at(address or REGIONS[region], patience)

    def _at(self, address: str, patience: Patience | None) -> Http:
        return Http(
            address,
            name="Mixpanel",
            headers={"Accept": "text/plain"},
            auth=self.auth,
            patience=patience,
            should_stop=self.should_stop,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def check(self) -> Checked:
        """Try the key on some events of the last days, and see by them whether times are UTC."""
        today = datetime.now(tz=UTC).date()
        params = self._days(today - timedelta(days=DAYS_LOOKED_AT), today) | {"limit": str(EVENTS_LOOKED_AT)}
        with TemporaryDirectory(prefix="uptake-") as folder, in_words("Mixpanel", key=KEY, elsewhere=self._elsewhere):
            path = Path(folder) / "events.jsonl"
            rows, newest = self._http.download(EXPORT, path, params=params, check=_checked)
            events = _events(path)
        if not rows:
            return Checked(notes=(f"Mixpanel shows no events in the last {DAYS_LOOKED_AT} days.",))
        properties = [each for event in events if isinstance(each := event.get("properties"), dict)]
        times, received = ([each.get(name) for each in properties] for name in ("time", "mp_processing_time_ms"))
        clock = project_clock("time", times, received, Answers())
        notes = (*(question.sentence for question in clock.questions), *clock.warnings)
        return Checked(time_zone=None if notes else "UTC", newest_on=newest.date() if newest else None, notes=notes)

    def pull(self, first: date, last: date, folder: Path) -> Pulled:
        """The events of these days of the project. Raises ProductError and OSError."""
        asked = windows(first, last, MOST_DAYS)
        with in_words("Mixpanel", key=KEY):
            return gathered(self._http, (part for begin, end in asked for part in self._window(begin, end, folder)))

    def accounts(self) -> list[AccountSeen]:
        """None: the raw export has no list of groups."""
        return []

    def people(self) -> list[VisitorTold]:
        """None: the raw export does not list them."""
        return []

    def guides(self) -> list[GuideTold]:
        """None: it shows none."""
        return []

    def totals(self, days: Collection[date]) -> dict[date, int]:
        """The events of each day of the project, by asking for the day again."""
        return counted_anew(self.pull, days)

    def _window(self, first: date, last: date, folder: Path) -> Iterator[tuple[Path, int, datetime | None]]:
        """The files of these days with their rows and the newest; in halves where Mixpanel does not get to the end."""
        path = folder / f"mixpanel-{first}-{last}.jsonl"
        try:
            rows, newest = self._http.download(EXPORT, path, params=self._days(first, last), check=_checked)
        except (CutOff, TimedOut):
            if first == last:
                raise
            for begin, end in halves(first, last):
                yield from self._window(begin, end, folder)
            return
        if rows:
            yield path, rows, newest
        else:
            path.unlink()

    def _days(self, first: date, last: date) -> dict[str, str]:
        project = {"project_id": self.project} if self.project else {}
        return {"from_date": first.isoformat(), "to_date": last.isoformat()} | project

    def _elsewhere(self) -> str | None:
        if not self.region:
            return None
        today = datetime.now(tz=UTC).date()
        others = [region for region in REGIONS if region != self.region]
        params = self._days(today, today) | {"limit": "1"}
        return works_in(others, lambda region: self._at(REGIONS[region], IN_PASSING), EXPORT, params)


def _checked(path: Path) -> tuple[int, datetime | None]:
    """How many events the file holds, and when the newest came in.

    Raises CutOff for one that ends before its end, Odd for one that does not begin with an event.
    Mixpanel answers 200 also where it breaks off: then the last line is half an event, or “export terminated early”.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        end = file.read()
    last = end.rstrip().rpartition(b"\n")[2]
    is_whole = last.endswith(b"}") and (end.endswith(b"\n") or _is_json(last))
    if last and not is_whole:
        raise CutOff("Mixpanel broke its export off before the end.")
    with path.open("rb") as lines:
        first = lines.readline()
        if last and not {b'"event"', b'"properties"'} <= set(re.findall(rb'"event"|"properties"', first)):
            raise Odd("Mixpanel answers with something else than events.")
        lines.seek(0)
        return counted(lines, _received)


def _is_json(line: bytes) -> bool:
    """Half an event may end in a bracket, too."""
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _events(path: Path) -> list[Mapping[str, Any]]:
    """The events of a small file that can be read."""
    found = (record_of(line) for line in path.read_bytes().splitlines() if line.strip())
    return [event for event in found if event is not None]


def _received(event: Mapping[str, Any]) -> datetime | None:
    """When Mixpanel got the event, in true UTC; its own time may be a local clock's, or a wrong one's."""
    properties = event.get("properties")
    return from_milliseconds(properties.get("mp_processing_time_ms")) if isinstance(properties, dict) else None
