"""Amplitude's Export API -> the zip files that ``parser`` reads, as they came.

A day here is a day of upload, in UTC: an event of Monday that a phone sent on Wednesday comes with Wednesday. Facts are
filed by the event's own time, and an event that comes again has its id again.

People: an event keeps the ids under which it was sent. ``parser`` takes the user's own id, and where there is none Amplitude's
(``amplitude_id``) or the device's. When Amplitude later finds that two of its users are one person, it tells so in a list
of merged ids, which is no usage and is not asked for: what was done before login stays under the earlier id. No event is
lost by that; one person may be counted as two visitors.
"""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from uptake.kit.errors import ProductError
from uptake.kit.http import CutOff, Http, Patience, Refused, TimedOut, check_key
from uptake.sources.magic import GZIP
from uptake.sources.pull import (
    IN_PASSING,
    AccountSeen,
    Checked,
    GuideTold,
    Pulled,
    VisitorTold,
    counted,
    counted_anew,
    gathered,
    in_words,
    windows,
    works_in,
)

REGIONS: Mapping[str, str] = {"us": "https://amplitude.com", "eu": "https://analytics.eu.amplitude.com"}
EXPORT = "/api/2/export"
KEY = "API key and secret key"
MOST_DAYS = 365  # of one question
NO_DATA, TOO_LARGE = 404, 400
ONE_HOUR = timedelta(hours=1)
BLOCK = 1 << 20
READY_AFTER = timedelta(hours=3)  # an hour's file is there about two hours after it


class AmplitudeClient:
    """One project, asked with its API key and secret key.

    ``address``: another host than the region's. Raises ProductError for a region, address or key that cannot be one.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        region: str = "us",
        address: str = "",
        patience: Patience | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        if not address and region not in REGIONS:
            raise ProductError(f"“{region}” is no region of Amplitude; there are: {', '.join(REGIONS)}.")
        self.auth = (key.strip(), secret.strip())
        for part in self.auth:
            check_key(part, "Amplitude")
        self.region = "" if address else region
        self.should_stop = should_stop
        self._http = self._at(address or REGIONS[region], patience)

    def _at(self, address: str, patience: Patience | None) -> Http:
        return Http(address, name="Amplitude", auth=self.auth, patience=patience, should_stop=self.should_stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def check(self) -> Checked:
        """Try the keys on an hour that is surely ready. The export tells no more than whether there were events in it."""
        hour = _ready_hour()
        with in_words("Amplitude", key=KEY, elsewhere=self._elsewhere):
            try:
                self._http.knock(EXPORT, params=_range(hour, hour))
            except Refused as why:
                if why.answered != NO_DATA:
                    raise
                return Checked(time_zone="UTC", notes=(f"No events came in from {_spoken(hour)}.",))
        return Checked(time_zone="UTC", newest_on=hour.date(), notes=(f"Events came in from {_spoken(hour)}.",))

    def pull(self, first: date, last: date, folder: Path) -> Pulled:
        """Everything that was uploaded on these days, of today up to the last hour that is ready.

        Raises ProductError and OSError.
        """
        ready = _ready_hour()
        days = ((_at(begin, 0), min(_at(end, 23), ready)) for begin, end in windows(first, last, MOST_DAYS))
        asked = [(begin, end) for begin, end in days if begin <= end]
        with in_words("Amplitude", key=KEY):
            return gathered(self._http, (part for begin, end in asked for part in self._hours(begin, end, folder)))

    def accounts(self) -> list[AccountSeen]:
        """None: Amplitude's groups have no list that the export would give."""
        return []

    def people(self) -> list[VisitorTold]:
        """None: the export does not list them."""
        return []

    def guides(self) -> list[GuideTold]:
        """None: it shows none."""
        return []

    def totals(self, days: Collection[date]) -> dict[date, int]:
        """The events that were uploaded on each day, by asking for the day again."""
        return counted_anew(self.pull, days)

    def _hours(self, first: datetime, last: datetime, folder: Path) -> Iterator[tuple[Path, int, datetime | None]]:
        """The files of these hours, both in, with their rows and newest upload; in halves where it is too much at once."""
        path = folder / f"amplitude-{first:%Y%m%dT%H}-{last:%Y%m%dT%H}.zip"
        try:
            rows, newest = self._http.download(EXPORT, path, params=_range(first, last), check=_checked)
        except (Refused, TimedOut) as why:
            if isinstance(why, Refused) and why.answered == NO_DATA:
                return
            if isinstance(why, Refused) and why.answered != TOO_LARGE:
                raise
            if first == last:
                raise ProductError(f"Amplitude does not export even the single hour {_spoken(first)}: {why}") from why
            middle = first + (last - first) // ONE_HOUR // 2 * ONE_HOUR
            yield from self._hours(first, middle, folder)
            yield from self._hours(middle + ONE_HOUR, last, folder)
            return
        if rows:
            yield path, rows, newest
        else:
            path.unlink()

    def _elsewhere(self) -> str | None:
        if not self.region:
            return None
        others = [region for region in REGIONS if region != self.region]
        hour = _ready_hour()
        return works_in(
            others, lambda region: self._at(REGIONS[region], IN_PASSING), EXPORT, _range(hour, hour), fine=NO_DATA
        )


def _ready_hour() -> datetime:
    return (datetime.now(tz=UTC) - READY_AFTER).replace(minute=0, second=0, microsecond=0)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def _range(first: datetime, last: datetime) -> dict[str, str]:
    return {"start": f"{first:%Y%m%dT%H}", "end": f"{last:%Y%m%dT%H}"}


def _spoken(hour: datetime) -> str:
    return f"{hour:%H:%M} to {hour + ONE_HOUR:%H:%M} UTC on {hour:%Y-%m-%d}"


def _checked(path: Path) -> tuple[int, datetime | None]:
    """How many events the zip holds, and when the newest was uploaded. Raises CutOff where it is not whole to the last byte."""
    try:
        with zipfile.ZipFile(path) as archive:
            return counted(_lines(archive), _uploaded)
    except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile) as why:
        raise CutOff("Amplitude's answer is not a whole zip file of whole gz files.") from why


def _lines(archive: zipfile.ZipFile) -> Iterator[bytes]:
    for entry in archive.infolist():
        if entry.is_dir() or not entry.file_size:
            continue
        with archive.open(entry) as begun:
            is_packed = begun.read(len(GZIP)) == GZIP
        with archive.open(entry) as packed:
            if is_packed:
                with gzip.GzipFile(fileobj=packed) as text:
                    yield from text
            else:
                yield from packed
            while packed.read(BLOCK):  # to its end, where the zip's own checksum is compared
                pass


def _uploaded(event: Mapping[str, Any]) -> datetime | None:
    try:
        read = datetime.fromisoformat(str(event.get("server_upload_time")))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
