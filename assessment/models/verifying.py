"""What somebody outside the panel found about a supplier: exclusion, debarment, conditions, subcontractors (A8)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from suppliers.models import Submission


class Stage(models.TextChoices):
    ASSESSMENT = "assessment", "While the panel assesses"
    AWARD = "award", "Again before an award"


class Question(models.TextChoices):
    EXCLUSION = "exclusion", "Grounds for exclusion"
    DEBARMENT = "debarment", "The debarment list"
    CONDITIONS = "conditions", "Conditions of participation"
    SUBCONTRACTORS = "subcontractors", "Partners and subcontractors are all named"


class Outcome(models.TextChoices):
    CLEAR = "clear", "Nothing found"
    ACCEPTED = "accepted", "Something found, and accepted with a reason"
    EXCLUDED = "excluded", "Cannot go on"


class Verification(models.Model):
    """One look at one supplier by one verifier; a later one is a new row, and the newest of its stage counts."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="verifications")
    stage = models.CharField(max_length=10, choices=Stage)
    is_clear = models.BooleanField()
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {'clear' if self.is_clear else 'not clear'}"


class VerifiedPoint(models.Model):
    """One question about one party: the supplier, or an organisation that answers together with it."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="points")
    party = models.CharField(max_length=160)
    company_number = models.CharField(max_length=8, blank=True)
    question = models.CharField(max_length=14, choices=Question)
    outcome = models.CharField(max_length=10, choices=Outcome)
    found = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome="clear") | ~Q(found=""), name="verified_point_explained")
        ]

    def __str__(self) -> str:
        return f"{self.party}, {self.get_question_display()}: {self.outcome}"
