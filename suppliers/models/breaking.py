"""Reading a sealed submission before its unsealing, in an emergency: two people, a reason, on the record (S1)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from suppliers.models.submissions import Submission


class ReadingState(models.TextChoices):
    ASKED = "asked", "Waiting for a second person"
    OPENED = "opened", "Opened by two people"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EmergencyReading(models.Model):
    """One case in which a sealed submission was asked to be read, who agreed, and until when its words may be seen."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="emergency_readings")
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=ReadingState, default=ReadingState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission"], condition=Q(state="asked"), name="one_reading_asked"),
            models.CheckConstraint(
                condition=~Q(state="opened")
                | Q(agreed_by__isnull=False, agreed_at__isnull=False, open_until__isnull=False)
                & ~Q(agreed_by=F("asked_by")),
                name="reading_opened_by_two_people",
            ),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"emergency reading {self.pk}"
