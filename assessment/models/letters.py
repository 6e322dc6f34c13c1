"""What suppliers are told in the end: frozen letters, and the explanations that were missing in the marks (D2, D3)."""

from django.db import models

from accounts.models import User
from assessment.models.panels import PanelMember
from assessment.models.rounds import Round
from suppliers.copies import Copy, from_document
from suppliers.models import Submission


class LetterKind(models.TextChoices):
    SUMMARY = "summary", "Assessment summary"
    PILOT = "pilot", "Assessment summary of the finished pilot"
    DROPPED = "dropped", "Reasons for going no further"


class Letter(models.Model):
    """One letter to one supplier, frozen as it was sent. `content` is what page and PDF are made from alike."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="letters")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10, choices=LetterKind)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "submission", "kind"], name="letter_once")]
        ordering = ["issued_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.submission}"

    @property
    def copy(self) -> Copy:
        """The letter as page and PDF show it."""
        return from_document(self.content)


class Explanation(models.Model):
    """Why a mark or grade was given, where no rationale stood beside it; written by the chair before the letters."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="explanations")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="explanations")
    code = models.CharField("code of the criterion or clause", max_length=40)
    text = models.TextField()
    written_by = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "submission", "code"], name="explained_once")]

    def __str__(self) -> str:
        return f"{self.submission}: {self.code}"
