"""Asking another system over HTTP: what passes is tried again, and an answer counts only when all of it came.

Each question is bounded: in tries, in seconds overall, and in bytes. What goes wrong is one sentence for the reader, and
an error's kind says what can be done about it.
"""

import json
import logging
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import orjson
import stamina

from uptake.kit.errors import ProductError

T = TypeVar("T")
log = logging.getLogger(__name__)
logging.getLogger("stamina").setLevel(logging.ERROR)  # it would warn of each try again, without a word of what failed

BLOCK = 1 << 20
SAID = 300  # characters of a refusal that are shown
SAID_BYTES = 4_000
MOST_BYTES = 256 << 20
STEP = 0.2  # seconds between two looks whether to stop
HOST = re.compile(r"[\w.:-]+", re.ASCII)
MOST_PORT = 65535
TOO_MANY_REQUESTS, UNAVAILABLE = 429, 503


class OutsideError(ProductError):
    """The other system did not do what it was asked for."""

    status = 502


class Passing(OutsideError):
    """It may well work in a moment: asked again."""


class Unreachable(Passing):
    """No connection to it."""


class TimedOut(Passing):
    """It took too long."""


class CutOff(Passing):
    """The answer ended before its end."""


class Odd(Passing):
    """All of an answer came, and it is not what was asked for: no JSON, or of another shape."""


class Failing(Passing):
    """It says that something is wrong with itself."""


class Throttled(Passing):
    """It was asked too often. ``wait``: the seconds it said to wait; None: it did not."""

    status = 503

    def __init__(self, message: str, wait: float | None) -> None:
        super().__init__(message)
        self.wait = wait


class TooMuch(OutsideError):
    """The answer has more bytes than fit: ask for less at once."""


class Refused(OutsideError):
    """It will not answer this, now or later: ``answered`` is its status, ``said`` the beginning of its words."""

    def __init__(self, message: str, answered: int, said: str) -> None:
        super().__init__(message)
        self.answered = answered
        self.said = said


class Stopped(ProductError):
    """The asking was given up because this process is to leave."""

    status = 503


@dataclass(frozen=True)
class Patience:
    """How much one question may take; seconds but for ``tries``."""

    tries: int = 8  # that fail; waiting because it was asked too often is bounded by ``overall`` alone
    silent_tries: int = 3  # of them, that took too long: what takes so long once will mostly do so again
    overall: float = 1800
    connect: float = 15
    silence: float = 330  # without a byte of the answer
    first_wait: float = 1
    longest_wait: float = 10
    throttled_wait: float = 30  # where it does not say how long


