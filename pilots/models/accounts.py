"""What is said about a finished pilot beside its numbers, for the panel that marks it."""

from django.db import models

from challenges.models import Criterion
from pilots.models.planned import Pilot


class AccountSide(models.TextChoices):
    COUNCIL = "council", "The council"
    SUPPLIER = "supplier", "The supplier"


class PilotAccount(models.Model):
    """What one side wrote on one criterion; it changes until the evidence is frozen, and each sees only its own."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="accounts")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=AccountSide)
    text = models.TextField()
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "criterion", "side"], name="account_once")]
        ordering = ["criterion__position", "side"]

    def __str__(self) -> str:
        return f"{self.get_side_display()} on {self.criterion}"
