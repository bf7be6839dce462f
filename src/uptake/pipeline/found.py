"""What was found in uploaded files, told for the form in which a teammate confirms it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import duckdb

from uptake.lake.engine import duckdb_connection
from uptake.pipeline.preview import open_questions
from uptake.sources.detect import Found, Looked
from uptake.sources.generic.columns import columns_of
from uptake.sources.reading import Answers
from uptake.sources.registry import GENERIC

EXAMPLES = 3
COUNTED_BYTES = 200_000_000  # of larger files the rows are not counted before they are read


def likeness(each: Found) -> tuple[object, ...]:
    """Equal for tables that are read in the same way."""
    return each.reading.platform, each.reading.format, each.table.columns


def preview_of(looked: Looked, answers: Answers) -> dict[str, Any]:
    """What was found, as an import keeps it for the form: tables with their columns, rows, questions, warnings."""
    first: dict[Any, dict[str, Any]] = {}
    for each in looked.found:
        key = likeness(each)
        if key in first:
            first[key]["alike"] += 1
        else:
            first[key] = _table(each)
    questions = {q.key: q for q in open_questions(looked.found, answers)}
    return {
        "tables": list(first.values()),
        "rows": _rows(looked),
        "byHand": answers.by_hand,
        "questions": [{**asdict(question), "choices": list(question.choices)} for question in questions.values()],
        "warnings": [*looked.skipped, *dict.fromkeys(w for each in looked.found for w in each.reading.warnings)],
    }


def _rows(looked: Looked) -> int | None:
    """How many rows there are, where counting them takes no time; damaged files are counted when they are read."""
    paths = [each.table.path for each in looked.found]
    if any(path is None for path in paths) or sum(path.stat().st_size for path in paths if path) > COUNTED_BYTES:
        return None
    con = duckdb_connection()
    try:
        counts = [con.execute(f"SELECT count(*) FROM {each.table.relation}").fetchone() for each in looked.found]
    except duckdb.Error:
        return None
    finally:
        con.close()
    return sum(int(count[0]) for count in counts if count)


def _table(found: Found) -> dict[str, Any]:
    reading, table = found.reading, found.table
    means = {column: word for word, column in reading.mapping.items()}
    names = [*table.columns] or _names(found)
    return {
        "name": table.name,
        "platform": reading.platform,
        "format": reading.format,
        "title": reading.title,
        "grain": reading.grain,
        "confidence": round(reading.confidence, 3),
        "sampled": len(table.sample),
        "alike": 0,  # further tables that are read in the same way
        "columns": [_column(found, name, means.get(name, "")) for name in names],
    }


def _names(found: Found) -> list[str]:
    """Of JSON records: every value where the reader may choose, else those that the platform's layout reads."""
    if found.reading.platform == GENERIC.platform:
        return [column.name for column in columns_of(found.table)]
    return list(found.reading.mapping.values())


def _column(found: Found, name: str, means: str) -> dict[str, Any]:
    values = [text for row in found.table.sample if (text := _cell(row, name))]
    guess = found.reading.guesses.get(means)
    return {
        "column": name,
        "means": means,
        "confidence": round(guess.confidence if guess else found.reading.confidence, 3) if means else None,
        "why": guess.why if guess else "",
        "examples": [value[:80] for value in list(dict.fromkeys(values))[:EXAMPLES]],
        "distinct": len(set(values)),
    }


def _cell(row: Mapping[str, Any], name: str) -> str:
    """A cell by its column; in JSON also by a path such as properties.time."""
    value: Any = row
    if name in row:
        value = row[name]
    else:
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    return "" if value is None else str(value)
