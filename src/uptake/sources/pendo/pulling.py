"""Some days of a Pendo subscription, taken into files: totals of use, and guide events as they come.

Many days are asked at once as long as their rows fit into one page; a busy day alone comes in pages.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from uptake.kit.http import Failing, Odd, OutsideError, TimedOut, TooMuch
from uptake.sources.fields import is_present
from uptake.sources.pendo import pipeline
from uptake.sources.pendo.paging import Ask, Pages, Row, unique
from uptake.sources.pendo.pipeline import Kind, Stage
from uptake.sources.pull import ONE_DAY, NewFile, from_milliseconds

MOST_DAYS = 30  # of one question, as Pendo advises
TOO_HARD = (TimedOut, TooMuch, Failing)  # what a question about fewer days may not end in
TRIES = 3  # of a day whose rows change while its pages are read
BEFORE_MIDNIGHT, AFTER_MIDNIGHT = timedelta(hours=14), timedelta(hours=12)  # how far from UTC a zone's day may begin
GUIDE_KEYS = ("browserTime", "visitorId", "guideId", "guideStepId", "type", "eventId")
OF_NO_PERSON = ("accountId", "accountIds", "appId", "browserTime", "eventId", "guideId", "guideStepId", "type")


class Moving(OutsideError):
    """Pendo's numbers changed again and again while they were read."""

    status = 503


