"""The columns of a Table as text, whatever the file was: cells of a sheet, or values inside JSON records."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uptake.kit import sql
from uptake.lake.schemas import MISSING
from uptake.sources.reading import TABLE_ROW, Table

NESTED_LEVELS = 4  # {"user": {"company": {"id": …}}}; deeper objects stay JSON text

_MISSING = frozenset(MISSING)


@dataclass(frozen=True)
class Column:
    """One column: its name as the file spells it (``user.email`` for nested JSON) and the sample's cells in order.

    A cell is None where there is nothing, or only what platforms write for nothing: ``nothings`` are those words.
    ``path`` is the JSON path.
    """

    name: str
    cells: tuple[str | None, ...]
    nothings: tuple[str, ...] = ()
    path: str = ""

    @property
    def key(self) -> str:
        """The name under which a query has the column; a JSON key may not hide the record itself."""
        return f"{self.name}." if self.path and self.name in ("json", "line", "table_row", TABLE_ROW) else self.name

    @property
    def sql(self) -> str:
        """The column inside an expression of a Reading."""
        return sql.name(self.key)

    @property
    def over_relation(self) -> str:
        """The column inside a query over ``Table.relation``, where JSON values are not yet taken out."""
        return f"json_extract_string(json, {sql.text(self.path)})" if self.path else self.sql

    @property
    def filled(self) -> tuple[str, ...]:
        return tuple(cell for cell in self.cells if cell is not None)


def columns_of(table: Table) -> tuple[Column, ...]:
    """All columns of the table, in its order; of JSON records every key seen in the sample."""
    if table.kind != "json":
        return tuple(_column(name, [row.get(name) for row in table.sample]) for name in table.columns)
    records = [dict(_leaves(row)) for row in table.sample]
    paths = {keys: None for record in records for keys in record}
    return tuple(_column(".".join(keys), [record.get(keys) for record in records], _json_path(keys)) for keys in paths)


def _column(name: str, values: Sequence[Any], path: str = "") -> Column:
    texts = [_text(value) for value in values]
    nothings = {text.casefold() for text in texts if text and text.casefold() in _MISSING}
    cells = tuple(text if text and text.casefold() not in _MISSING else None for text in texts)
    return Column(name, cells, tuple(sorted(nothings)), path)


def _leaves(value: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, inner in value.items():
        keys = (*above, key)
        if isinstance(inner, Mapping) and inner and len(keys) < NESTED_LEVELS:
            yield from _leaves(inner, keys)
        else:
            yield keys, inner


def _json_path(keys: tuple[str, ...]) -> str:
    return "$" + "".join('."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"' for key in keys)


def _text(value: Any) -> str | None:
    """A cell as DuckDB will see it: JSON values become the text that ``json_extract_string`` gives."""
    if value is None:
        return None
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).strip()
