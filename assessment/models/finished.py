"""Finished pilots in a round: what each is judged by, as it was handed down by the room that measured it."""

from django.db import models

from assessment.models.rounds import Round
from suppliers.models import Submission


class PilotEvidence(models.Model):
    """One finished pilot in a round: its frozen evidence, and why it is not ranked where it is not (A8).

    `document` is what `assessment.finished` describes and `sha256` its fingerprint; neither changes any more. A reason
    not to rank stands from the beginning where the outcome was not proven, and comes with the freeze where a mark is
    below its threshold.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="pilot_evidence")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="pilot_evidence")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    disregard_reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"evidence {self.sha256[:12]}"
