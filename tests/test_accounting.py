"""Every row is accounted for: rows read = imported + duplicates + set aside + refused, whatever the table looks like.

Hypothesis makes dirty tables; Python's csv module reads them a second time and the rules of docs/definitions.md, once more
in plain loops, say what each record is. The services are called in the order in which the durable steps call them.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.models import DataFile, Import
from uptake.lake.schemas import USAGE_DAILY, USAGE_EVENTS
from uptake.pipeline import imports, preview
from uptake.sources.reading import Answers

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = ["customer", "user", "feature", "timestamp", "count"]
NO_RECORD = "a totals row, not a record"
NO_USE = "the count is 0: no use"


@dataclass(frozen=True)
class Style:
    """How a table is written. ``days``: totals per day instead of single events."""

    delimiter: str
    newline: str
    quote_all: bool
    bom: bool
    with_id: bool
    days: bool
    title: bool

    @property
    def header(self) -> list[str]:
        return [*HEADER, "event_id"] if self.with_id else HEADER


class Use(NamedTuple):
    """What a good record says."""

    account: str | None
    visitor: str | None
    feature: str
    at: datetime
    count: int
    id: str | None


class Judged(NamedTuple):
    """What the records of one file are, by row number as a spreadsheet shows it."""

    good: dict[int, Use]
    repeated: set[int]  # totals that stand in the file already, whole row for whole row
    set_aside: dict[int, str]
    refused: dict[int, str]
    cells: dict[int, list[str]]


def judge(text: str, style: Style) -> Judged:
    """The second reading. Blank rows are no records; a totals row is none where it stands below all records."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=style.delimiter))
    width, top = len(style.header), rows.index(style.header) + 1
    records = {number: row for number, row in enumerate(rows[top:], start=top + 1) if any(cell.strip() for cell in row)}
    refused = {}
    for number in reversed(records):
        if records[number][0] != "Total" or any(records[number][1:-1]):
            break
        refused[number] = NO_RECORD
    good, repeated, set_aside, seen = {}, set(), {}, set()
    for number, row in records.items():
        if number in refused:
            continue
        found = one_record(row, width, style, ends=number == len(rows) and not text.endswith("\n"))
        if found == NO_USE:
            refused[number] = found
        elif isinstance(found, str):
            set_aside[number] = found
        elif style.days and tuple(row[:width]) in seen:
            repeated.add(number)
        else:
            good[number] = found
            seen.add(tuple(row[:width]))
    return Judged(good, repeated, set_aside, refused, records)


def one_record(row, width, style, *, ends):
    """The use, or why there is none: the first reason that holds."""
    if len(row) < width or any(row[width:]):
        cut = "the file ends in the middle of this row"
        return cut if ends else f"{'fewer' if len(row) < width else 'more'} cells than the header"
    cells = [cell.strip() for cell in row]
    account, visitor, feature, when, count = (cell if cell.lower() not in ("", "n/a") else None for cell in cells[:5])
    if feature is None:
        return "no feature"
    if when is None:
        return "no date"
    try:
        at = datetime.fromisoformat(when.replace("Z", "+00:00"))
    except ValueError:
        return "the date is not readable"
    at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    if at.year < 2000:
        return "the date is before 2000"
    if at.year > 2080:
        return "the date is in the future"
    if count is None:
        return "the count is empty"
    try:
        uses = float(count)
    except ValueError:
        return "the count is not a whole number"
    if uses != int(uses):
        return "the count is not a whole number"
    if uses <= 0:
        return "the count is negative" if uses < 0 else NO_USE
    return Use(account, visitor, feature, at, int(uses), (cells[5] or None) if style.with_id else None)


PLAIN = Style(delimiter=",", newline="\n", quote_all=False, bom=False, with_id=False, days=False, title=False)


# What a table is made of

PEOPLE = ("ann", "bob", "cem", "")
CUSTOMERS = ("acme", "borealis", " cobalt ", "")
FEATURES = ("search", "export;all, now|fast", "a\ttab", "two\nlines", 'says "so"', "share")
CLOCKS = ("T09:15:30Z", "T23:59:59Z", "T00:00:01+02:00", "T21:30:00-05:00")
ODD = {  # column -> cells that spoil the record
    "feature": ("", "  ", "n/a"),
    "timestamp": ("", "soon", "2025-13-45"),
    "count": ("", "-3", "0", "2.5", "many"),
}


@st.composite
def styles(draw, **fixed):
    chosen = {
        "delimiter": draw(st.sampled_from(",;\t|")),
        "newline": draw(st.sampled_from(["\n", "\r\n"])),
        "quote_all": draw(st.booleans()),
        "bom": draw(st.booleans()),
        "with_id": draw(st.booleans()),
        "days": draw(st.booleans()),
        "title": draw(st.booleans()),
    }
    return Style(**chosen | fixed)


