"""Readings of months that are closed, packed away."""

from django.db import models

from pilots.models.planned import Pilot


class ReadingArchive(models.Model):
    """A pilot's readings of some days (UTC) of one month as a Parquet file; they stand here and no longer as rows.

    `number` may be 0: the days were looked at, and there was nothing to pack.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="archives")
    month = models.DateField()
    first_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    parquet = models.BinaryField()
    parquet_sha256 = models.CharField(max_length=64, blank=True)
    archived_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "first_on"], name="days_archived_once")]
        ordering = ["first_on"]

    def __str__(self) -> str:
        return f"{self.number} readings of {self.pilot} from {self.first_on}"
