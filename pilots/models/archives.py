"""Readings of months that are closed, packed away."""

from django.db import models

from pilots.models.planned import Pilot


class ReadingArchive(models.Model):
    """A pilot's readings of one month (UTC) as a Parquet file; from then on they stand here and no longer as rows.

    `number` may be 0: the month was looked at, and there was nothing to pack.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="archives")
    month = models.DateField()
    number = models.PositiveIntegerField()
    parquet = models.BinaryField()
    parquet_sha256 = models.CharField(max_length=64, blank=True)
    archived_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "month"], name="month_archived_once")]
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.number} readings of {self.pilot} in {self.month:%Y-%m}"
