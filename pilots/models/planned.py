"""Pilots, what they are tried at, and what they measure."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import CouncilMembership, User
from assessment.models import Decision
from challenges.models import Challenge, Direction, MeasureRole, Outcome
from suppliers.models import Submission, Supplier, SupplierMember


class PilotState(models.TextChoices):
    PLANNED = "planned", "Planned"
    REGISTERED = "registered", "Registered"
    RUNNING = "running", "Running"
    SUSPENDED = "suspended", "Suspended"
    EVALUATING = "evaluating", "Being evaluated"
    DECIDED = "decided", "Decided"
    CLOSED = "closed", "Closed"
    DROPPED = "dropped", "Ended before it began"
    ENDED = "ended", "Ended early"


class GateChoice(models.TextChoices):
    NONE = "", "Not decided"
    SCALE = "scale", "Scale"
    EXTEND = "extend", "Extend once"
    STOP = "stop", "Stop"


class PilotQuerySet(models.QuerySet["Pilot"]):
    def public(self) -> "PilotQuerySet":
        """Everything whose measures are registered, stopped pilots as openly as successful ones (P7)."""
        return self.exclude(registered_at=None)

    def visible_to(self, actor: Any) -> "PilotQuerySet":
        """The working pages of a pilot: its council's people and its supplier's."""
        if not isinstance(actor, User) or not actor.is_active:
            return self.none()
        councils = CouncilMembership.objects.filter(user=actor).values("council")
        suppliers = SupplierMember.objects.filter(user=actor).values("supplier")
        return self.filter(Q(challenge__council__in=councils) | Q(supplier__in=suppliers))


class Pilot(models.Model):
    """One chosen supplier's solution, tried in real streets against measures registered beforehand (P1)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="pilots")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="pilots")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="pilot")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="pilots")
    state = models.CharField(max_length=12, choices=PilotState, default=PilotState.PLANNED)
    slug = models.SlugField(max_length=100, unique=True)
    created_at = models.DateTimeField()

    plan = models.JSONField(null=True)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    registered_at = models.DateTimeField(null=True)
    registered_by = models.CharField(max_length=80, blank=True)

    baseline_starts_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    analysis_on = models.DateField(null=True)
    decision_on = models.DateField(null=True)
    decider = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="pilots_to_decide")
    site_consent_at = models.DateTimeField(null=True)
    site_consent_by = models.CharField(max_length=80, blank=True)
    site_consent_note = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    ended_early_at = models.DateTimeField(null=True)
    ended_early_because = models.TextField(blank=True)
    payment_at_end = models.TextField(blank=True)
    removal_at_end = models.TextField(blank=True)
    has_live_simulation = models.BooleanField(default=False)
    # Counts changes of what an intake has to know (devices, metrics, bounds), so that it can be remembered in between.
    roster_version = models.PositiveIntegerField(default=1)

    objects = PilotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pilot_registered_is_whole",
                condition=Q(state__in=["planned", "dropped"])
                | Q(plan__isnull=False, registered_at__isnull=False, analysis_on__isnull=False)
                & ~Q(plan_sha256="")
                & ~Q(registered_by=""),
            )
        ]

    def __str__(self) -> str:
        return f"pilot {self.slug}"

    @property
    def is_over(self) -> bool:
        """Nothing is read, checked or decided any more."""
        return self.state in (PilotState.CLOSED, PilotState.DROPPED, PilotState.ENDED)


class Arm(models.TextChoices):
    PILOT = "pilot", "Pilot"
    COMPARISON = "comparison", "Comparison"


class Site(models.Model):
    """A unit of analysis: the street, home or building that the pilot was assigned to, or compared with (P4)."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="sites")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120, blank=True)
    arm = models.CharField(max_length=12, choices=Arm)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "code"], name="site_code_once")]
        ordering = ["arm", "code"]

    def __str__(self) -> str:
        return self.code


class Device(models.Model):
    """Something at a site that takes readings; devices of a site are averaged, never counted as units."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="devices")
    code = models.SlugField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "code"], name="device_code_once")]

    def __str__(self) -> str:
        return self.code


class Metric(models.Model):
    """What a pilot measures, from an outcome published with the call."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="metrics")
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT)
    code = models.SlugField(max_length=40)
    role = models.CharField(max_length=10, choices=MeasureRole)
    name = models.CharField(max_length=160)
    unit = models.CharField(max_length=60)
    direction = models.CharField(max_length=10, choices=Direction)
    lowest = models.FloatField(null=True)
    highest = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "code"], name="metric_code_once"),
            models.UniqueConstraint(fields=["pilot"], condition=Q(role="primary"), name="one_primary_metric"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.unit})"
