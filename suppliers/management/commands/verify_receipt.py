"""Verify a receipt with nothing but the platform's public key: no database, no network."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management.base import BaseCommand, CommandError

from suppliers import sealing


class Command(BaseCommand):
    help = "Verify a receipt offline: exit 0 when it is ours and unchanged, 1 with the reason when not."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("receipt", type=Path, help="the receipt's file")
        parser.add_argument("--key", type=Path, required=True, help="the platform's public keys (platform-key.pem)")
        parser.add_argument("--content", type=Path, help="what was submitted (submission.json), to compare with it")

    def handle(self, *args: Any, **options: Any) -> None:
        receipt = _json(options["receipt"])
        if reason := sealing.verify_receipt(receipt, *_keys(options["key"])):
            raise CommandError(reason, returncode=1)
        if options["content"] and (reason := sealing.differs(receipt, _json(options["content"]))):
            raise CommandError(reason, returncode=1)
        self.stdout.write(f"Valid: received at {receipt['received_at']}, sha256 {receipt['sha256']}.")


def _json(path: Path) -> Any:
    try:
        return sealing.parsed(_bytes(path))
    except ValueError as error:
        raise CommandError(f"{path.name} is not JSON, or names something twice.", returncode=1) from error


def _keys(path: Path) -> list[Ed25519PublicKey]:
    try:
        return sealing.read_public_pems(_bytes(path))
    except ValueError as error:
        raise CommandError(f"{path.name} holds no Ed25519 public key.", returncode=1) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path.name} cannot be read: {error.strerror}.", returncode=1) from error
