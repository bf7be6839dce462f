"""How DuckDB reads a column of dates: the SQL behind a ``When``, per shape."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from uptake.sources.generic.dates import Cell, Dates, Shape, epoch_unit
from uptake.sources.generic.months import named_to_iso
from uptake.sources.reading import When

Rule = Callable[[Dates, str, str, bool, bool], When]


def when(dates: Dates, column: str, *, zone: str, day_first: bool, days_only: bool) -> When:
    """How the column (an expression) becomes an instant. ``days_only``: the clock, if any, says nothing; drop it."""
    zone = "UTC" if dates.zoned and not days_only else zone
    return _RULES[dates.shape](dates, column, zone, day_first, days_only)


def _clocked(dates: Dates) -> bool:
    return any(cell.clock is not None for cell in dates.read)


def _separators(dates: Dates) -> tuple[str, ...]:
    return tuple(separator for separator, _ in Counter(cell.separator for cell in dates.read).most_common())


def _iso_when(dates: Dates, column: str, zone: str, _day_first: bool, days_only: bool) -> When:
    if days_only:
        column = f"split_part(replace({column}, 'T', ' '), ' ', 1)" if _clocked(dates) else column
    elif any("," in cell.text for cell in dates.read):
        column = f"replace({column}, ',', '.')"
    if any(cell.separator == "." for cell in dates.read):
        # Only the first two dots belong to the date
        column = rf"regexp_replace({column}, '^\s*([0-9]+)[.]([0-9]+)[.]', '\1-\2-')"
    if not days_only:
        if any(re.search(r"[T ]\d{1,2}(?![\d:])", cell.text) for cell in dates.read):
            column = rf"regexp_replace({column}, '([T ][0-9]{{1,2}})($|Z|[+-])', '\1:00\2')"
        if any(re.search(r"\s[+-]\d", cell.text) for cell in dates.read):
            column = f"replace(replace({column}, ' +', '+'), ' -', '-')"
    return When(column, "iso", zone=zone)


def _numeric_when(dates: Dates, column: str, zone: str, day_first: bool, _days_only: bool) -> When:
    if any(re.search(r"[-/.]\s", cell.text) for cell in dates.read):
        column = f"replace({column}, '. ', '.')"
    if any("," in cell.text for cell in dates.read):
        column = f"replace({column}, ',', '')"
    if dates.zoned:
        column = f"regexp_replace({column}, '\\s*(Z|UTC|GMT)$', '')"
    halves = {cell.half_days for cell in dates.read if cell.half_days}
    if any("." in half or " " in half for half in halves):
        column = rf"regexp_replace({column}, '([AaPp])\.?\s?[Mm]\.?$', '\1M')"
    # Careful: %Y also takes “25”, as the year 25; two digits must be tried first
    years = [year for year, short in (("%y", True), ("%Y", False)) if any(c.short_year == short for c in dates.read)]
    orders = ["%d{0}%m{0}" if day_first else "%m{0}%d{0}"]
    if dates.year_first:
        orders, years = ["%y{0}%m{0}%d"], [""]
    days = [order.format(sep) + year for sep in _separators(dates) for order in orders for year in years]
    formats = tuple(day + clock for clock in _clocks(dates) for day in days)
    return When(column, "formats", formats=formats, zone=zone)


def _clocks(dates: Dates) -> tuple[str, ...]:
    """strptime clocks to try: those the sample shows first, then the others that would be no surprise."""
    halves = {cell.half_days for cell in dates.read if cell.half_days}
    clocks = ["", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f"]
    if halves:
        gap = (
            " " if any(re.search(r"\d\s+[AaPp]\.?\s?[Mm]", cell.text) for cell in dates.read if cell.half_days) else ""
        )
        clocks = [" %I:%M:%S" + gap + "%p", " %I:%M" + gap + "%p", *clocks]
    seen = Counter(_clock_of(cell) for cell in dates.read if not cell.half_days)
    return tuple(sorted(clocks, key=lambda clock: -seen[clock]))


def _clock_of(cell: Cell) -> str:
    if cell.clock is None:
        return ""
    colons = cell.text.count(":")
    return " %H:%M" if colons == 1 else " %H:%M:%S" if cell.clock[3] == 0 else " %H:%M:%S.%f"


def _epoch_when(dates: Dates, column: str, zone: str, _day_first: bool, days_only: bool) -> When:
    texts = [cell.text for cell in dates.read]
    unit = epoch_unit(texts[0])
    if days_only:
        per_second = {"s": "* 1000000", "ms": "* 1000", "us": ""}[unit]
        day = f"strftime(make_timestamp(CAST(try_cast({column} AS DOUBLE) {per_second} AS BIGINT)), '%Y-%m-%d')"
        return When(f"coalesce({day}, {column})", "iso", zone=zone)
    if any("." in text for text in texts):
        column = f"coalesce(CAST(CAST(round(try_cast({column} AS DOUBLE) * 1000000) AS BIGINT) AS VARCHAR), {column})"
        return When(column, "epoch", unit="us", zone="UTC")
    return When(column, "epoch", unit=unit, zone="UTC")


def _compact_when(dates: Dates, column: str, zone: str, _day_first: bool, _days_only: bool) -> When:
    if dates.zoned:
        column = f"replace({column}, 'Z', '')"
    return When(column, "formats", formats=("%Y%m%d", "%Y%m%dT%H%M%S", "%Y%m%d%H%M%S", "%Y%m%d %H%M%S"), zone=zone)


def _named_when(dates: Dates, column: str, zone: str, _day_first: bool, _days_only: bool) -> When:
    short = all(cell.short_year for cell in dates.read)
    text = named_to_iso(column, with_day=dates.shape == "named", short_year=short)
    if any(cell.half_days for cell in dates.read):
        formats = ("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
        return When(text, "formats", formats=formats, zone=zone)
    return When(text, "iso", zone=zone)


def _iso_month_when(_dates: Dates, column: str, zone: str, _day_first: bool, _days_only: bool) -> When:
    return When(f"replace(replace({column}, '/', '-'), '.', '-') || '-01'", "iso", zone=zone)


def _numeric_month_when(dates: Dates, column: str, zone: str, _day_first: bool, _days_only: bool) -> When:
    formats = tuple(f"%m{separator}%Y" for separator in _separators(dates))
    return When(f"replace({column}, ' ', '')", "formats", formats=formats, zone=zone)


def _compact_month_when(_dates: Dates, column: str, zone: str, _day_first: bool, _days_only: bool) -> When:
    return When(column, "formats", formats=("%Y%m",), zone=zone)


def _week_when(_dates: Dates, column: str, zone: str, _day_first: bool, _days_only: bool) -> When:
    return When(f"{column} || '-1'", "formats", formats=("%G-W%V-%u", "%GW%V-%u"), zone=zone)


_RULES: Mapping[Shape, Rule] = {
    "iso": _iso_when,
    "numeric": _numeric_when,
    "named": _named_when,
    "compact": _compact_when,
    "epoch": _epoch_when,
    "iso_month": _iso_month_when,
    "numeric_month": _numeric_month_when,
    "compact_month": _compact_month_when,
    "named_month": _named_when,
    "week": _week_when,
}
