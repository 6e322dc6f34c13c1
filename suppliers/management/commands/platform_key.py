"""Print the public key with which receipts are verified."""

from typing import Any

from django.core.management.base import BaseCommand

from suppliers import keys, sealing


class Command(BaseCommand):
    help = "Print the platform's public key (PEM): ./run manage platform_key > platform-key.pem"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(sealing.public_pem(keys.signing_key().public_key()), ending="")
