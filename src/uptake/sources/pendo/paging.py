"""All rows of a pipeline, a page at a time, none lost and none twice.

Pendo has no cursor. A page is the first ``limit`` rows in the order of some keys; fewer rows than that are all there are.
1. The rows of a full page's highest key may go on behind its end: they are left to the next page, which begins with them.
2. Where one value of a key fills a page by itself, its rows are paged by the next key.
3. Whether a missing key sorts first or last is not documented: once a page is full, rows without the key are asked apart.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

from uptake.kit.http import Odd
from uptake.sources.pendo.pipeline import Stage, literal, page
from uptake.sources.pull import line_of

Row = dict[str, Any]
Ask = Callable[[Sequence[Stage]], list[Row]]


class Pages:
    """The rows that ``stages`` yield, in pages of at most ``limit`` rows. ``is_paged``: there was more than one."""

    def __init__(self, ask: Ask, stages: Sequence[Stage], keys: Sequence[str], limit: int) -> None:
        self.ask = ask
        self.stages = list(stages)
        self.keys = tuple(keys)
        self.limit = limit
        self.received = 0
        self.is_paged = False

    def __iter__(self) -> Iterator[list[Row]]:
        return self._pages(self.keys, ())

    def _pages(self, keys: Sequence[str], conditions: Sequence[str]) -> Iterator[list[Row]]:
        """Raises Odd where values of a key cannot be put in order."""
        rows = self._page(keys, conditions)
        if len(rows) < self.limit:
            yield unique(rows)
            return
        if not keys:
            yield self._one(rows)
            return
        self.is_paged = True
        first, *others = keys
        yield from self._pages(others, (*conditions, f"isNull({first})"))
        conditions = (*conditions, f"!isNull({first})")
        rows = self._page(keys, conditions)
        while len(rows) >= self.limit:
            last = _highest(rows, first)
            whole = [row for row in rows if row[first] != last]
            if whole:
                yield unique(whole)
            else:
                yield from self._pages(others, (*conditions, f"{first} == {literal(last)}"))
            after = ">=" if whole else ">"
            rows = self._page(keys, (*conditions, f"{first} {after} {literal(last)}"))
            _check_order(rows, first, after, last)
        yield unique(rows)

    def _one(self, rows: Sequence[Row]) -> list[Row]:
        """A full page on which all keys are equal: one row that came often, or more rows than can be told apart."""
        if len(found := unique(rows)) > 1:
            raise Odd(f"Pendo answers with over {self.limit:,} rows that differ in nothing they can be sorted by.")
        return found

    def _page(self, keys: Sequence[str], conditions: Sequence[str]) -> list[Row]:
        rows = self.ask([*self.stages, *page(keys or self.keys, conditions, self.limit)])
        self.received += len(rows)
        return rows


def unique(rows: Sequence[Row]) -> list[Row]:
    """Rows that are the same in every field once."""
    return list({_same(row): row for row in rows}.values())


def _same(row: Row) -> Hashable:
    """Equal for equal rows."""
    try:
        return frozenset(row.items())
    except TypeError:  # a list or an object among the values
        return line_of(dict(sorted(row.items())))


def _highest(rows: Sequence[Row], key: str) -> Any:
    """By code points, as the server compares text; not merely the last row's, which it may have put anywhere."""
    try:
        return max(row[key] for row in rows)
    except (KeyError, TypeError) as why:
        raise Odd(f"Pendo answers with values of “{key}” that cannot be put in order.") from why


def _check_order(rows: Sequence[Row], key: str, after: str, last: Any) -> None:
    """Raises Odd where the server's order is another than ours: rows could be lost, or pages come without end."""
    try:
        in_order = all(row[key] > last if after == ">" else row[key] >= last for row in rows)
    except (KeyError, TypeError):
        in_order = False
    if not in_order:
        raise Odd(f"Pendo puts values of “{key}” in another order than that of their letters.")
