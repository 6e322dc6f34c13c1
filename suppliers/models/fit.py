"""Why firms do not answer: counts, and nothing about who."""

from django.db import models

from challenges.models import Challenge


class Reason(models.TextChoices):
    TIME = "time", "Too little time before the call closes"
    EFFORT = "effort", "Too much work for too small a chance"
    MONEY = "money", "The money does not cover the work"
    CLAUSES = "clauses", "A clause that we cannot meet"
    UNCLEAR = "unclear", "We do not understand what is wanted"
    OUTCOME = "outcome", "The outcome cannot be reached, or not measured as asked"
    RISK = "risk", "Too much risk: terms, liability, or rights to what we make"
    CAPACITY = "capacity", "Nobody of ours is free in these weeks"
    FIELD = "field", "It is not what we do"
    FAVOURED = "favoured", "It seems to be meant for somebody else"


class ReasonCount(models.Model):
    """How often a reason was given for one challenge. No row says who, from where, or when."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="reason_counts")
    reason = models.CharField(max_length=10, choices=Reason)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "reason"], name="reason_counted_once")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.count}"
