"""Uploads have a bound: what is larger is drained, not stored, and answered with a sentence."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class BoundedUploadHandler(FileUploadHandler):
    """Stop reading an upload past UPLOAD_MAX_BYTES."""

    def handle_raw_input(self, input_data: Any, META: dict[str, Any], content_length: int, *args: Any) -> None:  # noqa: N803
        if content_length > settings.UPLOAD_MAX_BYTES:
            raise StopUpload(connection_reset=False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
