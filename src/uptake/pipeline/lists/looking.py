"""Looking at a customer list: which tables it has, what each row would do, what is to be asked. Nothing is written."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from django.utils import timezone

from uptake.customers.lists import parts
from uptake.customers.lists.planning import Plan, plan
from uptake.customers.lists.rows import Choices, Row, What
from uptake.customers.models import Contract
from uptake.kit.errors import ProductError
from uptake.lake.engine import duckdb_connection
from uptake.lake.models import Import
from uptake.pipeline.home import set_aside_path, staging
from uptake.pipeline.lists.told import CUSTOMER_LIST, ListAnswers, list_answers, outcomes_path
from uptake.pipeline.preview import limits
from uptake.sources.customer_lists.cells import CURRENCIES, filled
from uptake.sources.customer_lists.fields import hint_of
from uptake.sources.customer_lists.recognise import ListTable, Said, open_list
from uptake.sources.customer_lists.rows import rows_of
from uptake.sources.reading import Question

MOST_ROWS = 100_000
MOST_SNIFFED = 64_000_000  # bytes: no list is larger, and usage files of gigabytes are not to be opened twice
EXAMPLES = 3
SAMPLE = 10  # rows that the preview itself holds; all are in the file of outcomes


class TooManyRows(ProductError):
    """More rows than one list may have."""

    status = 413


@contextmanager
def opened(
    paths: Sequence[Path], work: Path, answers: ListAnswers
) -> Iterator[tuple[list[ListTable], duckdb.DuckDBPyConnection]]:
    """The tables of the files. Raises NotAList and what opening files raises."""
    con = duckdb_connection()
    try:
        said = Said(answers.columns, answers.day_first, answers.decimal)
        yield open_list(paths, work, limits(), con, said), con
    finally:
        con.close()


def is_clearly_a_list(paths: Sequence[Path], work: Path) -> bool:
    """Whether the headers say so themselves, before anybody asks whether the files are usage. Never raises."""
    if sum(path.stat().st_size for path in paths if path.is_file()) > MOST_SNIFFED:
        return False
    try:
        with opened(paths, work, ListAnswers()) as (tables, _):
            return all(table.is_sure for table in tables)
    except (ProductError, duckdb.Error):
        return False  # reading it as usage says what is the matter


def look_at_list(batch: Import, answers: ListAnswers | None = None) -> Plan | None:
    """Note in the import what its rows would do; None while something is open. Raises NotAList and TooManyRows."""
    answers = answers if answers is not None else list_answers(batch)
    paths = [Path(file.path) for file in batch.files.all()]
    work = staging(batch.pk) / "list"
    with opened(paths, work, answers) as (tables, con):
        questions = _unanswered([question for table in tables for question in table.questions])
        preview: dict[str, Any] = {
            "kind": CUSTOMER_LIST,
            "tables": [_told(table) for table in tables],
            "questions": [_question(each) for each in questions],
            "warnings": [],
            "answers": answers.to_json(),
        }
        planned = None if questions else _planned(tables, con, work, answers)
    found: Plan | None = None
    if planned is not None:
        found, asked = planned
        preview |= {"questions": [_question(each) for each in asked], **_counted(found)}
        _keep_rows(batch, found)
    batch.platform, batch.report = CUSTOMER_LIST, {"preview": preview}
    batch.save(update_fields=["platform", "report"])
    return found


def _unanswered(questions: Sequence[Question]) -> list[Question]:
    return list({question.key: question for question in questions}.values())


def _planned(
    tables: Sequence[ListTable], con: duckdb.DuckDBPyConnection, work: Path, answers: ListAnswers
) -> tuple[Plan, list[Question]]:
    rows: list[Row] = []
    for table in tables:
        for row in rows_of(table, con, work):
            kinds = frozenset(str(kind) for kind in row.kinds)
            rows.append(Row(row.table, row.number, row.text, kinds, row.said, row.wrong))
            if len(rows) > MOST_ROWS:
                raise TooManyRows(f"The list has more than {MOST_ROWS:,} rows; send it in parts.")
    choices = Choices(timezone.localdate(), answers.currency, answers.first_day, answers.makes_customers)
    found = plan(rows, choices)
    return found, _asked_of(found)


def _asked_of(found: Plan) -> list[Question]:
    """What rows lack that one answer gives to all of them. Nothing is assumed: a wrong currency is seen by nobody."""
    whys = {why for each in found.outcomes if each.what == What.WAITS for why in each.why.split("; ")}
    asked = []
    if parts.NO_CURRENCY in whys:
        used = Contract.objects.order_by("currency").values_list("currency", flat=True).distinct()
        sentence = "In which currency are the amounts? Say its three letters, such as EUR."
        asked.append(Question("currency", sentence, tuple(dict.fromkeys((*used, *CURRENCIES))), None, instead="EUR"))
    if whys & {parts.NO_START, parts.NO_FIRST_GRANT}:
        sentence = (
            "No column says when new contracts and entitlements begin. From which day do they count? "
            "Contracts and seats count from this day; nothing counts before it."
        )
        asked.append(Question("starts", sentence, (), None, instead="2026-01-31"))
    return asked


def _counted(found: Plan) -> dict[str, Any]:
    return {
        "rows": len(found.outcomes),
        "counts": found.counts,
        "made": found.made,
        "ownerUnknown": found.ownerless,
        "newSegments": found.new_segments,
        "setAside": found.reasons,
        "digest": found.digest,
        "sample": [outcome.told() for outcome in found.outcomes[:SAMPLE]],
    }


def _told(listed: ListTable) -> dict[str, Any]:
    means = {column: key for key, column in listed.mapping.items()}
    return {
        "name": listed.table.name,
        "kinds": [str(kind) for kind in listed.kinds],
        "mapping": dict(listed.mapping),
        "columns": [
            {
                "column": name,
                "means": means.get(name, ""),
                "hint": _hint(name, means),
                "examples": _examples(listed, name),
            }
            for name in listed.table.columns
        ],
    }


def _hint(column: str, means: Mapping[str, str]) -> str:
    return "" if means.get(column) else hint_of(column)


def _examples(listed: ListTable, column: str) -> list[str]:
    values = dict.fromkeys(text[:80] for row in listed.table.sample if (text := filled(row.get(column))))
    return list(values)[:EXAMPLES]


def _question(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "sentence": question.sentence,
        "choices": list(question.choices),
        "assumed": question.assumed,
        "instead": question.instead,
    }


def _keep_rows(batch: Import, found: Plan) -> None:
    """Each row with what becomes of it, and those set aside once more as a table to open."""
    path = outcomes_path(batch.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(outcome.told(), ensure_ascii=False) + "\n" for outcome in found.outcomes)
    aside = [outcome for outcome in found.outcomes if outcome.what == What.ASIDE]
    path = set_aside_path(batch.pk)
    if not aside:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "row", "reason", "text"])
        table.writerows([each.row.table, each.row.number, each.why, each.row.text] for each in aside)
