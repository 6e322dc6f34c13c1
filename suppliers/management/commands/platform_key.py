"""Print the public keys with which receipts are verified, the current one first."""

from typing import Any

from django.core.management.base import BaseCommand

from suppliers import queries


class Command(BaseCommand):
    help = "Print the platform's public keys (PEM), the current one first: ./run manage platform_key > platform-key.pem"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(queries.bundle(), ending="")
