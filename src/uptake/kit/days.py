"""Periods and as-of days."""

import functools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from uptake.kit.errors import ProductError

MOST_DAYS = 9_999


@functools.cache
def zone_named(name: str) -> ZoneInfo:
    """Read from the zone files once; Python itself keeps the last eight, and workspaces have customers in more.

    Raises ZoneInfoNotFoundError.
    """
    return ZoneInfo(name)


@dataclass(frozen=True)
class Period:
    """The last ``days`` days ending on the as-of day, both ends in; ``None`` = since the beginning."""

    days: int | None = 30

    def __post_init__(self) -> None:
        if self.days is not None and not 1 <= self.days <= MOST_DAYS:
            raise ProductError(f"A period of {self.days} days cannot be; it has from 1 to {MOST_DAYS}.")

    @classmethod
    def parse(cls, text: str) -> "Period":
        """``7d``, ``30d``, ``90d``, any other ``<n>d``, or ``all``."""
        if text == "all":
            return cls(None)
        found = re.fullmatch(r"(\d{1,4})d", text)
        if not found or int(found[1]) < 1:
            raise ProductError(f"“{text}” is no period; use 7d, 30d, 90d or all.")
        return cls(int(found[1]))

    def __str__(self) -> str:
        return "all" if self.days is None else f"{self.days}d"

    def first_day(self, as_of: date, beginning: date) -> date:
        """First day of the period that ends on ``as_of``; ``beginning`` is the first day there is data for."""
        return beginning if self.days is None else as_of - timedelta(days=self.days - 1)
