"""Many small files of facts become one: the same rows, in the order of time. Nobody who reads sees a difference."""

from collections.abc import Sequence

from django.db import transaction

from uptake.kit import sql
from uptake.lake import files
from uptake.lake.engine import duckdb_connection
from uptake.lake.models import DataFile, Import
from uptake.pipeline.live.judging import FORMAT, others_folder

MANY = 12
SMALL_BYTES = 64 << 20


def compact(import_id: int, *, at_least: int = MANY) -> int:
    """Put an import's small files together where there are many; how many went into one.

    Files of days far apart stay apart. Row numbers stay as they are, so a row is still found.
    """
    live = list(
        DataFile.objects.filter(
            brought_by=import_id, table=DataFile.Table.USAGE_EVENTS, retired_at=None, byte_count__lt=SMALL_BYTES
        ).order_by("first_day", "last_day", "pk")
    )
    together: list[list[DataFile]] = []
    for file in live:
        if together and (file.first_day - max(each.last_day for each in together[-1])).days <= 7:
            together[-1].append(file)
        else:
            together.append([file])
    return sum(_merge(import_id, group) for group in together if len(group) >= at_least)


def _merge(import_id: int, group: Sequence[DataFile]) -> int:
    path = files.new_path(DataFile.Table.USAGE_EVENTS, f"{import_id}-{group[0].source}")
    con = duckdb_connection()
    try:
        paths = sql.texts(files.root() / file.path for file in group)
        con.execute(
            f"COPY (SELECT * FROM read_parquet({paths}) ORDER BY occurred_at, row_number) TO {sql.text(path)} {FORMAT}"
        )
    finally:
        con.close()
    merged = files.NewFile(
        path,
        group[0].source,
        sum(file.row_count for file in group),
        min(file.first_day for file in group),
        max(file.last_day for file in group),
        key=files.ONCE,
    )
    with transaction.atomic():
        batch = Import.objects.select_for_update().get(pk=import_id)
        if not files.supersede_facts(batch, group, merged):  # it was undone meanwhile
            path.unlink()
            return 0
    return len(group)


def compact_others(import_id: int, *, at_least: int = MANY) -> None:
    """The same for the rows that are no facts."""
    names = Import.objects.get(pk=import_id).report.get("others", [])
    if len(names) < at_least:
        return
    path = others_folder() / files.new_path(DataFile.Table.USAGE_EVENTS, f"{import_id}-others").name
    con = duckdb_connection()
    try:
        paths = sql.texts(others_folder() / name for name in names)
        con.execute(f"COPY (SELECT * FROM read_parquet({paths}) ORDER BY n) TO {sql.text(path)} {FORMAT}")
    finally:
        con.close()
    with transaction.atomic():
        batch = Import.objects.select_for_update().get(pk=import_id)
        batch.report = {**batch.report, "others": [path.name]}
        batch.save(update_fields=["report"])
    for name in names:
        (others_folder() / name).unlink(missing_ok=True)
