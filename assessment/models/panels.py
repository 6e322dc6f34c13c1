"""Who assesses: the panel of a challenge and its seats."""

from django.db import models
from django.db.models import Q

from accounts.models import Council, User
from challenges.models import Challenge


class Panel(models.Model):
    """The people who assess one challenge."""

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="panel")
    marks_each = models.PositiveSmallIntegerField("assessors who mark each submission", null=True)
    declare_by = models.DateField(null=True)
    mark_by = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(marks_each=None) | Q(marks_each__gte=2), name="panel_two_mark_each")
        ]

    def __str__(self) -> str:
        return f"panel of {self.challenge}"


class CouncilTerms(models.Model):
    """What a council asks of its panels, in one version. No text: from then on the marketplace's own terms again."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="panel_terms")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "number"], name="terms_number_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.version

    @property
    def version(self) -> str:
        return f"own-{self.number}"


class PanelRole(models.TextChoices):
    CHAIR = "chair", "Chair: moderates"
    DEPUTY = "deputy", "Deputy chair: moderates where the chair has an interest"
    ASSESSOR = "assessor", "Assessor: marks"
    OBSERVER = "observer", "Observer: follows the progress, reads the result, never marks"

    @property
    def word(self) -> str:
        """The role in one word, as lists show it."""
        return self.name.capitalize()


class PanelMemberQuerySet(models.QuerySet["PanelMember"]):
    def active(self) -> "PanelMemberQuerySet":
        """Those who sit on the panel now; whoever left keeps their row, because what they declared stays."""
        return self.filter(left_at=None)

    def vacant(self) -> "PanelMemberQuerySet":
        """Seats that were left while the panel was at work and that nobody has taken over yet, the oldest first."""
        return self.filter(is_vacant=True, successor=None).order_by("left_at", "pk")


class PanelMember(models.Model):
    """One person's seat. Whoever is relieved keeps the row: what they declared and marked stays with it."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="panel_memberships")
    role = models.CharField(max_length=10, choices=PanelRole)
    left_at = models.DateTimeField(null=True)
    left_reason = models.TextField(blank=True)
    is_vacant = models.BooleanField("left open for a successor", default=False)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="successor")
    terms_version = models.CharField(max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panel", "user"], name="panel_member_once"),
            models.UniqueConstraint(fields=["panel"], condition=Q(role="chair", left_at=None), name="panel_one_chair"),
            models.UniqueConstraint(
                fields=["panel"], condition=Q(role="deputy", left_at=None), name="panel_one_deputy"
            ),
            models.CheckConstraint(
                condition=Q(terms_accepted_at=None, terms_version="")
                | Q(terms_accepted_at__isnull=False) & ~Q(terms_version=""),
                name="panel_terms_whole",
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
