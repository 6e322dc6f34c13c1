"""Noting that a supplier's people were told how its submission fared."""

from datetime import datetime

from django.db import transaction

from suppliers.models import Submission


@transaction.atomic
def note_told(*, submission: Submission, at: datetime) -> None:
    """Note when the supplier's people were told, once; the assessment room calls this with the letter it sends."""
    Submission.objects.filter(pk=submission.pk, told_at=None).update(told_at=at)
