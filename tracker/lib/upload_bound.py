"""How much one sending may bring, files and all: told before any of it is kept."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class Bounded(FileUploadHandler):
    """Goes before the handlers that keep files; keeps nothing itself."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: bytes | str,
        encoding: str | None = None,
    ) -> None:
        """Refuse what is larger than a few files of the largest size."""
        if content_length > settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig(f"{content_length} > {settings.UPLOAD_MAX_BYTES}")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass it on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
