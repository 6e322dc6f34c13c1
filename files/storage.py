"""Private storage on this machine's disk: a file is whole and on the disk before its row can say so, or it is gone."""

import contextlib
import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """Django's own, but for two things: a save reaches the disk before it returns, and a failed one leaves nothing."""

    def _save(self, name: str, content: Any) -> str:
        try:
            saved: str = super()._save(name, content)  # type: ignore[misc]
            _sync(Path(self.path(saved)))
        except OSError:
            # Names are random, so what lies there is what this very save left unfinished.
            with contextlib.suppress(OSError):
                Path(self.path(name)).unlink(missing_ok=True)
            raise
        return saved


def _sync(path: Path) -> None:
    """Wait until the bytes, and the folder that names them, are on the disk."""
    for each in (path, path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
