"""The notices' writer, woken by beat."""

from celery import shared_task

from opendata.actions import publish_due_notices


@shared_task
def publish_notices() -> None:
    """Publish what is due."""
    publish_due_notices()
