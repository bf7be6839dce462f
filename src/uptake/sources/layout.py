"""Where the records stand in rows of text: below which header, above which totals.

The same rules for delimited text and for sheets. A row is a list of cells; blank rows are empty lists or empty cells.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low

from uptake.sources.reading import TABLE_ROW

Row = Sequence[str]

DEEPEST_HEADER = 100  # a header further down than this is none
TAIL = 12  # rows at the end that may be totals, notes or blank

TOTAL = "a totals row, not a record"
NOTE = "a note below the table, not a record"

# fmt: off
TOTAL_WORDS = frozenset({
    "total", "totals", "grand total", "overall total", "total general", "total général", "general total", "subtotal",
    "sub total", "sub-total", "sum", "summe", "summen", "gesamt", "gesamtsumme", "gesamtergebnis", "zwischensumme",
    "insgesamt", "endsumme", "totale", "totale complessivo", "totale generale", "totaux", "somme", "suma",
    "suma total", "totales", "totaal", "eindtotaal", "average", "durchschnitt", "mittelwert", "moyenne", "promedio",
    "media", "ø",
})
# fmt: on

_SPACE = " \t\r\n\u00a0\ufeff"
_NUMBER = re.compile(r"[-+(]?\s*[€$£]?\s*\d[\d.,'’\s\u00a0]*\s*(?:%|€|\$|£|h|min|s)?\)?")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(\s.*)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_EPOCH = re.compile(r"\d{10}(\d{3}){0,2}(\.\d+)?")


@dataclass(frozen=True)
class Layout:
    """``header`` is the index of the header row, None where the first record stands without one; ``first`` the
    index of the first row below it (or of the first record); ``width`` the cells of a record."""

    header: int | None
    first: int
    width: int


def locate(rows: Sequence[Row]) -> Layout | None:
    """Where the table starts in the first rows of a file; None: there is no table of two columns or more.

    Titles and summaries above are narrower than the table: the header is the first row about as full as the typical row
    further down.
    """
    filled = [_filled(row) for row in rows]
    bodies = [count for count in filled if count >= 2]
    if not bodies:
        return None
    typical = median_low(bodies[len(bodies) // 2 :])
    for index, row in enumerate(rows[:DEEPEST_HEADER]):
        if filled[index] >= _full_enough(typical) or (_is_index_header(row) and filled[index] == typical - 1 >= 2):
            below = [row for row, count in zip(rows[index + 1 :], filled[index + 1 :], strict=True) if count >= 2]
            headless = _looks_like_data(row, below)
            return Layout(None if headless else index, index if headless else index + 1, _width(row, below))
    return None


def names(header: Row, width: int) -> tuple[str, ...]:
    """Column names as the header spells them, without surrounding spaces, tabs and byte order marks.

    No two are equal, also not in another case, since DuckDB does not tell these apart: “City”, “city (2)”. A column
    without a name is called by its number from 1: “column 3”.
    """
    taken = {TABLE_ROW.casefold()}
    out = []
    for number in range(1, width + 1):
        cell = clean(header[number - 1]) if number <= len(header) else ""
        plain = name = cell or f"column {number}"
        copy = 2
        while name.casefold() in taken:
            name, copy = f"{plain} ({copy})", copy + 1
        taken.add(name.casefold())
        out.append(name)
    return tuple(out)


def clean(cell: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ", cell.strip(_SPACE))


def fits(row: Row, width: int) -> bool:
    """As many cells as the header. Empty ones beyond are no cells: some programs end every line with a delimiter."""
    return len(row) >= width and not any(row[width:])


def is_blank(row: Row) -> bool:
    return not any(cell.strip(_SPACE) for cell in row)


def is_total(row: Row) -> bool:
    """The first cell with text says “Total” in some language, and nothing but numbers stands beside it.

    So a customer called Total keeps its rows: they name a feature, a person or a day.
    """
    first = next((text for cell in row if (text := cell.strip(_SPACE))), "")
    if re.split(r"[:=]", first, maxsplit=1)[0].strip().casefold() not in TOTAL_WORDS:
        return False
    cells = [text for cell in row if (text := clean(cell))]
    if len(cells) == 1:
        cells = [part.strip() for part in re.split(r"[:=]", cells[0], maxsplit=1) if part.strip()]  # “Total: 500”
    plain = cells[0].rstrip(": ").casefold() in TOTAL_WORDS
    return plain and all(_NUMBER.fullmatch(cell) and not _DATE.fullmatch(cell) for cell in cells[1:])


def below_the_records(tail: Sequence[Row], width: int, *, cut_is_note: bool) -> list[str | None]:
    """Why each of the last rows is no record, None where it is one; blank rows among them are None too.

    A lone cell in a table of three columns or more is a note; in text, where a record may be cut off, only below a blank row or
    totals (``cut_is_note`` False).
    """
    reasons: list[str | None] = [None] * len(tail)
    at = len(tail)
    while at > 0 and (is_blank(tail[at - 1]) or is_total(tail[at - 1]) or (width > 2 and _filled(tail[at - 1]) == 1)):
        at -= 1
    set_apart = cut_is_note
    for index in range(at, len(tail)):
        row = tail[index]
        if is_blank(row):
            set_apart = True
        elif is_total(row):
            reasons[index] = TOTAL
            set_apart = True
        elif set_apart:
            reasons[index] = NOTE
    return reasons


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell.strip(_SPACE))


def _full_enough(typical: int) -> int:
    return typical if typical <= 3 else typical - 1 if typical <= 5 else -(-typical * 4 // 5)


def _is_index_header(row: Row) -> bool:
    """As data frames write it: the first column has no name, all others have one."""
    return len(row) >= 3 and not row[0].strip(_SPACE) and _filled(row) == len(row) - 1


def _width(header: Row, below: Sequence[Row]) -> int:
    named = max((index for index, cell in enumerate(header, start=1) if cell.strip(_SPACE)), default=0)
    if not below:
        return named
    [(common, _)] = Counter(len(row) for row in below).most_common(1)
    if common > named and all(not cell.strip(_SPACE) for row in below for cell in row[named:]):
        return named  # a delimiter at the end of every line
    return max(named, common)


def _looks_like_data(row: Row, below: Sequence[Row]) -> bool:
    """Whether a first row is a record: a cell of it is an e-mail address, a date, an epoch or a UUID, as those below it are."""
    for index, cell in enumerate(row):
        for shape in (_EMAIL, _DATE, _UUID, _EPOCH):
            if shape.fullmatch(cell.strip(_SPACE)):
                column = [text for each in below[:50] if len(each) > index and (text := each[index].strip(_SPACE))]
                if _share(shape, column) > 0.5:
                    return True
    return False


def _share(shape: re.Pattern[str], cells: Iterable[str]) -> float:
    matches = [bool(shape.fullmatch(cell)) for cell in cells]
    return sum(matches) / len(matches) if matches else 0.0