class Http:
    """One system outside, called ``name`` in what is said of it. Use it in one thread at a time, and close it.

    ``should_stop`` is asked between tries, while waiting and while an answer comes. Raises ProductError for an address or
    a key that cannot be one.
    """

    def __init__(
        self,
        address: str,
        *,
        name: str,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        patience: Patience | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = name
        self.patience = patience or Patience()
        self.should_stop = should_stop
        self.requests = 0
        self.byte_count = 0  # as they came, packed or not
        base = _base(address, name)
        for value in (headers or {}).values():
            check_key(value, name)
        self.host = base.host
        self._client = httpx.Client(
            base_url=base,
            headers={"Accept-Encoding": "gzip", **(headers or {})},
            auth=httpx.BasicAuth(*auth) if auth else None,
            timeout=httpx.Timeout(self.patience.silence, connect=self.patience.connect),
            trust_env=not _is_loopback(base.host),  # no proxy leads to this machine itself
        )

    def close(self) -> None:
        self._client.close()

    def json(
        self,
        method: str,
        path: str,
        *,
        read: Callable[[Any], T],
        params: Mapping[str, str] | None = None,
        body: Any = None,
        most_bytes: int = MOST_BYTES,
    ) -> T:
        """What ``read`` makes of the whole JSON answer; it may raise Odd, and then the question is asked again.

        Raises OutsideError and Stopped.
        """

        def once() -> T:
            with self._answer(method, path, params, body) as response:
                text = b"".join(self._body(response, most_bytes))
            return read(self._parsed(text))

        return self._patiently(once)

    def download(
        self, path: str, target: Path, *, check: Callable[[Path], T], params: Mapping[str, str] | None = None
    ) -> T:
        """The answer as the file ``target``, which is there only when all of it came and ``check`` let it pass.

        ``check`` looks at the file under another name and may raise a Passing error, and then it is asked for again; what
        it returns is returned. Raises OutsideError, Stopped and OSError.
        """
        part = target.with_name(f"{target.name}.part")

        def once() -> T:
            with self._answer("GET", path, params, None) as response, part.open("wb") as file:
                for block in self._body(response, most_bytes=None):
                    file.write(block)
            return check(part)

        try:
            checked = self._patiently(once)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return checked

    def knock(self, path: str, *, params: Mapping[str, str] | None = None) -> None:
        """Ask without taking the answer: only whether there would be one. Raises OutsideError and Stopped."""

        def once() -> None:
            with self._answer("GET", path, params, None):
                pass

        self._patiently(once)

    def _patiently(self, once: Callable[[], T]) -> T:
        """Try, and again as long as failures pass and patience lasts; the last failure is raised as it is."""
        started, failures, silences = time.monotonic(), 0, 0

        def again(why: Exception) -> bool | float:
            nonlocal failures, silences
            if isinstance(why, Throttled):
                wait = self.patience.throttled_wait if why.wait is None else max(why.wait, self.patience.first_wait)
                if time.monotonic() + wait > started + self.patience.overall:
                    return False
                self._pause(wait)  # here, not in the library, whose sleep could not be broken off
                return 0.0
            failures += 1
            silences += isinstance(why, TimedOut)
            lasts = failures < self.patience.tries and silences < self.patience.silent_tries
            if not (isinstance(why, Passing) and lasts):
                return False
            log.info("%s Asked again, after failure %s.", why, failures)
            return True

        for attempt in stamina.retry_context(
            on=again,
            attempts=None,
            timeout=self.patience.overall,
            wait_initial=self.patience.first_wait,
            wait_max=self.patience.longest_wait,
            wait_jitter=self.patience.first_wait,
        ):
            with attempt:
                self._stop_if_asked()
                return once()
        raise AssertionError("the last failure was raised")

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._stop_if_asked()
            time.sleep(min(left, STEP))

    def _stop_if_asked(self) -> None:
        if self.should_stop():
            raise Stopped(f"Asking {self.name} was broken off because Uptake is stopping; it goes on after the start.")

    @contextmanager
    def _answer(self, method: str, path: str, params: Mapping[str, str] | None, body: Any) -> Iterator[httpx.Response]:
        self.requests += 1
        content = None if body is None else orjson.dumps(body)
        headers = None if body is None else {"Content-Type": "application/json"}
        try:
            with self._client.stream(method, path, params=params, content=content, headers=headers) as response:
                self._judge(response)
                yield response
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as why:
            raise Unreachable(f"{self.name} cannot be reached at {self.host}: {_reason(why)}.") from why
        except httpx.TimeoutException as why:
            raise TimedOut(f"{self.name} took too long to answer.") from why
        except (httpx.NetworkError, httpx.RemoteProtocolError) as why:
            raise CutOff(f"{self.name} broke its answer off.") from why

    def _judge(self, response: httpx.Response) -> None:
        status = response.status_code
        wait = _retry_after(response)
        if status == TOO_MANY_REQUESTS or (status == UNAVAILABLE and wait is not None):
            raise Throttled(f"{self.name} is asked too often and keeps saying to wait. Try again later.", wait)
        if status >= 500:
            raise Failing(f"{self.name} has a problem of its own at the moment (it answers {status}).")
        if status >= 300:
            said = self._said(response)
            words = f": “{said}”" if said else ""
            raise Refused(f"{self.name} refuses the question (it answers {status}{words}).", status, said)

    def _said(self, response: httpx.Response) -> str:
        """The beginning of a refusal's text, on one line."""
        text = b""
        for block in self._body(response, most_bytes=None):
            text += block
            if len(text) >= SAID_BYTES:
                break
        return " ".join(text[:SAID_BYTES].decode("utf-8", "replace").split())[:SAID]

    def _body(self, response: httpx.Response, most_bytes: int | None) -> Iterator[bytes]:
        """The body, unpacked and whole; the library itself would take the end of a cut gzip stream for the end.

        A body that came packed in another way than it was asked for is not understood: Odd.
        """
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip", "x-gzip"):
            raise Odd(f"{self.name} answers in a packing that was not asked for ({packing[:20]}).")
        until = time.monotonic() + self.patience.overall
        unpacked = 0
        blocks = self._raw(response, until)
        for block in blocks if packing == "identity" else self._inflated(blocks):
            unpacked += len(block)
            if most_bytes is not None and unpacked > most_bytes:
                raise TooMuch(f"{self.name} answers with more than {most_bytes >> 20:,} MB at once.")
            yield block

    def _raw(self, response: httpx.Response, until: float) -> Iterator[bytes]:
        for block in response.iter_raw():  # as it comes, not gathered: a trickle is looked at, too
            self.byte_count += len(block)
            self._stop_if_asked()
            if time.monotonic() > until:  # it sends a little now and then, without end
                raise TimedOut(f"{self.name} took too long to answer.")
            yield block

    def _inflated(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        inflate, begun = zlib.decompressobj(31), False
        try:
            for packed in blocks:
                block = packed
                while block:
                    begun = True
                    if inflate.eof:  # another stream behind the first
                        inflate = zlib.decompressobj(31)
                    yield inflate.decompress(block, BLOCK)
                    block = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            while not inflate.eof and (rest := inflate.decompress(b"", BLOCK)):
                yield rest
        except zlib.error as why:
            raise CutOff(f"{self.name} answers with a packed text that is damaged.") from why
        if begun and not inflate.eof:
            raise CutOff(f"{self.name} broke its answer off.")

    def _parsed(self, text: bytes) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
        try:  # more lenient, so that one odd value does not lose an answer: NaN, a byte that is no UTF-8, half a surrogate
            return json.loads(text.decode("utf-8", "replace"))
        except (ValueError, RecursionError) as why:
            raise Odd(f"{self.name} answers with something that is not JSON.") from why


def check_key(text: str, name: str) -> None:
    """Raises ProductError for a key that no server could have given out."""
    if not text or not text.isascii() or not text.isprintable() or " " in text.strip():
        raise ProductError(
            f"This cannot be a key of {name}: it is empty or has signs that keys do not have. Copy it again."
        )


def _base(address: str, name: str) -> httpx.URL:
    try:
        base = httpx.URL(address.strip())
    except httpx.InvalidURL as why:
        raise ProductError(f"“{address[:100]}” is no address of {name}.") from why
    if base.scheme != "https" and not (base.scheme == "http" and _is_loopback(base.host)):
        raise ProductError(f"The address of {name} must begin with https://, or the key could be read on its way.")
    odd = not HOST.fullmatch(base.raw_host.decode()) or (base.port or 0) > MOST_PORT
    if odd or base.userinfo or base.query or base.fragment:
        raise ProductError(
            f"“{base.host or address[:100]}” is no address of {name}: give the host alone, without a key."
        )
    return base


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _reason(why: Exception) -> str:
    """The system's words without its number: “Connection refused”."""
    text = str(why).strip() or type(why).__name__
    return text.partition("] ")[2] or text


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait; a date is told by the server's own clock, which may be another than ours."""
    said = response.headers.get("retry-after", "").strip()
    if not said:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    until, now = _date(said), _date(response.headers.get("date", ""))
    if until is None:
        return None
    return max(0.0, (until - (now or datetime.now(tz=UTC))).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
