"""Small tables for the tests of this format: written as CSV, read by the format, converted by DuckDB."""

from pathlib import Path

import duckdb

from uptake.sources.generic.parser import GenericFormat
from uptake.sources.reading import Answers, Reading, Table
from uptake.sources.tests.by_hand import Row, csv_table, rows


def read(folder: Path, text: str, answers: Answers | None = None) -> Reading:
    return GenericFormat().read(csv_table(folder, text), answers or Answers())


def read_with_file(table: Table, answers: Answers | None = None) -> Reading:
    """The same with a connection, so that the whole file may decide."""
    with duckdb.connect() as con:
        return GenericFormat().read(table, answers or Answers(), con)


def converted(folder: Path, text: str, answers: Answers | None = None) -> list[Row]:
    table = csv_table(folder, text)
    return rows(table, GenericFormat().read(table, answers or Answers()))


def questions(reading: Reading) -> dict[str, str | None]:
    """Key of each question and what would be assumed."""
    return {question.key: question.assumed for question in reading.questions}
