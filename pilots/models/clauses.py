"""Clauses looked at on a pilot's service."""

from django.db import models
from django.db.models import Q

from audit.actors import SYSTEM
from challenges.models import ClauseRequirement
from pilots.models.planned import Pilot


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
