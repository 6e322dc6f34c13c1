"""What the data said on a date, and what a person decided on it."""

import gzip

from django.db import models
from django.db.models import Q

from accounts.models import User
from pilots.models.planned import GateChoice, Pilot


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
