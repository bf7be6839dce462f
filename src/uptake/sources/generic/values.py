"""What a column's values look like: dates, numbers, e-mail addresses, ids, words that come again and again."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from uptake.sources.generic import dates, numbers
from uptake.sources.generic.columns import Column
from uptake.sources.generic.headers import Header, read_header, roles_of
from uptake.sources.generic.words import Role

LOOKED_AT = 400  # values of a column that are matched against patterns, spread over the sample

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,3}:[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?")
_FLAG = re.compile(r"true|false|yes|no|ja|nein|oui|non|si|y|n|t|f|0|1|x", re.IGNORECASE)


@dataclass(frozen=True)
class Profile:
    """A column with its header taken apart and its values looked at. Shares are of the filled values, 0..1."""

    column: Column

    @property
    def name(self) -> str:
        return self.column.name

    @cached_property
    def header(self) -> Header:
        return read_header(self.name)

    @cached_property
    def roles(self) -> dict[Role, float]:
        return dict(roles_of(self.name))

    @cached_property
    def filled(self) -> int:
        return len(self.column.filled)

    @cached_property
    def distinct(self) -> int:
        return len(set(self.column.filled))

    @cached_property
    def seen(self) -> tuple[str, ...]:
        filled = self.column.filled
        return filled[:: max(1, len(filled) // LOOKED_AT)]

    def _share(self, test: Callable[[str], object]) -> float:
        return sum(bool(test(value)) for value in self.seen) / len(self.seen) if self.seen else 0.0

    @cached_property
    def emails(self) -> float:
        return self._share(_EMAIL.fullmatch)

    @cached_property
    def uuids(self) -> float:
        return self._share(_UUID.fullmatch)

    @cached_property
    def numbers(self) -> float:
        return self._share(numbers.is_number)

    @cached_property
    def wholes(self) -> float:
        return self._share(str.isdecimal)

    @cached_property
    def flags(self) -> float:
        return self._share(_FLAG.fullmatch)

    @cached_property
    def clocks(self) -> float:
        """5:30, 01:15:00: a length of time, or a time of day that lacks its date."""
        return self._share(_CLOCK.fullmatch)

    @cached_property
    def dates(self) -> float:
        """Share of values that are dates and cannot be plain numbers, unless they are epochs."""
        found = dates.look(self.seen)
        return found.share if found and found.shape != "compact_month" else 0.0

    @cached_property
    def epochs(self) -> bool:
        found = dates.look(self.seen)
        return found is not None and found.shape in ("epoch", "compact")

    @cached_property
    def coarse(self) -> bool:
        return bool(self.seen) and self._share(dates.is_coarse) > 0.8

    @property
    def empty(self) -> bool:
        return self.filled == 0

    @property
    def is_text(self) -> bool:
        """Words or ids, as customers, people and features are named."""
        return self.dates < 0.5 and self.clocks < 0.5 and not self.only_flags

    @property
    def names_things(self) -> bool:
        """Text that could name a customer or a feature; numbers only where the header calls them ids."""
        return self.is_text and not self.empty and (self.numbers < 0.8 or self.header.is_id)

    @property
    def only_flags(self) -> bool:
        return self.flags > 0.98 and self.distinct <= 2

    @property
    def long(self) -> bool:
        """Sentences: descriptions, comments, feedback."""
        return bool(self.seen) and sorted(map(len, self.seen))[len(self.seen) // 2] > 60

    @property
    def unique(self) -> float:
        """Share of the values that are the only one of their kind."""
        return self.distinct / self.filled if self.filled else 0.0


def depends_on(one: Column, other: Column) -> float | None:
    """Share of the values of ``one`` that always come with the same value of ``other``: a person with one employer.

    None where under three values come again, so that nothing can be said.
    """
    partners: dict[str, set[str]] = {}
    times: dict[str, int] = {}
    for value, partner in zip(one.cells, other.cells, strict=True):
        if value is not None and partner is not None:
            partners.setdefault(value, set()).add(partner)
            times[value] = times.get(value, 0) + 1
    again = [value for value, count in times.items() if count > 1]
    return sum(len(partners[value]) == 1 for value in again) / len(again) if len(again) >= 3 else None


def unique_together(columns: Sequence[Column]) -> bool:
    """Whether no two rows of the sample agree in all the columns."""
    rows = list(zip(*(column.cells for column in columns), strict=True))
    return len(set(rows)) == len(rows)
