"""Reads about stored files, and their bytes compared with what their rows say."""

import hashlib
from collections.abc import Iterator

from django.core.files.storage import storages

from files.models import StoredFile


def read_bytes(stored: StoredFile) -> bytes:
    """What is on the disk: the file itself, or its sealed box."""
    with storages["private"].open(stored.storage_name) as file:
        data: bytes = file.read()
    return data


def every_file() -> Iterator[StoredFile]:
    """All rows, the oldest first, a few at a time."""
    return StoredFile.objects.order_by("pk").iterator(chunk_size=200)


def what_is_wrong(stored: StoredFile) -> str | None:
    """Why a file is not the one that was stored, in words; None when it is, or its row is older than this check."""
    try:
        data = read_bytes(stored)
    except OSError:
        return "it is missing"
    if stored.kept_size is None:
        return None
    if len(data) != stored.kept_size:
        return f"it has {len(data)} bytes, not {stored.kept_size}"
    return None if hashlib.sha256(data).hexdigest() == stored.kept_sha256 else "its bytes have changed"
