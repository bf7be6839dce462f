"""What asking a platform for usage brings: files that this room's readers take, and what is said about them.

    Client -> files in a folder -> detect.find_readings -> facts

A client only downloads. It writes what the platform sent, whole or not at all, and leaves the reading to the formats.
"""

import errno
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

import orjson

from uptake.kit.errors import ProductError
from uptake.kit.http import Http, Odd, OutsideError, Patience, Refused
from uptake.sources.scratch import DiskFull

UNAUTHORIZED, PAYMENT_REQUIRED, FORBIDDEN = 401, 402, 403
MAY_BE_ELSEWHERE = (UNAUTHORIZED, FORBIDDEN)
ONE_DAY = timedelta(days=1)
IN_PASSING = Patience(tries=1, overall=20, connect=5, silence=10)
"""For what is only asked to find a better word."""


class WrongKey(ProductError):
    """The platform does not know the key."""


class NoRights(ProductError):
    """The platform knows the key, which may not do this."""


class WrongRegion(ProductError):
    """The key is another region's."""


@dataclass(frozen=True)
class Pulled:
    """What some days brought."""

    files: tuple[Path, ...]  # usage, then lists of names, as find_readings takes them together; empty: no data
    guides: Path | None = None  # guide events, one JSON object a line, as the platform sent them
    requests: int = 0
    received: int = 0  # rows of usage that came, also those that came twice
    guide_rows: int = 0
    byte_count: int = 0  # that came over the network
    newest_at: datetime | None = None  # the newest use among them; of totals per day the beginning of their day


@dataclass(frozen=True)
class Checked:
    """What trying a key found."""

    counts: Mapping[str, int] = field(default_factory=dict)  # accounts, visitors, features, …: what could be told
    time_zone: str | None = None  # in which the platform's days begin; None: it could not be told
    newest_on: date | None = None  # the last day with use that was seen
    notes: tuple[str, ...] = ()  # sentences for the person who connects


@dataclass(frozen=True)
class AccountSeen:
    """An account as the platform knows it; empty: it does not say."""

    account_id: str
    name: str = ""
    domain: str = ""
    crm_id: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None


class GuideTold(Protocol):
    """A guide and its steps in order."""

    @property
    def guide_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def step_ids(self) -> Sequence[str]: ...
    @property
    def state(self) -> str: ...


class VisitorTold(Protocol):
    """A visitor as the platform knows them; empty: it does not say."""

    @property
    def visitor_id(self) -> str: ...
    @property
    def email(self) -> str: ...


class Client(Protocol):
    """One platform, asked with one key. Everything it raises is a ProductError: one sentence for the reader."""

    def check(self) -> Checked:
        """Try the key."""

    def pull(self, first: date, last: date, folder: Path) -> Pulled:
        """Write the usage of these days, both in, into ``folder``. When it raises, what is there counts for nothing."""

    def accounts(self) -> list[AccountSeen]:
        """The platform's list of accounts; empty where it keeps none."""

    def people(self) -> Iterable[VisitorTold]:
        """The platform's list of visitors; empty where it keeps none, or people are left out."""

    def guides(self) -> Sequence[GuideTold]:
        """The guides that it shows inside the product; empty where it shows none."""

    def totals(self, days: Collection[date]) -> Mapping[date, int]:
        """The uses of each day, asked anew, to compare with what was kept."""

    def close(self) -> None:
        """Let go of the connection."""


