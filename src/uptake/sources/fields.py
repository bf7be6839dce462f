"""The values a table can give: columns of a file, keys of JSON records, keys of JSON inside cells.

A value is named by its keys: ``("user_id",)``, ``("groups", "company")``. ``Fields`` writes the SQL that takes it out,
and remembers which JSON paths the Reading must ask for. Python looks at the table's sample only.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from uptake.kit import sql
from uptake.kit.errors import ProductError
from uptake.lake.schemas import MISSING
from uptake.sources.reading import Table

Keys = tuple[str, ...]
SHOWN = 20  # names in a refusal or a question; more would hide the sentence
DEEPEST = 3  # properties › $groups › company


class NoSuchColumn(ProductError):
    """``--map`` names a column that the table does not have."""


def label(keys: Keys) -> str:
    """How people write the value's name: ``groups.company``."""
    return ".".join(keys)


def is_present(value: object) -> bool:
    """Whether a sampled value says anything at all."""
    return value is not None and str(value).strip().lower() not in MISSING


def either(*expressions: str) -> str:
    """The first of several texts that is neither NULL nor empty."""
    if len(expressions) == 1:
        return expressions[0]
    return "coalesce(" + ", ".join(f"nullif({expression}, '')" for expression in expressions) + ")"


def entries(value: object) -> list[Any]:
    """The entries of a sampled list, also of one written as text by JSON or Python; anything else is its own entry."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            value = _parse(value)
    return [each for each in value if is_present(each)] if isinstance(value, list) else [value]


def first_of_list(expression: str) -> str:
    """The text itself, or the first entry where it is a list as JSON (``["acme"]``) or Python (``['acme']``) writes it.

    Text that only looks like a list, such as the name “[Foo] Inc”, stays as it is.
    """
    as_python = f"WHEN starts_with({expression}, '[''') THEN split_part(substr({expression}, 3), '''', 1)"
    as_json = f"WHEN json_valid({expression}) THEN json_extract_string({expression}, '$[0]')"
    # Python writes ["O'Brien"] for a name with an apostrophe; beside 'a' in one list that is no JSON.
    mixed = f"WHEN starts_with({expression}, '[\"') THEN split_part(substr({expression}, 3), '\"', 1)"
    of_list = f"CASE {as_python} {as_json} {mixed} ELSE {expression} END"
    return f"CASE WHEN starts_with({expression}, '[') THEN {of_list} ELSE {expression} END"


def json_path(keys: Keys) -> str:
    """DuckDB's path to a key of a key; names are quoted, for they are free text (``Cart Size (# of Items)``)."""
    if any(sign in key for key in keys for sign in '"*\\'):  # signs that a quoted path cannot hold
        return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
    return "$" + "".join(f'."{key}"' for key in keys)


class Fields:
    """The named values of one table. ``json_paths`` grows with every value that is asked for."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.json_paths: dict[str, str] = {}
        names = table.columns or tuple(dict.fromkeys(name for record in table.sample for name in record))
        self.names = names
        self._spelled = {name.strip().lower(): name for name in reversed(names)}  # of equal names the first wins
        self._parsed: dict[str, list[Any]] = {}

    def find(self, *spellings: str) -> str | None:
        """The first of these names that the table has, as the table spells it; case does not matter."""
        return next((self._spelled[name] for name in map(str.lower, spellings) if name in self._spelled), None)

    def has(self, *spellings: str) -> bool:
        """Whether the table has every one of these names."""
        return all(name.lower() in self._spelled for name in spellings)

    def values(self, *keys: str) -> list[Any]:
        """The sampled values, None where a record has none; JSON inside cells is already parsed when looked into."""
        return self._walk_into(keys, parsed=len(keys) > 1)

    def present(self, *keys: str) -> list[Any]:
        """The sampled values that say something."""
        return [value for value in self.values(*keys) if is_present(value)]

    def inner_keys(self, *keys: str) -> list[str]:
        """The keys seen inside an object, in the order of first sight."""
        objects = (value for value in self._walk_into(keys, parsed=True) if isinstance(value, Mapping))
        return list(dict.fromkeys(str(key) for value in objects for key in value))

    def text(self, *keys: str) -> str:
        """SQL of the value as text; NULL where a record has none or the cell's JSON is broken."""
        column, *inner = keys
        if self.table.kind == "json" and not (inner and self._is_text(column)):
            return self._extracted(keys)
        cell = self._extracted((column,)) if self.table.kind == "json" else sql.name(column)
        if not inner:
            return cell
        path = sql.text(json_path(tuple(inner)))
        return f"CASE WHEN json_valid({cell}) THEN json_extract_string({cell}, {path}) END"

    def first(self, *keys: str) -> str:
        """SQL of the value, or of its first entry where it is a list."""
        return first_of_list(self.text(*keys))

    def resolve(self, written: str) -> Keys:
        """The value that ``--map`` names: a column, or a path such as ``properties.company_id``.

        Raises NoSuchColumn naming what there is.
        """
        known = {written: (written,)} if written in self.names else {label(keys): keys for keys in self.walk()}
        if written in known:
            return known[written]
        folded = {name.lower(): keys for name, keys in known.items()}
        if written.strip().lower() in folded:
            return folded[written.strip().lower()]
        shown = ", ".join(list(known)[:SHOWN])
        more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
        raise NoSuchColumn(f"{self.table.name} has no column “{written}”. It has: {shown}{more}.")

    def walk(self, keys: Keys = ()) -> Iterator[Keys]:
        """Every value that can be named, objects left out, in file order."""
        for name in self.inner_keys(*keys) if keys else self.names:
            here = (*keys, name)
            inside = len(here) < DEEPEST and self.inner_keys(*here)
            if inside:
                yield from self.walk(here)
            else:
                yield here

    @cached_property
    def _looks_like_json(self) -> dict[str, bool]:
        """Per column: whether its cells hold JSON objects or lists as text."""
        return {name: self._any_json(name) for name in self.names}

    def _any_json(self, name: str) -> bool:
        texts = (record.get(name) for record in self.table.sample)
        return any(isinstance(text, str) and text.lstrip()[:1] in ("{", "[") for text in texts)

    def _is_text(self, name: str) -> bool:
        return self._looks_like_json.get(name, False)

    def parsed(self, column: str) -> list[Any]:
        """The sampled values of a column, JSON inside cells parsed."""
        return self._walk_into((column,), parsed=True)

    def _walk_into(self, keys: Keys, *, parsed: bool) -> list[Any]:
        column, *inner = keys
        found = self._top(column, parsed=parsed)
        for key in inner:
            found = [value.get(key) if isinstance(value, Mapping) else None for value in found]
        return found

    def _top(self, name: str, *, parsed: bool) -> list[Any]:
        if parsed and self._is_text(name):
            if name not in self._parsed:
                self._parsed[name] = [_parse(record.get(name)) for record in self.table.sample]
            return self._parsed[name]
        return [record.get(name) for record in self.table.sample]

    def _extracted(self, keys: Keys) -> str:
        name = label(keys)
        self.json_paths[name] = json_path(keys)
        return sql.name(name)


def _parse(cell: object) -> Any:
    """What a cell's JSON says; the cell itself where it is none."""
    if not isinstance(cell, str):
        return cell
    try:
        return json.loads(cell)
    except ValueError:
        return cell