@st.composite
def good_row(draw, style):
    day = date(2025, 3, draw(st.integers(1, 28)))
    clock = "" if style.days else draw(st.sampled_from(CLOCKS))
    row = [draw(st.sampled_from(part)) for part in (CUSTOMERS, PEOPLE, FEATURES)]
    row += [f"{day}{clock}", draw(st.sampled_from(["1", "2", "17", "3.0"]))]
    return [*row, draw(st.sampled_from(["", "e1", "e2", "e3", "e4"]))] if style.with_id else row


@st.composite
def odd_row(draw, style):
    """A record spoilt in one or two ways: cells that cannot be, an impossible day, too few or too many cells."""
    row = draw(good_row(style))
    for column in draw(st.lists(st.sampled_from(list(ODD)), max_size=2)):
        row[HEADER.index(column)] = draw(st.sampled_from(ODD[column]))
    how = draw(st.sampled_from(["cells", "1970", "2090", "short", "long", "long but empty", "total"]))
    if how in ("short", "long"):
        row[2] = row[2].replace("\n", " ")  # of a broken record over several lines, each line counts as one
    if how in ("1970", "2090"):
        row[3] = f"{how}-01-01" + ("" if style.days else "T10:20:30Z")
    elif how == "short":
        del row[draw(st.integers(2, len(row) - 1)) :]
    elif how in ("long", "long but empty"):
        row += ["more"] if how == "long" else ["", ""]
    elif how == "total":
        row = ["Total", *[""] * (len(row) - 2), "99"]
    return row


@st.composite
def tables(draw, style):
    """The text of a file: enough plain records to tell what it is, odd ones, repeats and blank rows among them."""
    plain = [
        [f"acme {n % 3}", f"user{n % 4}@acme.example", f"feature {n % 5}", f"2025-03-{n + 1:02}", str(n % 3 + 1)]
        for n in range(20)
    ]
    for number, row in enumerate(plain):
        row[3] += "" if style.days else f"T10:{number:02}:07Z"
        row += [f"plain{number}"] if style.with_id else []
    some = st.one_of(good_row(style), odd_row(style), st.just([]), st.sampled_from(plain))
    rows = draw(st.lists(some, max_size=14))
    rows += [row for row in rows if row and draw(st.booleans())]  # repeats
    rows = draw(st.permutations(plain + rows))
    rows += [["Total", *[""] * (len(style.header) - 2), "1234"]] * draw(st.integers(0, 1))
    return written(style, rows)


def written(style, rows):
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if style.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=style.delimiter, lineterminator=style.newline, quoting=quoting)
    if style.title:
        out.write(f"Usage of March{style.newline}{style.newline}")
    writer.writerow(style.header)
    for row in rows:
        if row:
            writer.writerow(row)
        else:
            out.write(style.newline)
    return ("\ufeff" if style.bom else "") + out.getvalue()


# The steps, and what they leave


def import_text(folder: Path, name: str, text: str) -> Import:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    answers = Answers(yes=True)
    batch, found = preview.start_preview([path], answers)
    assert preview.open_questions(found, answers) == []
    preview.confirm(batch, answers)
    for step in (imports.stage, imports.convert, imports.commit, imports.finish):
        step(batch.pk)
    return Import.objects.get(pk=batch.pk)


def lake(table, schema):
    with engine() as opened:
        rows = opened.files("rows", files.selections(files.live(table)), schema)
        return opened.arrow(rows).to_pylist()


def facts_of(batch):
    return {
        row["row_number"]: Use(
            row["account_id"],
            row["visitor_id"],
            row["event_name"],
            row["occurred_at"],
            row["event_count"],
            row["event_id"],
        )
        for row in lake(DataFile.Table.USAGE_EVENTS, USAGE_EVENTS)
        if row["import_id"] == batch.pk
    }


def uses_by_day():
    return Counter(
        {
            (row["account_id"], row["visitor_id"], row["event_name"], row["day"]): row["uses"]
            for row in lake(DataFile.Table.USAGE_DAILY, USAGE_DAILY)
        }
    )


def set_aside_rows(batch):
    path = batch.report["setAsideFile"]
    if path is None:
        return {}
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["row"] for row in rows}) == len(rows)
    return {int(row["row"]): (row["reason"], row["text"]) for row in rows}


def same_ids(judged):
    """Rows that repeat an event id with all its content; of totals the id is no more than one of their fields."""
    contents = Counter(use for use in judged.good.values() if use.id)
    return sum(copies - 1 for copies in contents.values())


def counted(style, *every):
    """Uses per day by the rules for duplicates; the files in the order of their imports."""
    total = Counter()
    if style.days:
        newest = {}
        for judged in every:
            sums = Counter()
            for use in judged.good.values():
                sums[use.account, use.visitor, use.feature, use.at.date()] += use.count
            newest |= sums
        return Counter(newest)
    copies = Counter()
    for judged in every:
        inside = Counter(judged.good.values())
        for use, often in inside.items():
            copies[use] = 1 if use.id else max(copies[use], often)
    for use, often in copies.items():
        total[use.account, use.visitor, use.feature, use.at.date()] += use.count * often
    return total


