"""Readings as they come."""

from django.db import models

from pilots.models.planned import Device, Metric, Pilot


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
