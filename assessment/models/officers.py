"""What the people who work on a procurement declared about themselves, from before its first notice on (D7)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from challenges.models import Challenge


class OfficerRuling(models.TextChoices):
    """What a colleague decided about a declared interest."""

    OPEN = "", "Not decided yet"
    ASIDE = "aside", "Stands aside: takes no further part in this procurement"
    MAY_ACT = "may_act", "No conflict: may go on"


class AdviserField(models.TextChoices):
    """What somebody outside the council's own roles advises on."""

    PROCUREMENT = "procurement", "Procurement"
    LEGAL = "legal", "Law"
    TECHNICAL = "technical", "Technology"
    MONEY = "money", "Money"
    SUBJECT = "subject", "The subject of the challenge"


class Adviser(models.Model):
    """Somebody who advises the council on one challenge, from the day on which they accepted to."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="advisers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="advises")
    field = models.CharField(max_length=12, choices=AdviserField)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "user"], name="adviser_once")]

    def __str__(self) -> str:
        return f"{self.user} on {self.get_field_display().lower()}"


class OfficerDeclaration(models.Model):
    """What an officer or adviser declared. `notice` counts the notices that were out: it holds until the next one."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="officer_declarations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    has_interest = models.BooleanField()
    detail = models.TextField(blank=True)
    declared_at = models.DateTimeField()
    notice = models.PositiveIntegerField("notices published before it was said last")
    confirmed_at = models.DateTimeField(null=True)
    ruling = models.CharField(max_length=10, choices=OfficerRuling, blank=True, default=OfficerRuling.OPEN)
    ruling_reason = models.TextField(blank=True)
    ruled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "user"], name="officer_declared_once"),
            models.CheckConstraint(
                condition=Q(ruling="", ruled_at=None)
                | ~Q(ruling="") & Q(has_interest=True, ruled_at__isnull=False) & ~Q(ruling_reason=""),
                name="officer_ruling_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {'an interest' if self.has_interest else 'none'}"


class OfficerConfirmation(models.Model):
    """One person's word, before one further notice, that what they declared is still all there is (D7)."""

    declaration = models.ForeignKey(OfficerDeclaration, on_delete=models.PROTECT, related_name="confirmations")
    notice = models.PositiveIntegerField()
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.declaration.user} before notice {self.notice + 1}"


class SteppedBack(models.Model):
    """Somebody no longer works on this procurement; what they do on it after `event` puts them back on the list."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.user} since {self.recorded_at}"
