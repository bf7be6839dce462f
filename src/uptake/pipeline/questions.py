"""Questions that are asked again and again, of other files and on other days: their SQL is made once.

Turning an expression into SQL takes longer than answering it in most workspaces. A question therefore says all that its
expression is built from, and is known again by that. Days are what changes most. So the expression is built for days
near REFERENCE, where no usage is, and in its SQL those days are moved to the ones that are asked about: to the letter
the SQL that building it for these would give.
"""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from uptake.lake.engine import DuckDBEngine, Engine
from uptake.pipeline.compiled import sql_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

REFERENCE = date(9000, 1, 1)
FARTHEST = timedelta(days=365 * 500)  # how far from REFERENCE a day may lie that was worked out from it


@dataclass(frozen=True)
class Question:
    """An expression, by what it is built from.

    ``build`` gets the tables, the days and ``of``, and reads nothing else: no setting, no clock, no database. It is a
    function of a module, not one made on the way, for it is known again by what it is.
    """

    build: Callable[..., "ir.Table"]
    tables: Any  # a table, several, or what has a ``shape``, as scores.tables.Tables
    days: tuple[date, ...] = ()  # as-of days, ascending
    of: tuple[Hashable, ...] = ()

    @property
    def key(self) -> Hashable:
        """Equal for questions whose SQL differs at most by the days."""
        apart = tuple((day - self.days[-1]).days for day in self.days)
        return (self.build, _shape(self.tables), apart, self.of)

    def on(self, *days: date) -> "ir.Table":
        """The expression for these days instead."""
        return self.build(self.tables, days, *self.of)


def answer(engine: Engine, question: Question) -> pa.Table:
    """Ask it."""
    return engine.arrow(sql_for(engine, question))


def hold(engine: Engine, name: str, question: Question) -> "ir.Table":
    """Ask it, and hold the answer as a table of the engine, for questions about it."""
    return engine.keep(name, sql_for(engine, question))


def sql_for(engine: Engine, question: Question) -> str:
    """The question in the engine's SQL."""
    if not question.days:
        return _made(engine, question, lambda: engine.compile(question.on()))
    by = question.days[-1] - REFERENCE
    made = _made(engine, question, lambda: engine.compile(question.on(*(day - by for day in question.days))))
    if "\\" in made and not isinstance(engine, DuckDBEngine):  # may quote the quote that would end the text
        return engine.compile(question.on(*question.days))
    return _moved(made, by)


def _made(engine: Engine, question: Question, make: Callable[[], str]) -> str:
    return sql_of(question.build.__name__.strip("_"), (type(engine), question.key), make)


def _shape(tables: Any) -> Hashable:
    """What an expression over tables depends on: their names and columns."""
    if isinstance(tables, tuple):
        return tuple(map(_shape, tables))
    from ibis.expr.types import Table  # heavy; whoever asks has an engine, which loaded it

    if isinstance(tables, Table):
        return (tables.get_name(), tables.schema())
    shape: Hashable = tables.shape
    return shape


_DAYS = re.compile(
    r"'(?:[^']|'')*'"  # a text stays what it is; to DuckDB a backslash in it is a letter like any other
    r"|MAKE_DATE\((?P<year>\d{4}), (?P<month>\d{1,2}), (?P<day>\d{1,2})\)"  # as Ibis writes days for both engines
    r"|(?<![\w.])(?P<number>\d{7})(?![\w.])"  # a day's number, as metrics.day_numbers counts
)


def _moved(sql: str, by: timedelta) -> str:
    """The SQL with every day near REFERENCE so much later."""
    from uptake.metrics.day_numbers import number_of  # heavy

    reference = number_of(REFERENCE)
    return _DAYS.sub(lambda found: _moved_day(found, by, reference), sql)


def _moved_day(found: re.Match[str], by: timedelta, reference: int) -> str:
    if found["number"] and abs(int(found["number"]) - reference) <= FARTHEST.days:
        return str(int(found["number"]) + by.days)
    if found["year"]:
        day = date(*(int(found[part]) for part in ("year", "month", "day")))
        if abs(day - REFERENCE) <= FARTHEST:
            day += by
            return f"MAKE_DATE({day.year}, {day.month}, {day.day})"
    return found[0]
