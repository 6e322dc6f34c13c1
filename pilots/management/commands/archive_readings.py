"""`./run manage archive_readings`: pack all closed months of readings now; the worker does some every hour."""

import math
from typing import Any

from django.core.management.base import BaseCommand

from audit import clock
from pilots.actions import archive_readings, closed_months


class Command(BaseCommand):
    help = "Pack the readings of closed months as Parquet files; they stay readable."

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        months = sum(1 for _ in closed_months(at))
        packed = archive_readings(at=at, limit=months, most=math.inf)
        self.stdout.write(f"Looked at {months} closed months of pilots that are over and packed {packed:,} readings.")
