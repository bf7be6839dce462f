"""JSON: a record per line, one list of records, or an object that holds the list.

Lists are never read in Python: DuckDB reads the bytes between the brackets, which are found from the file's beginning and end.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from uptake.kit import sql
from uptake.sources import encodings, jsonlists
from uptake.sources.lines import has_blank_lines
from uptake.sources.magic import ACCEPTED
from uptake.sources.reading import TABLE_ROW, NotUsage, Table
from uptake.sources.records import CUT, NOT_TEXT, BrokenRows
from uptake.sources.scratch import copy_range, new_file

HEAD = 1 << 20
BLOCK = 128 << 10
SAMPLE_HEAD, SAMPLE_PART = 1000, 500
FEW = 25  # of it so small a part does for a file whose like were looked at already
MAX_RECORD_BYTES = 16 << 20
TOO_LONG = "longer than 16 MB"
CONTROL = "a control character in the line"

_EVENT_KEYS = {
    "event",
    "event_name",
    "event_type",
    "event_id",
    "distinct_id",
    "visitorid",
    "visitor_id",
    "user_id",
    "messageid",
}

_RECORD = "CASE WHEN json_valid(line) AND json_type(line) = 'OBJECT' THEN line END AS json"
_ERRORS = ("error", "errors", "message", "detail", "status", "code", "reason")


def looks_like_json(head: str) -> bool:
    """Whether a text's beginning is JSON: an object, a list of objects, or mostly lines of objects."""
    text = head.lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return text[1:].lstrip()[:1] in ('"', "}", "")
    if text.startswith("["):
        return text[1:].lstrip()[:1] in ("{", "]", "[", "") or _starts_list_of_scalars(text)
    return text[:40].lower().startswith("terminated early") or _mostly_objects(text)


