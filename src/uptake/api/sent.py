"""Files that come with a request: as multipart, or one as the body itself."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest

from uptake.kit.errors import ProductError
from uptake.pipeline import uploads
from uptake.pipeline.home import uploads as uploads_folder
from uptake.pipeline.preview import size_in_bytes

CHUNK = 1024 * 1024
T = TypeVar("T")


class TooLarge(ProductError):
    """More than the workspace takes."""

    status = 413


def body_of(example: str) -> dict[str, Any]:
    """How the files may come, for the documentation."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                    }
                },
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                "text/csv": {"schema": {"type": "string"}, "example": example},
            },
        }
    }


def with_files(request: HttpRequest, filename: str, take: Callable[[Sequence[tuple[str, Path]]], T]) -> T:
    """What ``take`` makes of the files (name, where their bytes are). Raises TooLarge and TooManyFiles."""
    is_form = (request.content_type or "").lower() == "multipart/form-data"
    return take(_of_form(request)) if is_form else _of_body(request, _printable(filename), take)


def _of_form(request: HttpRequest) -> list[tuple[str, Path]]:
    sent = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if request.META.get("uptake.too_many"):
        raise uploads.refuse_too_many()
    if name := request.META.get("uptake.too_large"):
        raise _too_large(str(name))
    return [(file.name or "upload", Path(file.temporary_file_path())) for file in sent]  # type: ignore[attr-defined]


def _of_body(request: HttpRequest, name: str, take: Callable[[Sequence[tuple[str, Path]]], T]) -> T:
    """The body is written to the home's disk piece by piece."""
    most = size_in_bytes(settings.UPTAKE.max_upload_size)
    if _length(request) > most:
        raise _too_large(name)
    with tempfile.TemporaryDirectory(prefix="part-", dir=uploads_folder()) as folder:
        path = Path(folder) / "body"
        written = 0
        with path.open("wb") as file:
            while piece := request.read(CHUNK):
                written += len(piece)
                if written > most:
                    raise _too_large(name)
                file.write(piece)
        return take([(name, path)] if written else [])


def _printable(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[-200:] or "upload"


def _length(request: HttpRequest) -> int:
    told = request.headers.get("Content-Length") or ""
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 19 else 0


def _too_large(name: str) -> TooLarge:
    return TooLarge(
        f"“{name[:100]}” is larger than the {settings.UPTAKE.max_upload_size} that are taken; nothing is kept."
    )
