"""Where the embedded queue listens. Settings read it, so it imports nothing heavy."""

import hashlib
import os
import tempfile
from pathlib import Path

LONGEST_SOCKET = 99  # the system's bound on a unix socket's path is 104 to 108 bytes


def socket_path(data_dir: Path) -> Path:
    """The private socket of a data folder: inside it, or where that path is too long in a folder of this user's own."""
    inside = data_dir / "valkey" / "s"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET:
        return inside
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"pf-{os.getuid()}-{digest}" / "s"
