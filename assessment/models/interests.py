"""What the people of a round declared about themselves (A3, D7)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from assessment.models.panels import PanelMember
from assessment.models.rounds import Round, RoundState
from suppliers.models import Submission


class Ruling(models.TextChoices):
    """What was decided about a declared interest."""

    OPEN = "", "Not decided yet"
    RECUSED = "recused", "Recused: takes no part in judging it"
    MAY_JUDGE = "may_judge", "No conflict: may judge it"


class InterestDeclaration(models.Model):
    """What a panel member declared: for the whole challenge (no submission) or for one submission (A3)."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="declarations")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="declarations")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT)
    has_interest = models.BooleanField()
    detail = models.TextField(blank=True)
    declared_at = models.DateTimeField()
    is_recused = models.BooleanField(default=False)
    ruling = models.CharField(max_length=10, choices=Ruling, blank=True, default=Ruling.OPEN)
    ruling_reason = models.TextField(blank=True)
    ruled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "round", "submission"], name="declared_once"),
            models.UniqueConstraint(
                fields=["member", "round"], condition=Q(submission=None), name="declared_once_for_challenge"
            ),
            models.CheckConstraint(
                condition=Q(ruling="", ruled_at=None)
                | ~Q(ruling="") & Q(has_interest=True, ruled_at__isnull=False) & ~Q(ruling_reason=""),
                name="interest_ruling_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {'an interest' if self.has_interest else 'none'}"


class InterestConfirmation(models.Model):
    """A member's word, once more, that what they declared is still all there is (A3)."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="confirmations")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="confirmations")
    round_state = models.CharField(max_length=12, choices=RoundState)
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.member} at {self.confirmed_at}"


class ApproverDeclaration(models.Model):
    """What the person who is to decide declared about the ranked suppliers; the decision waits for it (D7)."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="approver_declarations")
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    has_interest = models.BooleanField()
    detail = models.TextField(blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="approver_declared_once")]

    def __str__(self) -> str:
        return f"{self.user}: {'an interest' if self.has_interest else 'none'}"
