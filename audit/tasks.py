"""The chain's writer, woken by beat."""

from celery import shared_task

from audit.actions import append_links


@shared_task
def write_chain_links() -> None:
    """Link what is not linked yet."""
    append_links()