class NewFile:
    """A file that gets its name when it is complete: left by an error nothing of it stays, nor of one without a line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0
        self._part = path.with_name(f"{path.name}.part")

    def __enter__(self) -> Self:
        self._file: BinaryIO = self._part.open("wb")
        return self

    def add(self, record: Mapping[str, Any]) -> None:
        self._file.write(line_of(record))
        self.lines += 1

    def mark(self) -> tuple[int, int]:
        """Where the file is now, for ``back_to``."""
        return self._file.tell(), self.lines

    def back_to(self, mark: tuple[int, int]) -> None:
        """Forget what was added since."""
        at, self.lines = mark
        self._file.seek(at)
        self._file.truncate()

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        if kind is None and self.lines:
            self._part.replace(self.path)
        self._part.unlink(missing_ok=True)


def line_of(record: Mapping[str, Any]) -> bytes:
    """The record as a line of JSON, also with numbers and signs that only the lenient writer knows."""
    try:
        return orjson.dumps(record) + b"\n"
    except TypeError:  # an integer of more than 64 bits, half a surrogate
        return json.dumps(record).encode() + b"\n"


def windows(first: date, last: date, most_days: int) -> Iterator[tuple[date, date]]:
    """The days from first to last in windows of at most so many days, the earliest first."""
    while first <= last:
        end = min(last, first + timedelta(days=most_days - 1))
        yield first, end
        first = end + ONE_DAY


def halves(first: date, last: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """A window of two days or more as two."""
    middle = first + (last - first) // 2
    return (first, middle), (middle + ONE_DAY, last)


def days_of(days: Collection[date]) -> Iterator[date]:
    """Each day once, in order."""
    yield from sorted(set(days))


@contextmanager
def in_words(platform: str, *, key: str, elsewhere: Callable[[], str | None] = lambda: None) -> Iterator[None]:
    """A refusal of the platform as what it means, and a full disk as one.

    ``key``: what the platform calls it. ``elsewhere``: the region in which the key works, where that can be told; it is
    only asked when the key was refused.
    """
    try:
        yield
    except Refused as why:
        region = elsewhere() if why.answered in MAY_BE_ELSEWHERE else None
        if region:
            raise WrongRegion(f"This {key} belongs to {platform}'s region {region}: choose that region.") from why
        if why.answered == UNAUTHORIZED:
            raise WrongKey(
                f"{platform} does not know this {key}. Copy it again, and see that it is of the right region and still valid."
            ) from why
        if why.answered in (PAYMENT_REQUIRED, FORBIDDEN):
            said = f" ({platform} says: “{why.said}”)" if why.said else ""
            raise NoRights(
                f"{platform} knows this {key} but does not let it read usage{said}. Ask its administrator for the right."
            ) from why
        raise
    except OSError as why:
        if why.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(
            f"The disk is full: there is no room for what {platform} sends. Nothing of it was kept."
        ) from why


def works_in(
    regions: Iterable[str], at: Callable[[str], Http], path: str, params: Mapping[str, str] | None = None, fine: int = 0
) -> str | None:
    """The first of these regions in which the key is let in, None where it is in none that answers.

    ``at`` opens a region, ``path`` and ``params`` are asked there. ``fine``: a status that is no refusal of the key.
    """
    for region in regions:
        http = at(region)
        try:
            http.knock(path, params=params)
        except Refused as why:
            if why.answered != fine:
                continue
        except OutsideError:  # not to be reached: it tells nothing
            continue
        finally:
            http.close()
        return region
    return None


def counted(
    lines: Iterable[bytes], moment: Callable[[Mapping[str, Any]], datetime | None]
) -> tuple[int, datetime | None]:
    """How many records these lines of JSON are, and the newest ``moment`` of those that can be read."""
    rows, newest = 0, None
    for line in lines:
        if not line.strip():
            continue
        rows += 1
        at = moment(record) if (record := record_of(line)) is not None else None
        if at is not None and (newest is None or at > newest):
            newest = at
    return rows, newest


def record_of(line: bytes) -> Mapping[str, Any] | None:
    """A line's object; None for a broken line, which the reader will set aside."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def from_milliseconds(value: Any) -> datetime | None:
    """An instant of epoch milliseconds, also written as text; None where it is none."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=float(value))
    except (TypeError, ValueError, OverflowError):
        return None


Part = tuple[Path, int, datetime | None]
"""A file that came, its rows, and the newest of them."""


def gathered(http: Http, parts: Iterable[Part]) -> Pulled:
    """What these files are together; they are asked for one after the other."""
    requests, byte_count = http.requests, http.byte_count
    files: list[Path] = []
    rows, newest = 0, None
    for path, its_rows, its_newest in parts:
        files.append(path)
        rows += its_rows
        newest = max(filter(None, (newest, its_newest)), default=None)
    return Pulled(
        files=tuple(files),
        requests=http.requests - requests,
        received=rows,
        byte_count=http.byte_count - byte_count,
        newest_at=newest,
    )


def counted_anew(pull: Callable[[date, date, Path], Pulled], days: Collection[date]) -> dict[date, int]:
    """The rows of each day, by asking for the day again."""
    found = {}
    for day in days_of(days):
        with TemporaryDirectory(prefix="uptake-") as folder:
            found[day] = pull(day, day, Path(folder)).received
    return found


def list_of(name: str, answer: Any) -> list[Mapping[str, Any]]:
    """A list of records that may be null. Raises Odd for anything else."""
    if answer is None:
        return []
    if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
        raise Odd(f"{name} answers with something else than a list of records.")
    return answer
