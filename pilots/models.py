"""Pilots: a plan frozen beforehand, readings as they come, evaluations on their dates, and the gate."""

import gzip
import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import CouncilMembership, User
from assessment.models import Decision
from audit.actors import SYSTEM
from challenges.models import Challenge, ClauseRequirement, Direction, MeasureRole, Outcome
from suppliers.models import Submission, Supplier, SupplierMember


class PilotState(models.TextChoices):
    PLANNED = "planned", "Planned"
    REGISTERED = "registered", "Registered"
    RUNNING = "running", "Running"
    EVALUATING = "evaluating", "Being evaluated"
    DECIDED = "decided", "Decided"
    CLOSED = "closed", "Closed"


class GateChoice(models.TextChoices):
    NONE = "", "Not decided"
    SCALE = "scale", "Scale"
    EXTEND = "extend", "Extend once"
    STOP = "stop", "Stop"


class PilotQuerySet(models.QuerySet["Pilot"]):
    def public(self) -> "PilotQuerySet":
        """Everything whose measures are registered, stopped pilots as openly as successful ones (P7)."""
        return self.exclude(state=PilotState.PLANNED)

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
    has_live_simulation = models.BooleanField(default=False)

    objects = PilotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pilot_registered_is_whole",
                condition=Q(state="planned")
                | Q(plan__isnull=False, registered_at__isnull=False, analysis_on__isnull=False)
                & ~Q(plan_sha256="")
                & ~Q(registered_by=""),
            )
        ]

    def __str__(self) -> str:
        return f"pilot {self.slug}"


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


class Source(models.TextChoices):
    FILE = "file", "A file that a person uploaded"
    API = "api", "A feed with a token"
    SIMULATION = "simulation", "The demonstration's simulated feed"


class Reading(models.Model):
    """One value of one metric at one device and instant. Sending it again changes nothing."""

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="readings")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="readings")
    taken_at = models.DateTimeField()
    value = models.FloatField()
    source = models.CharField(max_length=10, choices=Source)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "metric", "taken_at"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.value} at {self.taken_at:%Y-%m-%d %H:%M}"


class OutOfRangeReading(models.Model):
    """A value beyond what its metric can be: kept out of the analysis, counted by its quality gate, once (P4, P5)."""

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="out_of_range")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="out_of_range")
    taken_at = models.DateTimeField()
    value = models.FloatField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "metric", "taken_at"], name="out_of_range_once")]

    def __str__(self) -> str:
        return f"{self.value} at {self.taken_at:%Y-%m-%d %H:%M}, out of range"


class ReadingToken(models.Model):
    """A pilot's key to the readings API; only its hash is kept."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="tokens")
    token_sha256 = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["issued_at", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def actor_key(self) -> str:
        return f"reading-token:{self.pk}"


class EvaluationKind(models.TextChoices):
    MONITORING = "monitoring", "Monitoring: not a result"
    REGISTERED = "registered", "Registered result"


class Verdict(models.TextChoices):
    NONE = "", "None"
    SCALE = "scale", "Scale"
    EXTEND = "extend", "Extend"
    STOP = "stop", "Stop"
    INCONCLUSIVE = "inconclusive", "Inconclusive"


class PilotEvaluation(models.Model):
    """What the data said on one due date; only registered dates carry a verdict (P3), each with its snapshot (P6)."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="evaluations")
    kind = models.CharField(max_length=12, choices=EvaluationKind)
    due_at = models.DateTimeField()
    computed_at = models.DateTimeField()
    completeness = models.FloatField()
    verdict = models.CharField(max_length=12, choices=Verdict, blank=True)
    result = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "kind", "due_at"], name="evaluation_once"),
            models.CheckConstraint(
                condition=Q(kind="registered") & ~Q(verdict="") | Q(kind="monitoring", verdict=""),
                name="verdict_only_when_registered",
            ),
        ]
        ordering = ["due_at"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.pilot} due {self.due_at:%Y-%m-%d}"


class AnalysedReadings(models.Model):
    """The file that a registered result was computed from, so that it can be repeated whatever happens later (P6)."""

    evaluation = models.OneToOneField(PilotEvaluation, on_delete=models.CASCADE, related_name="analysed")
    gzipped_csv = models.BinaryField()

    def __str__(self) -> str:
        return f"readings of {self.evaluation}"

    @property
    def text(self) -> str:
        return gzip.decompress(self.gzipped_csv).decode()


class CheckVerdict(models.TextChoices):
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    WAIVED = "waived", "Waived, with a public reason"
    UNCHECKED = "unchecked", "Could not be checked"
    TO_CONFIRM = "to_confirm", "A person confirms it"


class ServiceRegistration(models.Model):
    """Where a pilot's service is looked at, and what was stated about it: a new version with every change.

    `hosts` is the allow-list of the guarded fetcher; `addresses` has one address per kind (clauses.checks.NAMES).
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="service_registrations")
    number = models.PositiveIntegerField()
    hosts = models.JSONField(default=list)
    addresses = models.JSONField(default=dict)
    stated = models.JSONField(default=dict)
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "number"], name="service_registration_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"service of {self.pilot}, version {self.number}"


class ClauseWatch(models.Model):
    """A clause that a machine looks at on this pilot, on the grid that begins at `anchor_at`."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="clause_watches")
    requirement = models.ForeignKey(ClauseRequirement, on_delete=models.PROTECT)
    anchor_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "requirement"], name="clause_watch_once")]

    def __str__(self) -> str:
        return f"watch of {self.requirement}"


class HealthProbe(models.Model):
    """One question to the service's health address (clause on availability); an unanswered one counts as down."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="health_probes")
    due_at = models.DateTimeField()
    is_up = models.BooleanField()
    milliseconds = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "due_at"], name="health_probe_once")]

    def __str__(self) -> str:
        return f"{'up' if self.is_up else 'down'} at {self.due_at:%Y-%m-%d %H:%M}"


class ClauseCheck(models.Model):
    """What was found about a clause on the pilot's service, by a person or by machine; never changed afterwards.

    `counts`: it says where the clause stands (met, not met, waived), and the last one that does, rules. `is_change`:
    its verdict differs from the one before it. Machine checks carry their findings and the registration that was read.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="clause_checks")
    requirement = models.ForeignKey(ClauseRequirement, on_delete=models.PROTECT)
    verdict = models.CharField(max_length=10, choices=CheckVerdict)
    evidence = models.TextField()
    checked_by = models.CharField(max_length=80)
    checked_at = models.DateTimeField()
    counts = models.BooleanField(default=True)
    is_change = models.BooleanField(default=True)
    findings = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True)
    registration = models.ForeignKey(ServiceRegistration, null=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "requirement", "due_at"], condition=Q(due_at__isnull=False), name="clause_check_once"
            ),
            models.CheckConstraint(
                condition=Q(counts=False) | Q(verdict__in=["met", "not_met", "waived"]), name="only_verdicts_count"
            ),
        ]
        indexes = [models.Index(fields=["pilot", "requirement", "-id"], name="clause_check_last")]
        ordering = ["checked_at", "id"]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.verdict}"

    @property
    def is_by_machine(self) -> bool:
        return self.checked_by == SYSTEM.actor_key


class GateDecision(models.Model):
    """What the named person decided after the registered result (D6)."""

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="gate")
    choice = models.CharField(max_length=10, choices=GateChoice)
    evaluation = models.ForeignKey(PilotEvaluation, on_delete=models.PROTECT)
    reason = models.TextField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT)
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pilot}: {self.choice}"
