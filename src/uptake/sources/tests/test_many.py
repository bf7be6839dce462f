"""Files of one export that are staged together: each row still says which file it is from, and where it stands there."""

import gzip
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from uptake.sources.convert import Conversion, Converted
from uptake.sources.detect import ENOUGH_SEEN, find_readings
from uptake.sources.limits import Limits
from uptake.sources.reading import Answers


def an_event(user: str, second: int, **more: object) -> str:
    return json.dumps(
        {
            "event_type": "Report Opened",
            "event_time": f"2026-03-02 09:00:{second:02d}.000000",
            "amplitude_id": 7,
            "user_id": user,
            "groups": {"company": "Acme"},
            **more,
        }
    )


def hours(folder: Path, *files: Sequence[str | bytes]) -> list[Path]:
    paths = []
    for number, lines in enumerate(files):
        path = folder / f"{number:03d}.json.gz"
        raw = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n"
        path.write_bytes(gzip.compress(raw))
        paths.append(path)
    return paths


def converted(paths: Sequence[Path], folder: Path) -> tuple[Converted, list[tuple[int, int, str]]]:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    looked = find_readings(
        paths, folder / "unpacked", Limits(max_bytes=1 << 30, max_ratio=1000), con, Answers(yes=True)
    )
    conversion = Conversion(con, import_id=1, workspace_zone="UTC", latest=date(2026, 3, 31))
    out = conversion.convert(
        [(each.table, each.reading) for each in looked.found],
        facts_path_of=lambda source: folder / f"{source}.parquet",
        set_aside_path=folder / "aside.csv",
        work=folder / "work",
    )
    rows = con.execute(
        f"SELECT file_number, row_number, visitor_id FROM read_parquet('{folder / 'amplitude.parquet'}') ORDER BY 1, 2"
    ).fetchall()
    return out, rows


def test_rows_of_many_files_say_where_they_stand(tmp_path: Path) -> None:
    paths = hours(
        tmp_path,
        [an_event("ann", 1), an_event("bob", 2), an_event("ann", 3)],
        [an_event("cem", 4)],
        [an_event("dan", 5), an_event("eva", 6)],
    )
    out, rows = converted(paths, tmp_path)
    assert (out.rows_read, out.good, out.set_aside) == (6, 6, [])
    assert rows == [(1, 1, "ann"), (1, 2, "bob"), (1, 3, "ann"), (2, 1, "cem"), (3, 1, "dan"), (3, 2, "eva")]


def test_a_bad_row_among_many_files_is_set_aside_by_its_own_number(tmp_path: Path) -> None:
    paths = hours(
        tmp_path,
        [an_event("ann", 1), an_event("bob", 2)],
        [an_event("cem", 3), an_event("cem", 4, event_time="soon"), an_event("dan", 5)],
        [an_event("eva", 6), "{not json", an_event("eva", 7)],
    )
    out, rows = converted(paths, tmp_path)
    assert (out.rows_read, out.good, out.set_aside_rows) == (8, 6, 2)
    assert rows == [(1, 1, "ann"), (1, 2, "bob"), (2, 1, "cem"), (2, 3, "dan"), (3, 1, "eva"), (3, 3, "eva")]
    aside = (tmp_path / "aside.csv").read_text()
    assert "001.json.gz,2,the date is not readable" in aside
    assert "002.json.gz,2,the line is not readable" in aside


def test_a_damaged_file_among_many_loses_its_damaged_row_only(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 stop the reading of all files at once; each by itself then tells which it is."""
    paths = hours(
        tmp_path,
        [an_event("ann", 1), an_event("bob", 2)],
        [an_event("cem", 3), b'{"event_type": "\xff\xfe"}', an_event("dan", 5)],
    )
    out, rows = converted(paths, tmp_path)
    assert (out.rows_read, out.good, out.set_aside_rows) == (5, 4, 1)
    assert rows == [(1, 1, "ann"), (1, 2, "bob"), (2, 1, "cem"), (2, 3, "dan")]


def test_an_id_that_comes_again_is_counted_and_one_on_other_content_is_a_clash(tmp_path: Path) -> None:
    paths = hours(
        tmp_path,
        [an_event("ann", 1, uuid="a"), an_event("ann", 1, uuid="a"), an_event("bob", 2, uuid="b")],
        [an_event("ann", 1, uuid="a"), an_event("bob", 9, uuid="b"), an_event("cem", 3, uuid="c")],
    )
    out, _ = converted(paths, tmp_path)
    # a: three equal rows, two of them repeats; b: one id on two contents
    assert (out.good, out.same_id, out.clashes) == (6, 2, 1)


def test_files_beyond_the_first_are_looked_at_less_closely_and_read_alike(tmp_path: Path) -> None:
    """The last file's customer key stands in none of the records that are looked at there."""
    many = [[an_event(f"user{number}", 1)] for number in range(ENOUGH_SEEN + 1)]
    without = [an_event("late", second % 60, groups={}) for second in range(400)]
    without[150] = an_event("late", 30)
    out, rows = converted(hours(tmp_path, *many, without), tmp_path)
    assert out.good == ENOUGH_SEEN + 1 + 400
    assert out.unassigned == 399
    assert rows[-1] == (ENOUGH_SEEN + 2, 400, "late")
