"""The rows that an import could not take, for people to open. They may name people of every customer there is."""

import csv
from collections.abc import Iterator
from pathlib import Path

from uptake.kit.errors import ProductError
from uptake.kit.spreadsheet import harmless
from uptake.lake.models import Import
from uptake.pipeline.home import set_aside_path
from uptake.pipeline.uploads import access_import
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, may, require


class NothingSetAside(ProductError):
    """No row of the import was set aside, or they are not kept any more."""

    status = 404


def may_open_set_aside(teammate: Teammate, batch: Import) -> bool:
    """Whoever began the import, and who sees every customer anyway; always with the right to see people by name."""
    its_own = batch.begun_by_id == teammate.pk
    return may(teammate, Right.IMPORT) and may(teammate, Right.SEE_PEOPLE) and (its_own or may(teammate, Right.SEE_ALL))


def access_set_aside(teammate: Teammate, import_id: int) -> Path:
    """The file. Raises NothingSetAside, NoSuchUpload for an import that is not theirs to see, NotAllowed."""
    require(teammate, Right.IMPORT)
    require(teammate, Right.SEE_PEOPLE)
    batch = access_import(teammate, import_id)
    if not may_open_set_aside(teammate, batch):
        raise NotAllowed("The rows set aside may name any customer's people: only who began the import may open them.")
    path = set_aside_path(batch.pk)
    if not path.is_file():
        raise NothingSetAside(f"No rows of import {import_id} are set aside.")
    return path


def safe_csv(path: Path) -> Iterator[bytes]:
    """The file line by line, every cell safe for a spreadsheet."""
    csv.field_size_limit(2**31 - 1)
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"  # so that spreadsheets read accents
    with path.open(encoding="utf-8", newline="", errors="replace") as file:
        for row in csv.reader(line.replace("\0", "") for line in file):
            yield writer.writerow([harmless(cell) for cell in row]).encode()


class _Echo:
    """A file for ``csv.writer`` whose write returns the line."""

    def write(self, line: str) -> str:
        return line
