"""The sums of readings, and the packing of closed months, woken by beat."""

from celery import shared_task

from audit import clock
from pilots.actions import archive_readings, roll_up_readings


@shared_task
def sum_readings() -> int:
    """Make the sums that are owed; how many marks were done."""
    return roll_up_readings()


@shared_task
def pack_closed_months() -> int:
    """Pack some closed months; how many readings were packed."""
    return archive_readings(at=clock.now())
