"""Boxes that only the right key opens, and receipts that anybody can verify. Pure: no Django, no clock, no database.

A box is AES-256-GCM: one version byte, a random nonce of 12 bytes, the ciphertext. What the box belongs to (challenge,
submission, kind) is bound to it as associated data, so a box moved to another row does not open.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

VERSION = b"\x01"
NONCE_BYTES = 12
SIGNATURE = "signature"
NEEDED = ("received_at", "sha256", "key_id", "challenge", "submission", SIGNATURE)
PART = "part "
PEM_BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class CannotOpenError(Exception):
    """A box did not open: another key, another place, or changed bytes."""


def canonical(value: Any) -> bytes:
    """The one way a value is written before it is hashed or signed: JSON, sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(value: Any) -> str:
    """The sha256 (hex) of a value's canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def new_key() -> bytes:
    """A fresh sealing key."""
    return AESGCM.generate_key(bit_length=256)


def seal(key: bytes, plain: bytes, **place: str) -> bytes:
    """Close `plain` in a box that opens only with `key` and the same `place` (challenge=, submission=, kind=)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, canonical(place))


def open_box(key: bytes, box: bytes, **place: str) -> bytes:
    """What a box holds; raises CannotOpenError when key, place or bytes are not those it was closed with."""
    version, nonce, closed = box[:1], box[1 : 1 + NONCE_BYTES], box[1 + NONCE_BYTES :]
    if version != VERSION or len(nonce) != NONCE_BYTES:
        raise CannotOpenError("This is not a sealed box.")
    try:
        return AESGCM(key).decrypt(nonce, closed, canonical(place))
    except InvalidTag as error:
        raise CannotOpenError("The box does not open: its key, place or bytes are not the original ones.") from error


def pseudonym(key: bytes, **about: str) -> str:
    """Four characters that stand for a supplier within one challenge, and cannot be linked to another."""
    digest = hmac.new(key, canonical(about), hashlib.sha256).digest()
    return "".join(CROCKFORD[byte % len(CROCKFORD)] for byte in digest[:4])


def key_id(public_key: Ed25519PublicKey) -> str:
    """The short name of a public key: the first 16 hex digits of its sha256."""
    return hashlib.sha256(public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def public_pem(public_key: Ed25519PublicKey) -> str:
    """A public key as the text of its PEM file."""
    return public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_pems(text: bytes) -> list[Ed25519PublicKey]:
    """The public keys of a PEM file, in order; raises ValueError when one of them is no Ed25519 public key."""
    keys = [load_pem_public_key(block) for block in PEM_BLOCK.findall(text)]
    if not keys:
        raise ValueError("no public key")
    return [_ed25519(key) for key in keys]


def _ed25519(key: object) -> Ed25519PublicKey:
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")
    return key


def sign_receipt(fields: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The receipt: these fields, the id of the key, and the signature over all of them."""
    receipt = {**fields, "key_id": key_id(key.public_key())}
    return {**receipt, SIGNATURE: base64.b64encode(key.sign(canonical(receipt))).decode()}


def parsed(data: bytes) -> Any:
    """The JSON of a receipt or of a content. Raises ValueError for what is none, also for a name that is there twice.

    Of two values one would be verified, and whoever reads the file could be looking at the other.
    """
    try:
        return json.loads(data, object_pairs_hook=_once_each)
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("A name is there twice.")
    return found


def verify_receipt(receipt: Any, *public_keys: Ed25519PublicKey) -> str | None:
    """Why a receipt cannot be trusted, in a sentence; None when the signature of one of these keys covers it all."""
    if not isinstance(receipt, Mapping):
        return "This is not a receipt: it should be one JSON object."
    if missing := [name for name in NEEDED if not isinstance(receipt.get(name), str)]:
        return f"This is not a receipt of ours: it has no {', '.join(missing)}."
    if (public_key := {key_id(key): key for key in public_keys}.get(receipt["key_id"])) is None:
        given = ", ".join(key_id(key) for key in public_keys)
        return f"It was signed with the key {receipt['key_id']}; the key given is {given}."
    signed = {name: value for name, value in receipt.items() if name != SIGNATURE}
    try:
        public_key.verify(base64.b64decode(receipt[SIGNATURE], validate=True), canonical(signed))
    except (InvalidSignature, binascii.Error, ValueError):
        return "The signature does not fit: the receipt was changed after it was signed, or never signed by this key."
    return None


def differs(receipt: Mapping[str, Any], content: Any) -> str | None:
    """How a content (parsed JSON) is not the one a receipt was given for; None when it is exactly that one."""
    if isinstance(content, Mapping):
        for name in ("challenge", "submission"):
            if name in content and content[name] != receipt[name]:
                return f"The content belongs to another {name}: {content[name]}, not {receipt[name]}."
    found = sha256(content)
    if found == receipt["sha256"]:
        return None
    where = f" {sentence}" if (sentence := _which_parts(receipt, content)) else ""
    return f"The content is not the one received: its sha256 is {found}, the receipt says {receipt['sha256']}.{where}"


def part_hashes(content: Mapping[str, Any]) -> dict[str, str]:
    """A hash of each part of a content (`part answers/reach`), so that a receipt can tell which part is another.

    Each is made with the content's secret salt: nobody can guess a short answer from the receipt alone.
    """
    salt = str(content.get("salt", ""))
    hashes = {PART + name: sha256([salt, name, value]) for name, value in _parts(content)}
    return {PART + "salt": sha256([salt]), **hashes}


def _parts(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in sorted(content.items()):
        if isinstance(value, Mapping):
            yield from ((f"{name}/{key}", each) for key, each in sorted(value.items()))
        elif isinstance(value, list):
            yield from ((f"{name}/{number}", each) for number, each in enumerate(value, start=1))
        elif name not in ("salt", "challenge", "submission"):
            yield name, value


def _which_parts(receipt: Mapping[str, Any], content: Any) -> str:
    """Which parts are not those received, in a sentence; empty when the receipt names no parts."""
    received = {name: value for name, value in receipt.items() if name.startswith(PART)}
    if not received or not isinstance(content, Mapping):
        return ""
    found = part_hashes(content)
    if found[PART + "salt"] != received.get(PART + "salt"):
        return "Its salt is another one, so its parts cannot be compared."
    groups = {
        "Changed": sorted(name for name in received.keys() & found.keys() if received[name] != found[name]),
        "Missing": sorted(received.keys() - found.keys()),
        "Added": sorted(found.keys() - received.keys()),
    }
    lists = {word: ", ".join(name.removeprefix(PART) for name in names) for word, names in groups.items()}
    return " ".join(f"{word}: {names}." for word, names in lists.items() if names)
