"""Every row of a list with its values, or with the reason why it cannot be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from uptake.kit import sql
from uptake.sources.customer_lists import cells
from uptake.sources.customer_lists.cells import BadCell
from uptake.sources.customer_lists.fields import BY_KEY, Kind
from uptake.sources.customer_lists.recognise import ListTable
from uptake.sources.reading import TABLE_ROW, Table
from uptake.sources.tables import tolerant


@dataclass(frozen=True)
class ListRow:
    """One row. ``said``: meaning -> value of the cells that hold something; ``wrong``: why it cannot be read."""

    table: str
    number: int  # as a spreadsheet shows it
    text: str  # the row as the file has it, for whoever opens what was set aside
    kinds: tuple[Kind, ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    wrong: str = ""


def rows_of(listed: ListTable, con: duckdb.DuckDBPyConnection, work: Path) -> Iterator[ListRow]:
    """All rows of the table, those that are damaged or no records too, so that each is accounted for."""
    table = listed.table
    try:
        records = _records(table, con)
    except duckdb.Error:  # damaged beyond its beginning: read with care, the broken ones apart
        table = tolerant(table, con, work)
        records = _records(table, con)
    for number, cell in records:
        yield _row(listed, number, cell)
    for refused in table.refused:
        for number in refused.rows:
            yield ListRow(table.name, number, "", wrong=refused.reason)
    if table.broken_rows:
        for number, reason, text in con.execute(f"SELECT * FROM {table.broken_rows}").fetchall():
            yield ListRow(table.name, int(number), str(text or ""), wrong=str(reason))


def _records(table: Table, con: duckdb.DuckDBPyConnection) -> list[tuple[int, dict[str, str | None]]]:
    columns = ", ".join(sql.name(column) for column in table.columns)
    number = f"{TABLE_ROW}, " if table.numbered else ""
    read = con.execute(f"SELECT {number}{columns} FROM {table.relation}").fetchall()
    if not table.numbered:
        read = [(table.first_row + place, *row) for place, row in enumerate(read)]
    return [(int(row[0]), dict(zip(table.columns, row[1:], strict=True))) for row in read]


def _row(listed: ListTable, number: int, cell: Mapping[str, str | None]) -> ListRow:
    text = " | ".join("" if each is None else str(each) for each in cell.values())
    said: dict[str, Any] = {}
    wrong: list[str] = []
    for key, column in listed.mapping.items():
        if written := cells.filled(cell[column]):
            try:
                said |= _READ[BY_KEY[key].type](listed, key, written)
            except BadCell as why:
                wrong.append(f"{column}: {why}")
    said |= _currencies_of_headers(listed, said)
    return ListRow(listed.table.name, number, text, listed.kinds, said, "; ".join(wrong))


def _currencies_of_headers(listed: ListTable, said: Mapping[str, Any]) -> dict[str, str]:
    """A cell, or the row's currency column, is nearer to the amount than the header is."""
    if "currency" in said:
        return {}
    named = {f"currency of {key}": currency for key, currency in listed.currencies.items() if key in said}
    return {key: currency for key, currency in named.items() if key not in said}


def _amount(listed: ListTable, key: str, text: str) -> dict[str, Any]:
    value, currency = cells.amount(text, decimal=listed.decimal or ".")
    return {key: value, **({f"currency of {key}": currency} if currency else {})}


_READ: dict[str, Callable[[ListTable, str, str], dict[str, Any]]] = {
    "text": lambda _, key, text: {key: " ".join(text.split())},
    "day": lambda listed, key, text: {key: cells.day(text, day_first=listed.day_first)},
    "amount": _amount,
    "limit": lambda listed, key, text: {key: cells.limit(text, decimal=listed.decimal or ".")},
    "flag": lambda _, key, text: {key: cells.flag(text)},
    "currency": lambda _, key, text: {key: cells.currency(text)},
}