class Pulling:
    """What one pull takes. ``ask`` sends a pipeline; the others are the client's."""

    def __init__(self, ask: Ask, *, visitors: bool, pseudonym: Callable[[str], str] | None, page_rows: int) -> None:
        self.ask = ask
        self.visitors = visitors
        self.pseudonym = pseudonym
        self.page_rows = page_rows
        self.usage_rows = 0
        self.guide_rows = 0
        self.newest_at: datetime | None = None
        self._begun_at = datetime.now(tz=UTC)

    def usage(self, kind: Kind, first: date, last: date, path: Path) -> Path | None:
        """The totals of these days, one a line; None and no file where there are none."""
        return self._days(path, first, last, lambda begin, end, out: self._totals(kind, begin, end, out))

    def guide_events(self, first: date, last: date, path: Path) -> Path | None:
        """What people did with guides on these days, one event a line; None and no file where there is nothing."""
        return self._days(path, first, last, self._guide_events)

    def _days(self, path: Path, first: date, last: date, take: Callable[[date, date, NewFile], int]) -> Path | None:
        """Take as many days at a time as do not turn out too many; ``take`` returns how many of those asked would fit."""
        most = MOST_DAYS
        with NewFile(path) as out:
            while first <= last:
                end = min(last, first + (most - 1) * ONE_DAY)
                asked = (end - first).days + 1
                mark = out.mark()
                try:
                    fit = take(first, end, out)
                except TOO_HARD:
                    if first == end:
                        raise
                    out.back_to(mark)
                    fit = asked // 2
                if fit < asked:
                    most = fit
                else:
                    first = end + ONE_DAY
        return path if out.lines else None

    def _totals(self, kind: Kind, first: date, last: date, out: NewFile) -> int:
        who = ("visitorId", "accountId") if self.visitors else ("accountId",)
        keys = ("day", *who, kind.key)
        stages = [pipeline.events(kind.source, first, last), pipeline.per(keys)]
        if first == last:
            self._day(kind, first, stages, keys[1:], out)
            return 1
        rows = self.ask([*stages, *pipeline.page(keys, (), self.page_rows)])
        self.usage_rows += len(rows)
        if len(rows) >= self.page_rows:  # sorted by day: those before the last one seen are whole
            whole = len(_instants(rows, "day")) - 1
            return max(1, min(whole, (last - first).days))
        self._write(kind, unique(rows), first, last, out)
        return (last - first).days + 1

    def _day(self, kind: Kind, day: date, stages: Sequence[Stage], keys: Sequence[str], out: NewFile) -> None:
        """One day. If it comes in pages its rows must be as many as Pendo counts itself.

        New use may come in meanwhile: as many as it counted before the pages or after them, or some number between.
        """
        mark, counting = out.mark(), [*stages, pipeline.how_many()]
        for _ in range(TRIES):
            pages, written, before = Pages(self.ask, stages, keys, self.page_rows), 0, 0
            for rows in pages:
                before = before or (self._count(counting) if pages.is_paged else 0)
                self._write(kind, rows, day, day, out)
                written += len(rows)
            self.usage_rows += pages.received
            if not pages.is_paged or before <= written <= self._count(counting):
                return
            out.back_to(mark)
        raise Moving(f"Pendo's numbers of {day} changed while they were read, {TRIES} times. Try again later.")

    def _count(self, stages: Sequence[Stage]) -> int:
        return sum(whole_number(row.get("rows")) for row in unique(self.ask(stages)))

    def _write(self, kind: Kind, rows: Sequence[Row], first: date, last: date, out: NewFile) -> None:
        days = _instants(rows, "day")
        _check_days(days, first, last)
        self._see(days)
        for row in rows:
            out.add(self._total(row, kind))

    def _total(self, row: Row, kind: Kind) -> dict[str, Any]:
        """What the reader takes of a row, under Pendo's names; a value that Pendo leaves out is null."""
        return {
            "day": row.get("day"),
            "accountId": row.get("accountId"),
            "visitorId": self._named(row.get("visitorId")) if self.visitors else None,
            kind.key: row.get(kind.key),
            "numEvents": row.get("numEvents"),
            "numMinutes": row.get("numMinutes"),
        }

    def _guide_events(self, first: date, last: date, out: NewFile) -> int:
        pages = Pages(self.ask, [pipeline.events("guideEvents", first, last)], GUIDE_KEYS, self.page_rows)
        for rows in pages:
            self._see(_instants(rows, "browserTime"))
            for row in rows:
                out.add(self._guide_event(row))
        self.guide_rows += pages.received
        return (last - first).days + 1

    def _guide_event(self, row: Row) -> dict[str, Any]:
        """As it came; where people stay unknown, without what tells who they are: addresses, places, browsers, pages."""
        if self.visitors and self.pseudonym is None:
            return row
        kept = {name: value for name, value in row.items() if name in OF_NO_PERSON}
        return kept | {"visitorId": self._named(row.get("visitorId")) if self.visitors else None}

    def _named(self, visitor: Any) -> Any:
        """The visitor's pseudonym; what names nobody stays, so that the reader sees that it does not."""
        return self.pseudonym(str(visitor)) if self.pseudonym and is_present(visitor) else visitor

    def _see(self, times: set[datetime]) -> None:
        """Note the newest; one in the future is some browser's wrong clock."""
        newest = max((each for each in times if each <= self._begun_at), default=None)
        if newest and (self.newest_at is None or newest > self.newest_at):
            self.newest_at = newest


def whole_number(value: Any) -> int:
    """A sum or a count; Pendo leaves it out where there are no rows. Raises Odd for what is no number."""
    if value is None:
        return 0
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError) as why:
        raise Odd("Pendo answers with a sum that is no number.") from why


def _instants(rows: Sequence[Row], key: str) -> set[datetime]:
    """The different instants in these rows; days repeat so often that each is turned into one only once."""
    values = {value for row in rows if isinstance(value := row.get(key), int | float | str)}
    return {each for value in values if (each := from_milliseconds(value)) is not None}


def _check_days(days: set[datetime], first: date, last: date) -> None:
    """Days that were not asked for would be counted with the window that asks for them as well. Raises Odd."""
    earliest = datetime(first.year, first.month, first.day, tzinfo=UTC) - BEFORE_MIDNIGHT
    latest = datetime(last.year, last.month, last.day, tzinfo=UTC) + AFTER_MIDNIGHT
    if any(not earliest <= each <= latest for each in days):
        raise Odd(f"Pendo answers with other days than those from {first} to {last}, which it was asked for.")
