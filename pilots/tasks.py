"""The sums of readings, woken by beat."""

from celery import shared_task

from pilots.actions import roll_up_readings


@shared_task
def sum_readings() -> int:
    """Make the sums that are owed; how many marks were done."""
    return roll_up_readings()
