"""A light sift before the full round: a few published questions, a line of reason for each, one word by the chair."""

from django.db import models

from accounts.models import User
from assessment.models.panels import PanelMember
from assessment.models.rounds import Round
from suppliers.models import Submission


class SiftVerdict(models.Model):
    """What one assessor says about one submission: for each published question met or not, in a line. Never changed."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sift_verdicts")
    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="sift_verdicts")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="sift_verdicts")
    answers = models.JSONField("by code of the question: is_met and reason")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "member", "submission"], name="sifted_once")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.member} on {self.submission}"

    @property
    def is_met(self) -> bool:
        """Whether the submission meets every question, as this assessor sees it."""
        return all(answer["is_met"] for answer in self.answers.values())


class SiftOutcome(models.Model):
    """Whether a submission goes on into the full round, and why not if it does not."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sift_outcomes")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="sift_outcome")
    goes_on = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.submission}: {'goes on' if self.goes_on else 'dropped'}"
