"""The doorbell: beat rings, due rows are leased and done."""

from celery import shared_task

from work.actions import run_due_work


@shared_task
def wake_due_work() -> int:
    """Do what is due; how many rows were tried."""
    return run_due_work()
