"""What the parts of this room tell each other.

    file -> containers -> Member -> tables -> Table -> a Format -> Reading -> convert -> canonical rows

A ``Table`` is text in file order; a ``Format`` renames and types it by giving SQL expressions, one per canonical
column; ``convert`` runs them over the whole file inside DuckDB. Python sees only the sample.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from uptake.kit import sql
from uptake.kit.errors import ProductError
from uptake.kit.remedies import Mendable

Grain = Literal["event", "hour", "day", "month"]
"""What one row stands for: a single use, or the total of an hour, a day, a month."""

TABLE_ROW = "_row"
"""The column of every Table's relation that holds the row's number in its file, as a spreadsheet shows it."""


MAP = "map"
"""A way out: the reader knows better, and says which column is what."""

MAP_ALONE = "map alone"
"""The same, but with this one table and no other beside it."""


class NotUsage(Mendable):
    """The file is not usage data; the sentence says what was seen and what is accepted."""


class NotRecognised(NotUsage):
    """A table in which nothing says who used what and when, nor that it is something else: only the reader knows."""


class NeedsAnswer(ProductError):
    """Something only the reader knows is missing; ``questions`` says what."""

    def __init__(self, message: str, questions: Sequence["Question"] = ()) -> None:
        super().__init__(message)
        self.questions = tuple(questions)


@dataclass(frozen=True)
class Member:
    """One plain file: the file itself, or one unpacked from an archive."""

    path: Path  # where its bytes are
    name: str  # as the reader knows it: "march.zip › usage.csv"
    is_one_of_many: bool = False  # an export in many files shows in the first ones what the others are


@dataclass(frozen=True)
class Table:
    """One table found in a member: text cells in file order.

    ``relation`` is what stands after FROM in DuckDB: it yields TABLE_ROW (BIGINT, where ``numbered``) and, for delimited
    files and sheets, one VARCHAR column per header in ``columns``. For JSON it yields TABLE_ROW (where ``numbered``),
    ``line`` (the record as the file has it) and ``json`` (the same text, NULL where it is not a JSON object);
    ``columns`` is then empty and a Reading says by ``json_paths`` which values it takes out.

    A relation that is not ``numbered`` is the fast one: numbering rows inside the query would take a single thread.
    Its read may fail, with a duckdb.Error, where the file is damaged beyond the sample: then ``tables.tolerant`` gives
    the same table, numbered, with the damaged records in ``broken_rows``.
    """

    name: str
    kind: Literal["delimited", "sheet", "json"]
    relation: str
    columns: tuple[str, ...]
    sample: tuple[Mapping[str, Any], ...]  # up to 2,000 records, also from the middle and the end of a long file
    sampled: int = 0  # how many records the sample held, where it was let go to save memory
    header_row: int = 1  # row number of the header, 0 where there is none
    preamble: tuple[str, ...] = ()  # the lines above the header, as text
    encoding: str = "utf-8"
    delimiter: str = ""
    refused: tuple["RefusedRows", ...] = ()  # rows above/below the data that are not records: titles, totals
    broken_rows: str | None = None  # FROM-clause of records whose shape is broken: TABLE_ROW, reason, text
    numbered: bool = (
        True  # the relation yields TABLE_ROW; False: the n-th row of the relation (from 0) is row first_row + n
    )
    first_row: int = 1  # row number of the first record
    path: Path | None = None  # the bytes the relation reads, in UTF-8; what ``tables.tolerant`` reads again
    escape: str = '"'  # delimited: what stands before a quotation mark inside quotation marks
    trusting: str = (
        ""  # JSON lines: the relation with every line taken for a record; to take a value out of one that is
    )
    # none raises a duckdb.Error. Judging each line before it is read takes longer than reading it.


@dataclass(frozen=True)
class RefusedRows:
    """Rows that are no records of use, such as a totals line: counted, never imported."""

    reason: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Question:
    """What the file does not say. ``key`` is what ``--map KEY=VALUE`` answers."""

    key: str  # customer, visitor, feature, timestamp, dates, timezone, decimal
    sentence: str  # “Is 03/04/2025 the 3rd of April or the 4th of March?”
    choices: tuple[str, ...]  # column names, or day-first / month-first, or zone names
    assumed: str | None  # what --yes takes; None: there is no sensible guess, --yes is not enough
    explained: Mapping[str, str] = field(default_factory=dict)  # choices that are no names -> what they mean
    instead: str = ""  # an example of what may be said for all rows instead of a column: 2025-10


@dataclass(frozen=True)
class When:
    """How the time column becomes an instant.

    ``kind``: ``epoch`` (unit s, ms or us), ``iso`` (ISO 8601 and its SQL spelling, with or without zone), or
    ``formats`` (tried in order, strptime). ``zone`` is where a text without zone was written; instants that carry
    their own zone keep it. ``wall_clock``: an epoch that was written from a local clock as if it were UTC (Mixpanel
    projects from before 2023). For grain ``day`` and coarser the calendar day is what counts: an instant is rounded to
    the nearest midnight in ``zone``.
    """

    expression: str
    kind: Literal["epoch", "iso", "formats"]
    unit: Literal["s", "ms", "us"] = "s"
    formats: tuple[str, ...] = ()
    zone: str = "UTC"
    wall_clock: bool = False


@dataclass(frozen=True)
class Melt:
    """A wide table: one column per feature or per date becomes one row per cell.

    ``columns``: header -> what the header stands for (the feature's name, or the date as ISO text).
    In the expressions of the Reading, ``_melted_name`` and ``_melted_value`` hold header meaning and cell text.
    Empty cells and zeros are no rows.
    """

    columns: Mapping[str, str]


@dataclass(frozen=True)
class Guess:
    """Why a column was taken for a canonical column, for the preview."""

    column: str
    confidence: float  # 0..1
    why: str  # “header says ‘Kunde’”, “98% of values are e-mail addresses”


@dataclass(frozen=True)
class Reading:
    """How the rows of one Table become canonical rows. Expressions are DuckDB SQL over the table's columns, text in,
    text out, unless said otherwise; use ``kit.sql.name`` for columns."""

    platform: str  # what becomes `source`: pendo, amplitude, mixpanel, posthog, segment, ga4, generic
    format: str  # which of the platform's layouts: pendo_aggregation, …
    title: str  # for people: “Pendo aggregation API, feature events per day”
    confidence: float
    grain: Grain
    when: When
    account: str  # may be NULL per row: not assigned to a customer
    visitor: str
    event_name: str
    event_count: str = "'1'"
    duration_seconds: str = "NULL"
    session_id: str = "NULL"
    event_id: str = "NULL"
    identity: str = (
        ""  # grains above “event”: what must be equal for two rows to be one row exported twice, e.g. a hash
    )
    # of the platform's own fields without the loader's; "" = every column of the table, for JSON the record's text
    json_paths: Mapping[str, str] = field(default_factory=dict)  # column -> '$.properties.time', for JSON tables
    where: str = (
        ""  # rows of the platform that are no usage event (id merges …); counted as refused with `where_reason`
    )
    where_reason: str = ""
    melt: Melt | None = None
    decimal: Literal[".", ","] = "."  # how numbers are written
    mapping: Mapping[str, str] = field(default_factory=dict)  # canonical word -> column as the file spells it
    guesses: Mapping[str, Guess] = field(default_factory=dict)  # canonical word -> why (generic tables)
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()  # “exactly 10,000 rows: probably cut off by the platform's limit”
    event_names: Mapping[str, str] = field(default_factory=dict)  # lookup: event name as written -> readable name


@dataclass(frozen=True)
class Answers:
    """What the reader said with ``--map``: column names per canonical word, and the answers to questions."""

    columns: Mapping[str, str] = field(
        default_factory=dict
    )  # customer, visitor, feature, timestamp, count, duration, session, event_id
    timezone: str | None = None
    day_first: bool | None = None
    decimal: Literal[".", ","] | None = None
    platform: str | None = None  # --source
    yes: bool = False  # take what is assumed
    by_hand: bool = False  # whatever the table looks like, it is usage: the reader says which column is what
    workspace_zone: str = "UTC"


class Format(Protocol):
    """One layout of one platform. Registered in ``sources/registry.py``."""

    slug: str
    platform: str

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """How to read this table; None: not mine. Raises NotUsage for this platform's lists that are not usage, and
        ProductError for a ``--map`` that names a column the table does not have."""


def column(name: str) -> str:
    """A column of the table inside an expression."""
    return sql.name(name)
