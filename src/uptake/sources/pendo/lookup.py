"""Names of Pendo's features, pages and track events: a list that comes beside the events, which hold ids only.

Two layouts: the API's ``{"results": [{"id", "name"}]}`` or its bare array, and a connector's ``feature_history`` with
one row per *version* of a feature. Rows: sample/feature_lookup.json
"""

import duckdb

from uptake.kit import sql
from uptake.sources.fields import Fields
from uptake.sources.reading import Table

VERSIONED = ("root_version_id", "rootversionid", "stable_version_id", "stableversionid")
PLAIN = {"id", "name", "appid", "app_id", "kind", "lastupdatedat", "last_updated_at", "color", "description"}
CHANGED = ("last_updated_at", "lastupdatedat", "valid_through", "_fivetran_synced")


def is_lookup(table: Table) -> bool:
    """Whether the table gives names to ids and nothing else."""
    fields = Fields(table)
    if not fields.has("id", "name"):
        return False
    return fields.find(*VERSIONED) is not None or {name.lower() for name in fields.names} <= PLAIN


def names(table: Table) -> dict[str, str] | None:
    """Id -> name, of the newest version where there are several; None when the table is no such list.

    Reads the whole table, not its sample: a subscription may have thousands of features.
    """
    if not is_lookup(table):
        return None
    fields = Fields(table)
    number, title = fields.text(fields.find("id") or ""), fields.text(fields.find("name") or "")
    changed = fields.find(*CHANGED)
    newest = f"arg_max({title}, coalesce({fields.text(changed)}, ''))" if changed else f"any_value({title})"
    values = ", ".join(
        f"json_extract_string(json, {sql.text(path)}) AS {sql.name(name)}" for name, path in fields.json_paths.items()
    )
    source = f"(SELECT {values} FROM {table.relation})" if fields.json_paths else table.relation
    with duckdb.connect() as con:
        named = f"nullif({number}, '') IS NOT NULL AND nullif({title}, '') IS NOT NULL"
        query = f"SELECT {number}, {newest} FROM {source} WHERE {named} GROUP BY 1"
        return dict(con.execute(query).fetchall())
