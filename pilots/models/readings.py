"""Readings as they come."""

from django.db import models

from pilots.models.planned import Device, Metric, Pilot


class Source(models.TextChoices):
    FILE = "file", "A file that a person uploaded"
    TYPED = "typed", "Typed in by a person"
    API = "api", "A feed with a token"
    PULL = "pull", "Fetched from the supplier's service"
    SIMULATION = "simulation", "The demonstration's simulated feed"


class Reading(models.Model):
    """One value of one metric at one device and instant. Sending it again changes nothing.

    On PostgreSQL the table has a partition a month, so a batch costs the same in the twelfth month as in the first. It
    is written through `pilots.storage` alone, which looks device and metric up before; the database does not look them
    up again for every row. `version` counts from 1; a corrected reading keeps its place.
    """

    pk = models.CompositePrimaryKey("device_id", "metric_id", "taken_at")
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="readings", db_constraint=False, db_index=False
    )
    metric = models.ForeignKey(
        Metric, on_delete=models.PROTECT, related_name="readings", db_constraint=False, db_index=False
    )
    taken_at = models.DateTimeField()
    value = models.FloatField()
    source = models.CharField(max_length=10, choices=Source)
    received_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.value} at {self.taken_at:%Y-%m-%d %H:%M}"


class ReadingVersion(models.Model):
    """What a reading said before it was corrected; never changed afterwards."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+", db_index=False)
    taken_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField()
    value = models.FloatField()
    source = models.CharField(max_length=10, choices=Source)
    received_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=80)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["metric", "device", "taken_at", "version"], name="reading_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.version}: {self.value} at {self.taken_at:%Y-%m-%d %H:%M}"


class PendingRollup(models.Model):
    """Hours whose sums are to be made again; only added to and taken away, so that no mark can be lost (decision 0019).

    `buckets` holds pairs of a device and an hour, as `pilots.storage.marks` packs them. The intake has looked the
    metric up; the database does not do it again for every batch.
    """

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    buckets = models.BinaryField()

    def __str__(self) -> str:
        return f"hours of {self.metric_id}"


class Rollup(models.Model):
    """Sum, number, lowest and highest of one device's readings of one metric in one span of time."""

    total = models.FloatField()
    number = models.PositiveIntegerField()
    lowest = models.FloatField()
    highest = models.FloatField()

    class Meta:
        abstract = True


class HourlyRollup(Rollup):
    """An hour, by its first instant."""

    pk = models.CompositePrimaryKey("metric_id", "device_id", "hour")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="hours", db_index=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="hours", db_index=False)
    hour = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} readings in the hour from {self.hour:%Y-%m-%d %H:%M}"


class DailyRollup(Rollup):
    """A day where the councils are (London)."""

    pk = models.CompositePrimaryKey("metric_id", "device_id", "day")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="days", db_index=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.number} readings on {self.day}"


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
    # In the future while its successor is being put in place: until then both are valid.
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["issued_at", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def actor_key(self) -> str:
        return f"reading-token:{self.pk}"


class ReadingsKept(models.Model):
    """That a measure's raw readings are deleted on the day that the plan named; sums and results stay (P6).

    They go in many transactions: `number` counts those that went so far, `deleted_at` is empty until all did.
    """

    metric = models.OneToOneField(Metric, on_delete=models.PROTECT, related_name="kept")
    until = models.DateField()
    number = models.PositiveBigIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"readings of {self.metric}, kept until {self.until}"
