"""What an assessor tells the chair about a submission, apart from any mark."""

from django.db import models
from django.db.models import Q

from assessment.models.panels import PanelMember
from assessment.models.rounds import Round
from suppliers.models import Submission


class FlagKind(models.TextChoices):
    PLAGIARISM = "plagiarism", "It repeats somebody else’s text"
    IDENTITY = "identity", "It names its supplier"
    CONFLICT = "conflict", "A possible conflict of interest"
    OTHER = "other", "Something else"


class Flag(models.Model):
    """One assessor's word to the chair about one submission, and the chair's answer; nobody else reads either."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="flags")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="flags")
    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=10, choices=FlagKind)
    reason = models.TextField()
    raised_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(PanelMember, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="flag_answer_whole",
            )
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"flag {self.pk}"