def assert_accounted_for(batch, judged, style, *, known=0):
    """``known``: rows of this file that an earlier import brought."""
    report = batch.report
    expected_aside = Counter(judged.set_aside.values())
    repeated = len(judged.repeated) + (0 if style.days else same_ids(judged))
    assert {each["reason"]: each["rows"] for each in report["setAside"]} == expected_aside
    assert {each["reason"]: each["rows"] for each in report["refused"]} == Counter(judged.refused.values())
    assert report["rowsRead"] == len(judged.cells)
    assert report["duplicates"] == repeated + known
    assert report["imported"] == len(judged.good) - (repeated - len(judged.repeated)) - known
    assert report["rowsRead"] == report["imported"] + report["duplicates"] + len(judged.set_aside) + len(judged.refused)
    assert (batch.rows_read, batch.imported_count, batch.duplicate_count, batch.set_aside_count, batch.refused_count) == (
        report["rowsRead"], report["imported"], report["duplicates"], len(judged.set_aside), len(judged.refused)
    )  # fmt: skip
    aside = set_aside_rows(batch)
    assert {number: reason for number, (reason, _) in aside.items()} == judged.set_aside
    for number, (_, text) in aside.items():
        for cell in judged.cells[number]:
            assert cell.strip() in text.replace('""', '"').replace("\r\n", "\n")
    assert facts_of(batch) == judged.good
    assert report["unassigned"] == sum(use.account is None for use in judged.good.values())


SLOW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # a smaller table would take minutes to find
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW
@given(data=st.data())
def test_every_row_of_a_dirty_table_is_accounted_for(data, tmp_path):
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    style = data.draw(styles())
    text = data.draw(tables(style))
    batch = import_text(tmp_path, "usage.csv", text)
    judged = judge(text, style)
    assert_accounted_for(batch, judged, style)
    assert uses_by_day() == counted(style, judged)


@SLOW
@given(data=st.data())
def test_every_row_of_an_overlapping_import_is_accounted_for(data, tmp_path):
    """The second file repeats rows of the first and brings others; what is live already is a duplicate."""
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    style = data.draw(styles(title=False))
    first = data.draw(tables(style))
    second = data.draw(tables(style))
    judged = [judge(text, style) for text in (first, second)]
    assert_accounted_for(import_text(tmp_path, "march.csv", first), judged[0], style)
    if first == second:
        return  # the same bytes are refused as such
    batch = import_text(tmp_path, "again.csv", second)
    assert_accounted_for(batch, judged[1], style, known=already_live(*judged, style))
    assert uses_by_day() == counted(style, *judged)


def already_live(before, now, style):
    """Rows of the second file that stand for uses which the first one brought."""
    if style.days:
        old, new = totals(before), totals(now)
        same = {key for key in new if old.get(key) == new[key]}
        return sum((use.account, use.visitor, use.feature, use.at) in same for use in now.good.values())
    old, new = Counter(before.good.values()), Counter(now.good.values())
    return sum((1 if use.id else min(copies, old[use])) for use, copies in new.items() if old[use])


def totals(judged):
    sums = Counter()
    for use in judged.good.values():
        sums[use.account, use.visitor, use.feature, use.at] += use.count
    return sums


@pytest.mark.parametrize("nothing", [",,,,", '"","","","",""', " ,, , ,"])
@pytest.mark.parametrize("other", ["", "\n", "acme,ann,search\n"], ids=["clean", "blank line", "short row"])
def test_rows_of_nothing_but_delimiters_are_blank_rows(nothing, other, tmp_path):
    """Spreadsheets write them for empty rows; they are no records, whatever else the file holds."""
    good = [f"acme,ann,search,2025-03-{n:02}T10:00:07Z,1\n" for n in range(1, 10)]
    text = ",".join(HEADER) + "\n" + "".join(good[:4]) + f"{nothing}\n" + other + f"{nothing}\n" * 3 + "".join(good[4:])
    batch = import_text(tmp_path, "usage.csv", text)
    assert_accounted_for(batch, judge(text, PLAIN), PLAIN)


def test_records_over_several_lines_below_a_blank_row_are_no_notes(tmp_path):
    good = [f"acme,ann,search,2025-03-{n:02}T10:00:07Z,1\n" for n in range(1, 10)]
    last = 'acme,ann,"two\nlines",2025-03-14T10:00:07Z,17\n'
    text = ",".join(HEADER) + "\n" + "".join(good) + "\n" + last + "\n" + last
    batch = import_text(tmp_path, "usage.csv", text)
    assert batch.imported_count == 11
    assert_accounted_for(batch, judge(text, PLAIN), PLAIN)
