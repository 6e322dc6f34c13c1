"""What happens to prices between their opening and the decision: sums done again, low prices asked about (A12)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from assessment.models.rounds import Round
from suppliers.models import Submission


class PricePart(models.TextChoices):
    PILOT = "pilot", "The pilot's price"
    CONTRACT = "contract", "The contract's price"


class PriceCorrection(models.Model):
    """A price whose sums were done again by the published rule; both figures and the lines are kept."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="price_corrections")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="price_corrections")
    part = models.CharField(max_length=10, choices=PricePart)
    stated = models.DecimalField(max_digits=14, decimal_places=2)
    corrected = models.DecimalField(max_digits=14, decimal_places=2)
    lines = models.JSONField("quantity, unit price and words of each line, numbers as decimal strings")
    found_in = models.TextField("where the lines stand in the submission")
    corrected_by = models.ForeignKey(User, on_delete=models.PROTECT)
    corrected_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "submission", "part"], name="price_corrected_once")]
        ordering = ["submission", "part"]

    def __str__(self) -> str:
        return f"{self.submission}: {self.stated} is {self.corrected}"


class ClarificationState(models.TextChoices):
    ASKED = "asked", "Asked, waiting for the answer"
    ANSWERED = "answered", "Answered, to be decided"
    ACCEPTED = "accepted", "The price stands"
    REJECTED = "rejected", "Rejected as abnormally low"


class PriceClarification(models.Model):
    """What a supplier was asked about an abnormally low price, what it answered, and what was decided (A12)."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="price_clarifications")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="price_clarifications")
    state = models.CharField(max_length=10, choices=ClarificationState, default=ClarificationState.ASKED)
    flag = models.TextField("why the price was flagged")
    question = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "submission"], name="price_asked_about_once"),
            models.CheckConstraint(condition=Q(due_at__gt=models.F("asked_at")), name="price_answer_due_later"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "rejected"])
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reasons=""),
                name="price_decided_with_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"price of {self.submission}: {self.get_state_display()}"


class EarlierRanking(models.Model):
    """A ranking that was computed again because a price was corrected or rejected; kept whole, with the reason."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="earlier_rankings")
    inputs = models.JSONField()
    result = models.JSONField()
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.digest[:12]} until {self.replaced_at:%Y-%m-%d %H:%M}"
