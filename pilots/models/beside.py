"""What a council shows beside a pilot's own measure."""

from django.db import models

from pilots.models.planned import Pilot


class AccompanyingSeries(models.Model):
    """Another series on the pilot's dates, the weather, say: shown beside the measure, part of no analysis (P1).

    `days` is a list of [date, value]; `is_summed` says that the days of a period are added up instead of averaged.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="accompanying")
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=60)
    source = models.CharField(max_length=300)
    address = models.URLField(max_length=500, blank=True)
    is_summed = models.BooleanField(default=False)
    days = models.JSONField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "name"], condition=models.Q(removed_at=None), name="accompanying_name_once"
            )
        ]
        ordering = ["added_at", "id"]

    def __str__(self) -> str:
        return self.name
