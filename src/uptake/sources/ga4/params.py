"""GA4's lists of parameters: ``[{"key": "account_id", "value": {"string_value": "acme"}}, …]``."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from uptake.kit import sql
from uptake.sources.companies import company_rank
from uptake.sources.fields import Fields, is_present

KINDS = ("string_value", "int_value", "float_value", "double_value")
SHAPE = '[{"key": "VARCHAR", "value": {' + ", ".join(f'"{kind}": "VARCHAR"' for kind in KINDS) + "}}]"


def param(fields: Fields, column: str, key: str) -> str:
    """SQL of one parameter's value as text, of whichever kind; NULL where the row does not have it."""
    cell = fields.text(column)
    found = f"list_filter(from_json({cell}, {sql.text(SHAPE)}), lambda pair: pair.key = {sql.text(key)})[1].value"
    value = f"coalesce({', '.join(f'{found}.{kind}' for kind in KINDS)})"
    return value if fields.table.kind == "json" else f"CASE WHEN json_valid({cell}) THEN {value} END"


def keys_seen(fields: Fields, column: str) -> Counter[str]:
    """How many sampled parameters of each name say something."""
    return Counter(key for key, value in _pairs(fields, column) if is_present(value))


def company_param(fields: Fields, columns: Sequence[str]) -> tuple[str, str] | None:
    """Column and key of the parameter that looks like the customer and is seen most; on a tie the earlier column's."""
    seen = {
        (column, key): count
        for column in columns
        for key, count in keys_seen(fields, column).items()
        if company_rank(key) is not None
    }
    return max(seen, key=lambda each: (seen[each], -columns.index(each[0]))) if seen else None


def _pairs(fields: Fields, column: str) -> Iterator[tuple[str, Any]]:
    for cell in fields.parsed(column):
        for pair in cell if isinstance(cell, list) else ():
            if isinstance(pair, dict) and isinstance(pair.get("value"), dict):
                yield str(pair.get("key")), next((v for v in pair["value"].values() if v is not None), None)
