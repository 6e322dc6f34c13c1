"""Who assesses: the panel of a challenge and its seats."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from challenges.models import Challenge


class Panel(models.Model):
    """The people who assess one challenge."""

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="panel")

    def __str__(self) -> str:
        return f"panel of {self.challenge}"


class PanelRole(models.TextChoices):
    CHAIR = "chair", "Chair: moderates"
    ASSESSOR = "assessor", "Assessor: marks"


class PanelMemberQuerySet(models.QuerySet["PanelMember"]):
    def active(self) -> "PanelMemberQuerySet":
        """Those who sit on the panel now; whoever left keeps their row, because what they declared stays."""
        return self.filter(left_at=None)


class PanelMember(models.Model):
    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="panel_memberships")
    role = models.CharField(max_length=10, choices=PanelRole)
    left_at = models.DateTimeField(null=True)

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panel", "user"], name="panel_member_once"),
            models.UniqueConstraint(fields=["panel"], condition=Q(role="chair", left_at=None), name="panel_one_chair"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
