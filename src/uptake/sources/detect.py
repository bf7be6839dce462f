"""What a file is: its tables, and the format that reads each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from uptake.sources.agree import agree_on_customer
from uptake.sources.containers import members
from uptake.sources.fields import NoSuchColumn
from uptake.sources.limits import Limits
from uptake.sources.pendo import lookup
from uptake.sources.reading import Answers, Member, NotUsage, Reading, Table
from uptake.sources.registry import FORMATS, GENERIC
from uptake.sources.tables import open_tables

ENOUGH_SEEN = 24  # tables of an export that are looked at closely; a day of hourly files


@dataclass(frozen=True)
class Found:
    """A table and how it is read."""

    table: Table
    reading: Reading

    def summary(self) -> dict[str, Any]:
        """For the preview and the import's report."""
        reading = self.reading
        return {
            "name": self.table.name,
            "platform": reading.platform,
            "format": reading.format,
            "title": reading.title,
            "confidence": round(reading.confidence, 2),
            "grain": reading.grain,
            "mapping": dict(reading.mapping),
            "guesses": {
                word: {"column": guess.column, "confidence": round(guess.confidence, 2), "why": guess.why}
                for word, guess in reading.guesses.items()
            },
        }


@dataclass(frozen=True)
class Looked:
    """All that one import's files hold."""

    found: tuple[Found, ...]
    skipped: tuple[str, ...]  # why a sheet or an archive's member beside usage was not read
    names: Mapping[
        tuple[str, str], str
    ]  # (platform, event name) -> readable name, from lists that came with the events


def find_readings(
    paths: Sequence[Path], work: Path, limits: Limits, con: duckdb.DuckDBPyConnection, answers: Answers
) -> Looked:
    """Every table of these files that holds usage, in the files' order; an export in many files is read alike.

    Raises NotUsage when a file holds none; a sheet or an archive's member beside usage may hold something else.
    """
    names: dict[str, str] = {}
    found: list[Found] = []
    skipped: list[str] = []
    for number, path in enumerate(paths, start=1):
        here, refused, looked_up = _in_file(path, work / str(number), limits, con, answers, before=len(found))
        found += here if not found else [replace(each, table=_light(each.table)) for each in here]
        names |= looked_up
        skipped += map(str, refused)
        if not here and not looked_up:
            raise refused[0] if refused else NotUsage(f"{path.name} holds no usage.")
    if not found:
        raise NotUsage("Only a list of feature names was given; give it together with the file of feature events.")
    readings = agree_on_customer([(each.table, each.reading) for each in found])
    found = [Found(each.table, reading) for each, reading in zip(found, readings, strict=True)]
    return Looked(tuple(found), tuple(skipped), {("pendo", name): readable for name, readable in names.items()})


def _in_file(
    path: Path, work: Path, limits: Limits, con: duckdb.DuckDBPyConnection, answers: Answers, *, before: int
) -> tuple[list[Found], list[NotUsage], dict[str, str]]:
    """``before``: how many tables of the import were found already."""
    found: list[Found] = []
    refused: list[NotUsage] = []
    names: dict[str, str] = {}
    for member in members(path, work, limits):
        plain = replace(_plainly_named(member, work), is_one_of_many=before + len(found) >= ENOUGH_SEEN)
        for table in open_tables(plain, work, limits, con):
            looked_up = lookup.names(table)
            if looked_up is not None:
                names |= looked_up
                continue
            try:
                reading = read_table(table, con, answers)
                found.append(Found(_light(table) if found else table, reading))
            except NotUsage as refusal:
                refused.append(refusal)
            except NoSuchColumn as missing:
                if table.kind != "sheet":
                    raise
                refused.append(NotUsage(str(missing)))  # another sheet may have the column
    return found, refused, names


def _plainly_named(member: Member, work: Path) -> Member:
    """The member under a path without signs that DuckDB's readers take for a pattern of several files."""
    if not any(sign in str(member.path) for sign in "*?["):
        return member
    work.mkdir(parents=True, exist_ok=True)
    link = work / f"plain-{len(list(work.iterdir()))}"
    link.symlink_to(member.path.absolute())
    return replace(member, path=link)


def _light(table: Table) -> Table:
    """The table without its sample: an archive may hold thousands, and one is enough to show."""
    return replace(table, sample=(), sampled=len(table.sample))


def read_table(table: Table, con: duckdb.DuckDBPyConnection, answers: Answers) -> Reading:
    """The reading of the first format that knows the table; any other table is read by its headers and values."""
    for one in FORMATS:
        if answers.platform in {None, one.platform}:
            reading = one.read(table, answers)
            if reading is not None:
                return reading
    if answers.platform not in {None, GENERIC.platform}:
        raise NotUsage(f"{table.name} is not an export of {answers.platform} that Uptake knows.")
    reading = GENERIC.read(table, answers, con)
    if reading is None:
        raise NotUsage(f"{table.name} is no table of usage: it needs who, what and when in its columns.")
    return reading
