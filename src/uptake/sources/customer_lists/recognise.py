"""Whether a table is a list of customers and what goes with them, and what its columns mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from uptake.kit.errors import ProductError
from uptake.sources.containers import members
from uptake.sources.customer_lists.cells import bare_amount, filled, header_currency
from uptake.sources.customer_lists.fields import BY_KEY, DAYS, NUMBERS, Kind, hint_of, kinds_of, meanings, phrase
from uptake.sources.generic import dates, not_usage, numbers
from uptake.sources.generic.headers import read_header, roles_of
from uptake.sources.limits import Limits
from uptake.sources.reading import NotUsage, Question, Table
from uptake.sources.tables import open_tables

NOTHING = "@none"
"""As a column: nothing in the list says this."""

USAGE_ROLES = ("timestamp", "event_id", "session", "duration", "count", "feature", "visitor")
OTHER_LISTS = ("an invoice or payment list", "a list of support tickets", "an attendance list of a webinar or event")
VISITORS = frozenset(("visitor", "visitorid", "besucherid"))
STRONG = 0.85  # a role that the header names outright
ORDERS = {"day-first": True, "month-first": False}
SIGNS = {"point": ".", "comma": ",", ".": ".", ",": ","}


class NotAList(NotUsage):
    """The file holds no list of customers; the sentence says what was seen."""


class BadMeaning(ProductError):
    """A column was given a meaning that there is not, or two columns the same."""


@dataclass(frozen=True)
class Said:
    """What a person said about the list. ``columns``: meaning -> column, or NOTHING."""

    columns: Mapping[str, str] = field(default_factory=dict)
    day_first: bool | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class ListTable:
    """One table of a list: its columns by meaning, how it writes days and numbers, and what it leaves open."""

    table: Table
    mapping: Mapping[str, str]
    kinds: tuple[Kind, ...]
    day_first: bool | None
    decimal: str | None
    questions: tuple[Question, ...]
    currencies: Mapping[str, str]  # meaning -> the currency that its header names
    is_sure: bool  # its headers say so; else it is one only if it is no usage


def open_list(
    paths: Sequence[Path], work: Path, limits: Limits, con: duckdb.DuckDBPyConnection, said: Said
) -> list[ListTable]:
    """The tables of these files that are lists, in order. Raises NotAList where one file holds none."""
    found: list[ListTable] = []
    for number, path in enumerate(paths, start=1):
        tables = [
            table
            for member in members(path, work / str(number), limits)
            for table in open_tables(member, work / str(number), limits, con)
        ]
        lists = [each for table in tables if (each := recognise(table, said)) is not None]
        if not lists:
            raise NotAList(_other(path.name, tables))
        found += lists
    return found


def _other(name: str, tables: Sequence[Table]) -> str:
    """What the file is instead of a list."""
    headers = [list(table.columns) for table in tables]
    if any(map(_is_of_users, headers)):
        return f"{name} is a list of users, not of customers and not usage: each row is one user."
    if any(map(_is_usage, headers)):
        return f"{name} is no list of customers. This is usage; import it in the chat or on the Imports page."
    return f"{name} is no list of customers: {_seen(tables)}."


def _seen(tables: Iterable[Table]) -> str:
    columns = ", ".join(next((table.columns for table in tables if table.columns), ())[:12])
    return f"none of its columns names one ({columns})" if columns else "it has no columns"


def recognise(table: Table, said: Said) -> ListTable | None:
    """The table as a list, or None where no column names the customer and another says something of it."""
    if table.kind == "json" or not table.header_row:
        return None
    headers = list(table.columns)
    mapping = {**meanings(headers), **_chosen(said, headers)}
    mapping = {key: column for key, column in mapping.items() if column != NOTHING}
    keys = frozenset(mapping)
    said_so = bool(said.columns)
    if not said_so and (_is_of_users(headers) or _is_usage(headers)):
        return None
    says_more = len(keys) > 1 or any(map(hint_of, headers))
    if not keys & {"customer", "crm_id"} or not says_more or (_is_other_list(headers) and not said_so):
        return None
    spelling = Spelling(table, mapping, said)
    questions = (*spelling.order_question(), *spelling.sign_question())
    return ListTable(
        table,
        mapping,
        kinds_of(keys),
        spelling.day_first,
        spelling.decimal,
        questions,
        _currencies(mapping),
        is_sure=said_so or (any(BY_KEY[key].tells for key in keys) and not _speaks_of_use(headers, mapping)),
    )


def _currencies(mapping: Mapping[str, str]) -> dict[str, str]:
    amounts = {key: header_currency(column) for key, column in mapping.items() if BY_KEY[key].type == "amount"}
    return {key: currency for key, currency in amounts.items() if currency}


def _chosen(said: Said, headers: Sequence[str]) -> dict[str, str]:
    """The reader's own words about columns, where this table has them. Raises BadMeaning."""
    for key in said.columns:
        if key not in BY_KEY:
            raise BadMeaning(f"“{key}” is nothing a column of a list can mean; there are {', '.join(BY_KEY)}.")
    named = [column for column in said.columns.values() if column != NOTHING]
    if twice := [column for column in named if named.count(column) > 1]:
        raise BadMeaning(f"“{twice[0]}” can mean one thing only.")
    by_phrase = {phrase(header): header for header in headers} | {
        phrase(each): each for each in named if each in headers
    }
    known = {
        key: column if column == NOTHING else by_phrase.get(phrase(column)) for key, column in said.columns.items()
    }
    chosen = {key: column for key, column in known.items() if column}
    if taken := set(chosen.values()) - {NOTHING}:  # what a column meant before it does not mean any more
        chosen |= {
            key: NOTHING for key, column in meanings(list(headers)).items() if column in taken and key not in chosen
        }
    return chosen


