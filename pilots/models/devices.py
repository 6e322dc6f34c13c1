"""What happened to devices: installed, moved, calibrated, given other firmware, removed."""

from django.db import models
from django.db.models import Q

from pilots.models.planned import Device, Site


class Happening(models.TextChoices):
    INSTALLED = "installed", "Installed"
    MOVED = "moved", "Moved"
    CALIBRATED = "calibrated", "Calibrated"
    FIRMWARE = "firmware", "Firmware changed"
    REMOVED = "removed", "Removed"


class DeviceEvent(models.Model):
    """Something that happened to a device on a day. A moved device counts for its new site from the next day on (P4).

    On the day of a move its readings are of two places, and count for neither: clocks of devices and of whoever moves
    them disagree, so `time` (in London, None where nobody told it) is for readers and decides nothing.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="happened")
    what = models.CharField(max_length=10, choices=Happening)
    on = models.DateField()
    time = models.TimeField(null=True)
    site = models.ForeignKey(Site, null=True, on_delete=models.CASCADE, related_name="+")
    detail = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "what", "on"], name="device_event_once"),
            models.CheckConstraint(condition=~Q(what="moved") | Q(site__isnull=False), name="moved_to_a_site"),
        ]
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.device}: {self.what} on {self.on}"

    @property
    def clock(self) -> str:
        """The time of day as 14:30; empty where it was not told."""
        return f"{self.time:%H:%M}" if self.time else ""
