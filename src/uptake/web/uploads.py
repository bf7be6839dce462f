"""Uploads are streamed to the home's own disk, so that taking them over is a rename; no larger, and no more, than allowed."""

import tempfile
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from uptake.pipeline.home import uploads
from uptake.pipeline.preview import size_in_bytes
from uptake.pipeline.uploads import MOST_FILES


class HomeFile(TemporaryUploadedFile):
    """An uploaded file in the home's folder for uploads; gone with the request unless it is moved away."""

    def __init__(
        self, name: str | None, content_type: str | None, size: int, charset: str | None, extra: Any = None
    ) -> None:
        file = tempfile.NamedTemporaryFile(prefix="part-", dir=uploads())  # noqa: SIM115 - closed by Django
        super(TemporaryUploadedFile, self).__init__(file, name, content_type, size, charset, extra)


class HomeUploadHandler(TemporaryFileUploadHandler):
    """Stops at the first byte or file over the limit, which the view says.

    It finds ``request.META["uptake.too_large"]``, the name of a file, or ``request.META["uptake.too_many"]``.
    """

    files = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.files += 1
        if self.files > MOST_FILES:
            self._stop("uptake.too_many", True)
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self.written = 0
        self.most = size_in_bytes(settings.UPTAKE.max_upload_size)
        self.file = HomeFile(self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.written += len(raw_data)
        if self.written > self.most:
            self._stop("uptake.too_large", self.file_name)
        self.file.write(raw_data)

    def _stop(self, why: str, what: object) -> NoReturn:
        if self.request is not None:
            self.request.META[why] = what
        raise StopUpload(connection_reset=False)