def open_json(path: Path, name: str, encoding: str, work: Path, *, few: bool = False) -> Table:
    """The table of a JSON file in UTF-8, with ``few`` records as its sample.

    Raises NotUsage where it is cut off, an error answer, or no list of records.
    """
    head = encodings.block_at(path, 0, HEAD)
    text = head.decode("utf-8", "ignore" if len(head) == HEAD else "replace").removeprefix("\ufeff")
    table = Table(name, "json", "", (), (), header_row=0, encoding=encoding, numbered=False, path=path)
    whole = len(head) == path.stat().st_size
    _refuse_terminated(path, name)
    if _is_lines(text, whole=whole):
        return _lines(path, table, work, SAMPLE_PART // FEW if few else SAMPLE_PART)
    if text.lstrip().startswith("["):
        return _list(path, table, jsonlists.Span(_mark(path) + len(text) - len(text.lstrip()), None, ()), work)
    span = None if _several(text) else jsonlists.find(text)
    if span is not None:
        _refuse_cut(path, name, text if whole else None)
        end = None if span.end is None else span.end + _mark(path)
        return _list(path, table, replace(span, start=span.start + _mark(path), end=end), work)
    return _objects(path, table, text, whole)


def tolerant(table: Table, con: duckdb.DuckDBPyConnection, work: Path) -> Table:
    """The same lines, numbered, read from a copy; those that are no text or too long are in ``broken_rows``.

    Lines that are text and no JSON object stay in the relation with ``json`` NULL. Raises NotUsage for a list, which
    cannot be read on from where it is damaged.
    """
    if table.delimiter != "\n" or table.path is None:
        raise NotUsage(f"{table.name} is damaged or cut off: its list is not JSON all the way. Please export it again.")
    path = table.path
    if table.encoding == "utf-8" and encodings.settle(path) == "windows-1252":
        path = encodings.to_utf8(path, "windows-1252", work)
        table = replace(table, path=path, encoding="windows-1252")
    return _numbered(path, table, work)


def _numbered(path: Path, table: Table, work: Path) -> Table:
    with path.open("rb") as source, new_file(work, ".lines") as good, new_file(work, ".parquet") as broken_file:
        broken = BrokenRows(broken_file)
        if source.read(3) != b"\xef\xbb\xbf":
            source.seek(0)
        row = 0
        while line := source.readline(MAX_RECORD_BYTES + 2):
            row += 1
            while not line.endswith(b"\n") and len(line) > MAX_RECORD_BYTES and (rest := source.readline(BLOCK)):
                line = line[: MAX_RECORD_BYTES + 1] + rest[-1:]
            body = line.strip(b" \t\r\n")
            if not body:
                continue
            if problem := _problem(body, line):
                broken.add(row, problem, body)
            else:
                good.write(b"%d\x01%b\n" % (row, body.replace(b"\r", b" ")))
        broken.close()
    columns = f"{{'{TABLE_ROW}': 'BIGINT', 'line': 'VARCHAR'}}"
    return replace(
        table,
        relation=f"(SELECT {TABLE_ROW}, line, {_RECORD} FROM {_read_lines([Path(good.name)], columns)})",
        numbered=True,
        broken_rows=f"read_parquet({sql.text(Path(broken_file.name))})" if broken.rows else None,
    )


def _problem(body: bytes, line: bytes) -> str | None:
    if len(body) > MAX_RECORD_BYTES:
        return TOO_LONG
    if b"\x01" in body:
        return CONTROL
    try:
        body.decode()
    except UnicodeDecodeError:
        return NOT_TEXT if line.endswith(b"\n") else CUT
    return None


def _refuse_terminated(path: Path, name: str) -> None:
    end = encodings.block_at(path, max(0, path.stat().st_size - 2000), 2000).decode("utf-8", "replace").strip()
    last = end.rpartition("\n")[2].strip()
    if "terminated early" in last[-200:].lower() and not last.endswith(("}", "]")):
        raise NotUsage(f"{name} ends with “terminated early”: Mixpanel broke the export off. Please export it again.")


def _refuse_cut(path: Path, name: str, text: str | None) -> None:
    """An object that does not end, also behind its list. ``text``: the whole file, where it is short."""
    try:
        if text is None:
            cut = not encodings.block_at(path, max(0, path.stat().st_size - 1000), 1000).rstrip().endswith(b"}")
        else:
            cut = json.loads(text) is None
    except (ValueError, RecursionError):
        cut = True
    if cut:
        size = path.stat().st_size
        raise NotUsage(
            f"{name} is damaged or cut off after {size:,} bytes: the JSON does not end. Please export it again."
        )


def _lines(path: Path, table: Table, work: Path, part: int) -> Table:
    lines = _read_lines([path], "{'line': 'VARCHAR'}")
    table = replace(
        table,
        relation=f"(SELECT line, {_RECORD} FROM {lines})",
        trusting=f"(SELECT line, line AS json FROM {lines})",
        sample=tuple(_sample_of_lines(path, part)),
        delimiter="\n",
    )
    if has_blank_lines(path, 0) or _starts_blank(path):
        return _numbered(path, table, work)
    return table


def _starts_blank(path: Path) -> bool:
    return encodings.block_at(path, _mark(path), 1) in (b"\n", b"\r")


def lines_of(paths: Sequence[Path]) -> str:
    """The relation of several files of lines, one after the other: ``file_name``, ``line`` and ``json`` as in a Table."""
    columns = "{'line': 'VARCHAR'}"
    return f"(SELECT filename AS file_name, line, {_RECORD} FROM {_read_lines(paths, columns)})"


def _read_lines(paths: Sequence[Path], columns: str) -> str:
    return (
        f"read_csv({sql.texts(paths)}, auto_detect=false, header=false, delim='\x01', quote='', escape='', filename=true, "
        f"columns={columns}, max_line_size={MAX_RECORD_BYTES + 64}, buffer_size={2 * MAX_RECORD_BYTES + 128})"
    )


def _list(path: Path, table: Table, span: jsonlists.Span, work: Path) -> Table:
    end = jsonlists.end_of(path, span)
    if end is None:
        raise NotUsage(
            f"{table.name} is cut off after {path.stat().st_size:,} bytes: its list of records does not end. Please export it again."
        )
    kept = path if not span.keys else copy_range(path, span.start, end, work, ".json")
    sample = _sample_of_list(kept)
    if not sample:
        what = f" “{'.'.join(span.keys)}”" if span.keys else ""
        raise NotUsage(
            f"{table.name} holds an empty list{what} or one without records: there is nothing to import. {ACCEPTED}"
        )
    return replace(table, relation=_read_values(kept, "array"), sample=tuple(sample), path=kept)


def _read_values(path: Path, shape: str) -> str:
    return (
        "(SELECT json::VARCHAR AS line, CASE WHEN json_type(json) = 'OBJECT' THEN json::VARCHAR END AS json FROM "
        f"read_json_objects({sql.text(path)}, format='{shape}', maximum_object_size={MAX_RECORD_BYTES}))"
    )


def _objects(path: Path, table: Table, text: str, whole: bool) -> Table:
    """Objects one after the other over several lines; or a single one, which is no list."""
    size = path.stat().st_size
    try:
        first, at = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError) as why:
        raise NotUsage(
            f"{table.name} is JSON that is cut off or damaged after {size:,} bytes. Please export it again."
        ) from why
    rest = text.lstrip()[at:].lstrip(" \t\r\n,")
    if whole and not rest:
        return _single(table, first)
    if not rest.startswith("{"):
        raise NotUsage(f"{table.name} is damaged: after its first object comes something that is not JSON.")
    if not encodings.block_at(path, max(0, size - 1000), 1000).rstrip().endswith(b"}"):
        raise NotUsage(
            f"{table.name} is cut off after {size:,} bytes: its last object does not end. Please export it again."
        )
    sample = tuple(_sample_of_list(path))
    return replace(table, relation=_read_values(path, "unstructured"), sample=sample)


