"""What residents measure themselves: shown as theirs, part of no registered analysis."""

from django.db import models
from django.db.models import Q

from pilots.models.planned import Metric, Pilot, Site


class ResidentForm(models.Model):
    """That a pilot takes readings from residents: of which measure, how to take one, and since when."""

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="resident_form")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    how = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"residents' readings of {self.pilot}"


class Judged(models.TextChoices):
    WAITING = "waiting", "Waits for the council"
    ACCEPTED = "accepted", "Shown"
    REFUSED = "refused", "Not shown"


class ResidentReading(models.Model):
    """One value that somebody sent without a name: the place, the day, the value, and what the council said of it."""

    form = models.ForeignKey(ResidentForm, on_delete=models.PROTECT, related_name="readings")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="resident_readings")
    taken_on = models.DateField()
    value = models.FloatField()
    received_on = models.DateField()
    judged = models.CharField(max_length=8, choices=Judged, default=Judged.WAITING)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.CharField(max_length=80, blank=True)
    refused_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(judged="refused") | ~Q(refused_because=""), name="resident_reading_refused_with_reason"
            )
        ]
        indexes = [models.Index(fields=["form", "judged", "taken_on"], name="resident_reading_judged")]
        ordering = ["taken_on", "id"]

    def __str__(self) -> str:
        return f"{self.value} at {self.site} on {self.taken_on}"
