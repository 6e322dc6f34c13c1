"""Missing evidence that was asked for once, of everybody for whom it is missing, with one time to answer (A13)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from assessment.models.rounds import Round
from suppliers.models import Submission


class EvidenceState(models.TextChoices):
    ASKED = "asked", "Asked, waiting for the answer"
    ANSWERED = "answered", "Answered"


class EvidenceRequest(models.Model):
    """The one request to one submission. `fields` maps a clause's code to what is missing there.

    `answers` maps the same codes to {"text", "url", "files"}: additions to the responses, which stay as they were.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="evidence_requests")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="evidence_request")
    state = models.CharField(max_length=10, choices=EvidenceState, default=EvidenceState.ASKED)
    fields = models.JSONField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answers = models.JSONField(default=dict)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="evidence_due_later")]

    def __str__(self) -> str:
        return f"evidence of {self.submission}: {self.get_state_display()}"
