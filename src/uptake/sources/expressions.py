"""SQL that turns a Reading's text into canonical values. Whatever cannot be read becomes NULL here and a reason later."""

from datetime import date

import duckdb

from uptake.kit import sql
from uptake.lake.schemas import MISSING
from uptake.sources.reading import Reading, When

EARLIEST = date(2000, 1, 1)  # before this there was no product of ours to use; zeros and 1900-01-00 land there
MOST_USES = 1_000_000_000  # of one row; sums of far more would not fit into 64 bits
HALF_A_DAY = "INTERVAL 12 HOUR"
UNIT_MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}


def instant(when: When) -> str:
    """The time column as a naive UTC TIMESTAMP.

    Expects the session's TimeZone to be ``when.zone``: DuckDB takes it for text that names no zone of its own.
    """
    if when.kind == "epoch":
        micros = f"TRY_CAST(round(TRY_CAST({when.expression} AS DOUBLE) * {UNIT_MICROSECONDS[when.unit]}) AS BIGINT)"
        written = f"TRY(make_timestamp({micros}))"
        return _from_local(written, when.zone) if when.wall_clock else written
    if when.kind == "iso":
        return f"make_timestamp(epoch_us(TRY_CAST({when.expression} AS TIMESTAMPTZ)))"
    return _from_local(f"TRY_STRPTIME({when.expression}, {sql.texts(when.formats)})", when.zone)


def _from_local(naive: str, zone: str) -> str:
    """A wall clock reading in a zone as naive UTC."""
    return naive if zone == "UTC" else f"timezone('UTC', timezone({sql.text(zone)}, {naive}))"


def _to_local(utc: str, zone: str) -> str:
    return utc if zone == "UTC" else f"timezone({sql.text(zone)}, timezone('UTC', {utc}))"


def total_day(reading: Reading, utc: str) -> str:
    """The calendar day a daily or monthly total stands for, as the platform meant it; NULL for anything finer.

    A platform writes the instant of its own midnight, and does not say in which zone: the nearest midnight is meant.
    A month's total stands on the month's last day, when all of it has happened.
    """
    if reading.grain not in {"day", "month"}:
        return "NULL::DATE"
    local = _to_local(utc, reading.when.zone)
    day = f"CAST({local} + {HALF_A_DAY} AS DATE)" if reading.when.kind == "epoch" else f"CAST({local} AS DATE)"
    return day if reading.grain == "day" else f"last_day({day})"


def total_start(reading: Reading, utc: str) -> str:
    """The instant a total begins: midnight of its day, the first of its month; other rows keep their instant."""
    if reading.grain == "hour":  # a zone's hours may begin at half past; two of a clock change stay two
        local = _to_local(utc, reading.when.zone)
        return f"{utc} - ({local} - date_trunc('hour', {local}))"
    if reading.grain == "event":
        return utc
    day = total_day(reading, utc)
    first = day if reading.grain == "day" else f"date_trunc('month', {day})"
    return _from_local(f"CAST({first} AS TIMESTAMP)", reading.when.zone)


def number(expression: str, decimal: str) -> str:
    """A number as DOUBLE, with the decimal sign the file uses; the other sign and spaces part thousands."""
    if expression.strip("'").isdigit():
        return f"{expression.strip(chr(39))}::DOUBLE"
    text = f"trim(replace({expression}, chr(160), ' '))"
    parting, point = (r"\.", ",") if decimal == "," else (",", r"\.")
    in_groups = (
        f"regexp_full_match({text}, {sql.text(rf'[+-]?[0-9]{{1,3}}(({parting}| )[0-9]{{3}})+({point}[0-9]*)?')})"
    )
    whole = f"replace(replace({text}, ' ', ''), {sql.text(parting[-1])}, '')"
    parted = f"CASE WHEN {in_groups} THEN TRY_CAST(replace({whole}, ',', '.') AS DOUBLE) END"
    if decimal == ",":
        plain = f"CASE WHEN NOT contains({text}, '.') THEN TRY_CAST(replace({text}, ',', '.') AS DOUBLE) END"
        return f"coalesce({plain}, {parted})"
    return f"coalesce(TRY_CAST({expression} AS DOUBLE), {parted})"  # the cast itself passes over spaces


def is_constant(expression: str) -> bool:
    """NULL or one literal: the same for every row, so it needs no column while reading."""
    return expression == "NULL" or (
        expression.startswith("'") and expression.endswith("'") and "'" not in expression[1:-1]
    )


SPACES = " \t\r\n\u00a0\ufeff"


def is_odd(name: str) -> str:
    """Whether a name must be cleaned: it has spaces around it, or is a word that platforms write for nothing."""
    spaces = ", ".join(sql.text(space) for space in SPACES)
    longest = max(map(len, MISSING))
    is_nothing = f"length({name}) <= {longest} AND lower({name}) IN ({_NOTHING})"
    return f"left({name}, 1) IN ({spaces}) OR right({name}, 1) IN ({spaces}) OR ({is_nothing})"


def are_odd(con: duckdb.DuckDBPyConnection, name: str, source: str) -> bool:
    """Whether one of a column's different values at least must be cleaned.

    By a table of them: inside one query DuckDB would look at every row instead of every value.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE distinct_values AS SELECT DISTINCT {name} FROM {source}")
    [(odd,)] = con.execute(f"SELECT count(*) FROM distinct_values WHERE {is_odd(name)}").fetchall()
    con.execute("DROP TABLE distinct_values")
    return bool(odd)


def cleaned(name: str) -> str:
    """The name without spaces around it; NULL where it says nothing."""
    return f"CASE WHEN lower({trimmed(name)}) NOT IN ({_NOTHING}) THEN {trimmed(name)} END"


def trimmed(name: str) -> str:
    """A pattern, because DuckDB's own trim takes fifty times as long when it is given characters."""
    space = r"[\s\x{00A0}\x{FEFF}]"
    return f"regexp_replace({name}, {sql.text(f'^{space}+|{space}+$')}, '', 'g')"


_NOTHING = ", ".join(sql.text(word) for word in MISSING)