def _said(record: Any) -> Any:
    """What an error answer says; None: it is none. A record of use may well have a status or a message among its keys."""
    if not isinstance(record, dict):
        return None
    keys = _ERRORS if len(record) <= 3 else _ERRORS[:2]
    return next((record[key] for key in keys if record.get(key)), None)


def _several(text: str) -> bool:
    """Whether a second object follows the first."""
    try:
        _, at = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return False
    return text.lstrip()[at:].lstrip(" \t\r\n,").startswith("{")


def _single(table: Table, record: Any) -> Table:
    """Raises NotUsage: one object that is no list is an answer about something, not an export."""
    said = _said(record)
    if said is not None:
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        raise NotUsage(f"{table.name} is an error answer, not an export: “{text[:200]}”.")
    keys = ", ".join(list(record)[:8]) if isinstance(record, dict) else type(record).__name__
    raise NotUsage(
        f"{table.name} is a single JSON object without a list of records ({keys}), not a usage export. {ACCEPTED}"
    )


def _sample_of_lines(path: Path, part: int) -> Iterator[dict[str, Any]]:
    """Records of the beginning, twice ``part``, and ``part`` each of the middle and the end."""
    size = path.stat().st_size
    head = encodings.block_at(path, 0, max(HEAD, BLOCK))
    if len(head) == size:
        lines = head.split(b"\n")
        rest = lines[2 * part :]
        middle = max(0, (len(rest) - 2 * part) // 2)
        chosen = [*lines[: 2 * part], *rest[middle : middle + part], *rest[max(middle + part, len(rest) - part) :]]
        yield from _objects_in(chosen)
        return
    yield from list(_objects_in(head.split(b"\n")[:-1]))[: 2 * part]
    for at in (size // 2, size - BLOCK):
        yield from list(_objects_in(encodings.block_at(path, at, BLOCK).split(b"\n")[1:]))[-part:]


def _objects_in(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if (record := _object(line)) is not None:
            yield record


def _sample_of_list(path: Path) -> list[dict[str, Any]]:
    size = path.stat().st_size
    head = encodings.block_at(path, 0, HEAD)
    out = list(jsonlists.records_in(head.decode("utf-8", "replace"), SAMPLE_HEAD, like=None))
    if not out or len(head) == size:
        return out
    for at in (size // 2, size - BLOCK):
        text = encodings.block_at(path, at, BLOCK).decode("utf-8", "replace")
        out += list(jsonlists.records_in(text, BLOCK, like=out[0]))[-SAMPLE_PART:]
    return out


def _object(line: bytes | str) -> dict[str, Any] | None:
    try:
        record = json.loads(line.decode().removeprefix("\ufeff") if isinstance(line, bytes) else line)
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or brackets without end
        return None
    return record if isinstance(record, dict) else None


def _is_lines(text: str, *, whole: bool) -> bool:
    """A record on the first line and more lines to come; one object on one line alone may be a list's wrapping."""
    lines = text.split("\n") if whole else text.split("\n")[:-1]
    lines = [line for line in lines[:100] if line.strip()]
    if not lines:
        return False
    first = _object(lines[0])
    if len(lines) == 1 and whole:
        return first is not None and _is_one_record(lines[0], first)
    found = [_object(line) is not None for line in lines]
    return sum(found) > len(found) / 2 and (found[0] or sum(found) > 1)


def _is_one_record(text: str, record: dict[str, Any]) -> bool:
    """A file of a single line that is a record itself: no error answer, and no wrapping of a list. An event may hold lists of
    its own, but says what it is."""
    if _said(record) is not None or len(record) < 2:
        return False
    return bool({key.lower() for key in record} & _EVENT_KEYS) or not jsonlists.lists_in(text)


def _mostly_objects(text: str) -> bool:
    lines = [line.strip() for line in text.split("\n")[:50] if line.strip()]
    return len(lines) > 2 and sum(line.startswith('{"') for line in lines) > len(lines) / 2


def _starts_list_of_scalars(text: str) -> bool:
    """Not the header of a table, such as “[Segment] Group,Day”."""
    return text[1:].lstrip()[:1] in '"-0123456789' and "]" not in text.partition("\n")[0].rstrip()[:-1]


def _mark(path: Path) -> int:
    return 3 if encodings.block_at(path, 0, 3) == b"\xef\xbb\xbf" else 0
