"""The postman, woken by beat."""

from celery import shared_task

from notifications.actions import make_deliveries, send_deliveries


@shared_task
def deliver_events() -> None:
    """Make deliveries of new events, and send what waits."""
    make_deliveries()
    send_deliveries()
