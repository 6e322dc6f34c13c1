"""The public keys with which receipts verify: today's, and those that signed before it."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from suppliers import keys, sealing
from suppliers.models import SigningKey


def public_keys() -> list[SigningKey]:
    """Every key that signed, the current one first; today's stands here even before its first receipt (unsaved)."""
    public = keys.signing_key().public_key()
    current = sealing.key_id(public)
    rows = list(SigningKey.objects.order_by("-first_used_at"))
    today = next((row for row in rows if row.key_id == current), None)
    today = today or SigningKey(key_id=current, public_pem=sealing.public_pem(public))
    return [today, *(row for row in rows if row.key_id != current)]


def bundle() -> str:
    """All public keys as one PEM file, the current one first."""
    return "".join(row.public_pem for row in public_keys())


def why_not_trusted(receipt: object) -> str | None:
    """Why a receipt cannot be trusted, in a sentence; None when one of our keys signed exactly this."""
    return sealing.verify_receipt(receipt, *(_read(row) for row in public_keys()))


def _read(row: SigningKey) -> Ed25519PublicKey:
    [key] = sealing.read_public_pems(row.public_pem.encode())
    return key
