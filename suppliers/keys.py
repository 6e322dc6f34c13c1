"""The platform's two long-lived keys: the master key that wraps every sealing key, and the key that signs receipts.

Each comes from the environment (MASTER_KEY, SIGNING_KEY: 32 bytes in base64), so that several machines can share it, or
from a file that only the server's account can read, made at first use.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def master_key() -> bytes:
    """The 32 bytes that wrap the sealing keys."""
    return _from_environment("MASTER_KEY") or _from_file(Path(settings.MASTER_KEY_FILE))


def signing_key() -> Ed25519PrivateKey:
    """The key that signs receipts."""
    given = _from_environment("SIGNING_KEY")
    if given is None and os.environ.get("MASTER_KEY"):
        raise ImproperlyConfigured("MASTER_KEY is set but SIGNING_KEY is not. Set both, or neither.")
    return Ed25519PrivateKey.from_private_bytes(given or _from_file(_signing_key_file()))


def typed_key() -> bytes:
    """The key for what somebody typed while signed out: made from the master key, and good for nothing else."""
    return hmac.new(master_key(), b"typed while signed out", hashlib.sha256).digest()


def _signing_key_file() -> Path:
    return Path(settings.MASTER_KEY_FILE).with_name("signing.key")


def _from_environment(name: str) -> bytes | None:
    text = os.environ.get(name, "")
    return _decoded(text, f"the environment variable {name}") if text else None


def _from_file(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    return _decoded(path.read_text(), f"the file {path.name}")


def _make(path: Path) -> None:
    """Write a new key beside its place, then link it there: of two processes that start together, one wins whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"The key in {where} is not 32 bytes in base64.")
    return key