def _is_other_list(headers: Sequence[str]) -> bool:
    """Invoices and tickets name customers and amounts too, and are neither."""
    telling = frozenset[str]().union(*(kind.telling for kind in not_usage.KINDS if kind.called in OTHER_LISTS))
    for header in headers:
        words = read_header(header).words
        if telling & {*words, " ".join(words), *(" ".join(words[n : n + 2]) for n in range(len(words) - 1))}:
            return True
    return False


def _is_of_users(headers: Sequence[str]) -> bool:
    """Pendo's visitor list and its like: accounts and addresses stand in it, but each row is a user."""
    phrases = {phrase(header) for header in headers}
    return bool(phrases & VISITORS) and not _names_use(headers)


def _names_use(headers: Sequence[str]) -> bool:
    return any(roles_of(header).get("feature", 0) >= STRONG for header in headers)


def _is_usage(headers: Sequence[str]) -> bool:
    """Whether something that was used stands beside when or how often, and nothing that only lists say."""
    mapping = meanings(list(headers))
    if any(BY_KEY[key].tells for key in mapping) or not _names_use(headers):
        return False
    rest = [header for header in headers if header not in mapping.values()]
    return any(
        roles_of(header).get(role, 0) >= STRONG for header in rest for role in ("timestamp", "count", "duration")
    )


def _speaks_of_use(headers: Sequence[str], mapping: Mapping[str, str]) -> bool:
    """Whether a column that means nothing here is named as the time, user, feature or number of uses."""
    rest = [header for header in headers if header not in mapping.values()]
    return any(roles_of(header).get(role, 0) >= STRONG for header in rest for role in USAGE_ROLES)  # type: ignore[call-overload]


class Spelling:
    """How the table writes days and numbers: all its columns in one way, which the values say or the reader."""

    def __init__(self, table: Table, mapping: Mapping[str, str], said: Said) -> None:
        self._days = [text for key in DAYS if key in mapping for text in _values(table, mapping[key])]
        self._numbers = [
            bare_amount(text)[0] for key in NUMBERS if key in mapping for text in _values(table, mapping[key])
        ]
        self.day_first = said.day_first if said.day_first is not None else self._order()
        self.decimal = said.decimal if said.decimal is not None else numbers.look(self._numbers).decimal()

    def _order(self) -> bool | None:
        cells = [cell for text in self._days if (cell := dates.read(text)) and cell.shape == "numeric"]
        if not cells:
            return True  # nothing that could be read two ways
        found = dates.Dates("numeric", tuple(cells), len(cells))
        return found.day_first

    def order_question(self) -> tuple[Question, ...]:
        if self.day_first is not None:
            return ()
        example = next((text for text in self._days if (cell := dates.read(text)) and _both_ways(cell)), "03/04/2026")
        sentence = f"Does “{example}” say the day first or the month?"
        return (Question("dates", sentence, tuple(ORDERS), None),)

    def sign_question(self) -> tuple[Question, ...]:
        if self.decimal is not None:
            return ()
        found = numbers.look(self._numbers)
        if found.point and found.comma:
            sentence = "Some numbers have a decimal point and some a decimal comma. Which one is right?"
        else:
            whole = found.example.replace(".", "").replace(",", "")
            sentence = f"Is “{found.example}” {whole}, or {found.example.replace(',', '.')}? Say the decimal sign."
        return (Question("decimal", sentence, ("point", "comma"), None),)


def _both_ways(cell: dates.Cell) -> bool:
    return cell.shape == "numeric" and cell.first != cell.second and max(cell.first, cell.second) < 13


def _values(table: Table, column: str) -> list[str]:
    return [text for row in table.sample if (text := filled(row.get(column)))]
