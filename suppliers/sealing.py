"""Boxes that only the right key opens, and receipts that anybody can verify. Pure: no Django, no clock, no database.

A box is AES-256-GCM: one version byte, a random nonce of 12 bytes, the ciphertext. What the box belongs to (challenge,
submission, kind) is bound to it as associated data, so a box moved to another row does not open.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

VERSION = b"\x01"
NONCE_BYTES = 12
SIGNATURE = "signature"
NEEDED = ("received_at", "sha256", "key_id", "challenge", "submission", SIGNATURE)
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


def read_public_pem(text: bytes) -> Ed25519PublicKey:
    """The public key of a PEM file; raises ValueError when it holds no Ed25519 public key."""
    key = load_pem_public_key(text)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")
    return key


def sign_receipt(fields: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The receipt: these fields, the id of the key, and the signature over all of them."""
    receipt = {**fields, "key_id": key_id(key.public_key())}
    return {**receipt, SIGNATURE: base64.b64encode(key.sign(canonical(receipt))).decode()}


def verify_receipt(receipt: Any, public_key: Ed25519PublicKey) -> str | None:
    """Why a receipt cannot be trusted, in a sentence; None when its signature covers exactly what it says."""
    if not isinstance(receipt, Mapping):
        return "This is not a receipt: it should be one JSON object."
    if missing := [name for name in NEEDED if not isinstance(receipt.get(name), str)]:
        return f"This is not a receipt of ours: it has no {', '.join(missing)}."
    if receipt["key_id"] != key_id(public_key):
        return f"It was signed with the key {receipt['key_id']}; the key given is {key_id(public_key)}."
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
    if found != receipt["sha256"]:
        return f"The content is not the one received: its sha256 is {found}, the receipt says {receipt['sha256']}."
    return None
