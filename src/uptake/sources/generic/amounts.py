"""How much: the count of uses and the length of use, as SQL that gives plain numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from uptake.kit import sql
from uptake.kit.errors import ProductError
from uptake.sources.generic import numbers
from uptake.sources.generic.columns import Column
from uptake.sources.generic.headers import SECONDS, Unit
from uptake.sources.generic.numbers import Decimal
from uptake.sources.generic.said import Clock
from uptake.sources.generic.values import Profile
from uptake.sources.reading import Answers, Question, Table

LENGTHS: tuple[Unit, ...] = ("seconds", "minutes", "hours", "milliseconds")


class NoNumbers(ProductError):
    """The column named for a number holds none."""


@dataclass(frozen=True)
class Amount:
    """An expression that gives numbers with a decimal point, and what must be asked about it."""

    expression: str
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spelling:
    """How the table writes numbers: one sheet does it in one way, so its columns speak for each other."""

    table: Table
    answers: Answers
    con: duckdb.DuckDBPyConnection | None
    columns: Sequence[Profile]

    def decimal(self, found: numbers.Numbers, over: str, *, whole: bool) -> Decimal | None:
        """The reader's word, else the column's, else the other columns', else the whole column's, else None."""
        if self.answers.decimal is not None:
            return self.answers.decimal
        proven = found.decimal(whole=whole)
        if proven is None and not (found.point and found.comma):
            proven = numbers.pooled([numbers.look(p.seen) for p in self.columns if p.numbers > 0.8 and p.dates < 0.5])
            if proven is None and self.con is not None and over:
                proven = numbers.settle(self.table, over, self.con).decimal(whole=whole)
        return proven


def count(column: Column, spelling: Spelling) -> Amount:
    """Uses a row stands for. Raises NoNumbers."""
    return _number(column, spelling, whole=True)


def melted(columns: Sequence[Column], spelling: Spelling) -> Amount:
    """The cells of a wide table, as counts."""
    found = numbers.look({cell for column in columns for cell in column.filled})
    decimal = spelling.decimal(found, "", whole=True)
    asked = () if decimal else (_which_decimal(found, "The cells"),)
    return Amount(numbers.expression("_melted_value", found, decimal or "."), asked)


def duration(profile: Profile, spelling: Spelling, length: Unit | Clock | None) -> Amount:
    """Seconds of use, from whatever unit the header or the reader names. Raises NoNumbers."""
    column = profile.column
    if profile.clocks >= 0.8:
        return _clocked(profile, length)
    amount = _number(column, spelling, whole=False)
    unit = length if length in SECONDS else profile.header.unit
    asked = amount.questions
    if unit is None:
        unit = "seconds"
        choices = tuple(f"{profile.name} in {each}" for each in LENGTHS)
        sentence = f"“{profile.name}” does not say its unit. Is it in seconds, minutes, hours or milliseconds?"
        asked = (*asked, Question("duration", sentence, choices, choices[0]))
    factor = SECONDS[unit]  # type: ignore[index]  # Clock lengths never get here
    expression = amount.expression
    if factor != 1:
        scaled = f"* {factor:g}" if factor > 1 else f"/ {1 / factor:g}"
        expression = f"coalesce(CAST(TRY_CAST({expression} AS DOUBLE) {scaled} AS VARCHAR), {column.sql})"
    return replace(amount, expression=_without_nothings(column, expression), questions=asked)


def _clocked(profile: Profile, length: Unit | Clock | None) -> Amount:
    """01:15:30 is a length; of 5:30 the file does not say whether it is minutes or hours, so it is not guessed."""
    column, text = profile.column, profile.column.sql
    with_seconds = sum(value.count(":") == 2 for value in profile.seen) >= 0.8 * len(profile.seen)
    if not with_seconds and length is None:
        warning = (
            f"“{profile.name}” could be minutes and seconds or hours and minutes, and is left out. To take it along, "
            f"map the duration to “{profile.name} in minutes:seconds” or “{profile.name} in hours:minutes”."
        )
        return Amount("NULL", warnings=(warning,))
    if not with_seconds and length == "minutes:seconds":
        text = f"'00:' || {text}"
    seconds = f"coalesce(CAST(epoch(TRY_CAST({text} AS INTERVAL)) AS VARCHAR), {column.sql})"
    return Amount(_without_nothings(column, seconds))


def _number(column: Column, spelling: Spelling, *, whole: bool) -> Amount:
    found = numbers.look(column.filled)
    if not found.values:
        example = column.filled[0] if column.filled else ""
        raise NoNumbers(f"“{column.name}” holds no numbers, but values such as “{example}”.")
    decimal = spelling.decimal(found, column.over_relation, whole=whole)
    asked = () if decimal else (_which_decimal(found, f"“{column.name}”"),)
    return Amount(numbers.expression(column.sql, found, decimal or "."), asked)


def _which_decimal(found: numbers.Numbers, where: str) -> Question:
    if found.point and found.comma:
        sentence = f"{where} has numbers with a decimal point and numbers with a decimal comma. Which one is right?"
    else:
        text = found.example
        sentence = f"Is “{text}” in {where} {text.replace('.', '').replace(',', '')}, or the fraction {text.replace(',', '.')}?"
        sentence += " Say which sign is the decimal sign."
    return Question("decimal", sentence, (".", ","), None)


def _without_nothings(column: Column, expression: str) -> str:
    """Words for “nothing” seen in the column are no length, and no reason to set the row aside."""
    if not column.nothings:
        return expression
    return f"CASE WHEN lower(trim({column.sql})) IN ({', '.join(map(sql.text, column.nothings))}) THEN NULL ELSE {expression} END"
