"""When a pilot stands still."""

from django.db import models

from pilots.models.planned import Pilot


class Cause(models.TextChoices):
    SAFETY = "safety", "Safety"
    SECURITY = "security", "Security"
    UNLAWFUL = "unlawful", "Unlawful processing of data"


class Suspension(models.Model):
    """From when to when a pilot was suspended, and why; the readings of these days count for no result (P3, P5)."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="suspensions")
    cause = models.CharField(max_length=10, choices=Cause)
    reason = models.TextField()
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    put_right = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot"], condition=models.Q(ended_at=None), name="suspended_once")
        ]
        ordering = ["began_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_cause_display()}, from {self.began_at:%Y-%m-%d %H:%M}"
