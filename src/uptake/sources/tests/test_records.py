"""Damaged text is judged many lines at once; the outcome is that of going through it record by record."""

import random
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from uptake.sources import records
from uptake.sources.dialect import Dialect
from uptake.sources.records import Shape

CELLS = st.sampled_from(
    ["a", "", "ü", "Acme Inc", '"b"', '"x, y"', '"say ""hi"""', '""', '5" pipe', '"two\nlines"', '"open', '"x"y', " ", "\t", "a\\b"]
)  # fmt: skip
ENDS = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\n\n", b",\n", b",,\n", b"\rx\n", b"\xfc,b,c\n"])
LINES = st.lists(st.tuples(st.lists(CELLS, min_size=1, max_size=5), ENDS), min_size=1, max_size=60)


def parted(path: Path, work: Path, *, at_once: bool, dialect: Dialect):
    """Good rows as written and broken rows, by judging windows of a few lines, or by going through all one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "TAIL_BYTES", 0 if at_once else 1 << 30)
        patch.setattr(records, "WINDOW", 97)
        out = records.split(path, Shape(dialect, 3, 2), work)
    good = out.good.read_bytes()
    broken = sorted(
        (row["_row"], row["reason"], row["text"].rstrip("\r\n")) for row in pq.read_table(out.broken).to_pylist()
    )
    assert out.broken_rows == len(broken)
    with duckdb.connect() as con:
        types = {"r": "BIGINT", "a": "VARCHAR", "b": "VARCHAR", "c": "VARCHAR"}
        how = f"auto_detect=false, header=false, delim='{dialect.delimiter}', quote='\"', escape='\"', new_line='\\n'"
        cells = ", ".join(
            f"trim(coalesce({name}, ''), ' \t')" for name in "abc"
        )  # blanks alone say nothing to any reader
        query = f"SELECT r, {cells} FROM read_csv('{out.good}', {how}, columns={types})"
        rows = con.execute(query).fetchall() if good else []
    assert out.good_rows == len(rows)
    return rows, broken


@example(lines=[(["a", "a", " "], b"\n")], delimiter=",", escape="\\")
@example(lines=[(["a", "a", "a", " "], b"\n")], delimiter=",", escape="\\")
@settings(max_examples=80, deadline=None)
@given(lines=LINES, delimiter=st.sampled_from([",", ";"]), escape=st.sampled_from(['"', "\\"]))
def test_many_at_once_is_as_one_by_one(tmp_path_factory, lines, delimiter, escape):
    folder = tmp_path_factory.mktemp("lines")
    path = folder / "usage.csv"
    sign = delimiter.encode()
    text = b"".join(sign.join(cell.encode() for cell in cells) + end.replace(b",", sign) for cells, end in lines)
    path.write_bytes(b"one,two,three\n".replace(b",", sign) + text + b"x,y,z\n".replace(b",", sign) * 3)
    dialect = Dialect(delimiter, escape)
    assert parted(path, folder, at_once=True, dialect=dialect) == parted(path, folder, at_once=False, dialect=dialect)


def test_a_damaged_file_is_gone_through_column_wise(tmp_path):
    """Two hundred thousand rows, every hundredth broken: judged at once they take a share of the time of one by one."""
    noise = random.Random(3)
    lines = [
        f'"Customer {n % 400}",user{noise.getrandbits(20)}@c{n % 400}.example,"Feature, {n % 40}",2025-03-01T10:00:07Z\n'
        if n % 100
        else f"Customer {n},only two\n"
        for n in range(200_000)
    ]
    path = tmp_path / "usage.csv"
    path.write_text("customer,user,feature,time\n" + "".join(lines))
    shape = Shape(Dialect(","), 4, 2)
    started = time.process_time()
    out = records.split(path, shape, tmp_path)
    taken = time.process_time() - started
    assert (out.good_rows, out.broken_rows) == (198_000, 2_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "TAIL_BYTES", 1 << 30)
        started = time.process_time()
        records.split(path, shape, tmp_path)
        assert taken < (time.process_time() - started) / 2
