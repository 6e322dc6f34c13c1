"""The platform's two long-lived keys: the master key that wraps every sealing key, and the key that signs receipts.

Each comes from the environment (MASTER_KEY, SIGNING_KEY: 32 bytes in base64), so that several machines can share it, or
from a file that only the server's account can read, made at first use. Master keys of earlier times stay readable:
from MASTER_KEYS_BEFORE (separated by commas), or from the files that a rotation leaves beside the current one.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
MASTER, SIGNING, BEFORE = "MASTER_KEY", "SIGNING_KEY", "MASTER_KEYS_BEFORE"


def master_key() -> bytes:
    """The 32 bytes that wrap the sealing keys."""
    return _from_environment(MASTER) or _from_file(master_file())


def master_keys_for(key_id: str) -> Iterator[bytes]:
    """The master keys with this id; all that are known, the current one first, where a row names none."""
    for read in (lambda: [master_key()], _earlier_master_keys):
        yield from (key for key in read() if key_id in ("", id_of(key)))


def signing_key() -> Ed25519PrivateKey:
    """The key that signs receipts."""
    given = _from_environment(SIGNING)
    if given is None and os.environ.get(MASTER):
        raise ImproperlyConfigured("MASTER_KEY is set but SIGNING_KEY is not. Set both, or neither.")
    return Ed25519PrivateKey.from_private_bytes(given or _from_file(signing_file()))


def typed_key() -> bytes:
    """The key for what somebody typed while signed out: made from the master key, and good for nothing else."""
    return hmac.new(master_key(), b"typed while signed out", hashlib.sha256).digest()


def id_of(key: bytes) -> str:
    """The short name of a master key, which tells nothing about it."""
    return hashlib.sha256(b"the name of a master key" + key).hexdigest()[:16]


def master_file() -> Path:
    """Where the master key lies, unless the environment has it."""
    return Path(settings.MASTER_KEY_FILE)


def signing_file() -> Path:
    """Where the signing key lies, unless the environment has it."""
    return master_file().with_name("signing.key")


def is_in_environment(name: str) -> bool:
    """Whether this key (MASTER or SIGNING) comes from the environment: then whoever sets it there changes it."""
    return bool(os.environ.get(name))


# --- Changing a key's file, in steps of which each may be repeated ----------------------------------------------------


def next_file(path: Path) -> Path:
    """The key that is to come. While this file is there, the change is not finished."""
    return path.with_name(f"{path.name}.next")


def prepare_next(path: Path) -> None:
    """Make the key that is to come, unless an unfinished change has made it."""
    _from_file(path)
    if not next_file(path).exists():
        _make(next_file(path))


def put_in_place(path: Path, *, keep: bool) -> None:
    """Make the next key the current one; with `keep` the old one stays readable beside it."""
    coming, current = _from_file(next_file(path)), _from_file(path)
    if coming == current:
        return
    if keep:
        _write_once(path.with_name(f"{path.name}.{id_of(current)}"), current)
    unfinished = _written_beside(path, coming)
    unfinished.replace(path)


def finish_change(path: Path) -> None:
    """Forget the mark of an unfinished change."""
    next_file(path).unlink(missing_ok=True)


def _earlier_master_keys() -> list[bytes]:
    given = [_decoded(text, f"the environment variable {BEFORE}") for text in _listed(BEFORE)]
    path = master_file()
    return given + [_from_file(each) for each in sorted(path.parent.glob(f"{path.name}.*"))]


def _listed(name: str) -> list[str]:
    return [text for text in os.environ.get(name, "").split(",") if text.strip()]


def _from_environment(name: str) -> bytes | None:
    text = os.environ.get(name, "")
    return _decoded(text, f"the environment variable {name}") if text else None


def _from_file(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    return _decoded(path.read_text(), f"the file {path.name}")


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_once(path, secrets.token_bytes(KEY_BYTES))


def _write_once(path: Path, key: bytes) -> None:
    """Write a key beside its place, then link it there: of two processes that start together, one wins whole."""
    unfinished = _written_beside(path, key)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _written_beside(path: Path, key: bytes) -> Path:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(key))
        file.flush()
        os.fsync(file.fileno())
    return unfinished


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"The key in {where} is not 32 bytes in base64.")
    return key
