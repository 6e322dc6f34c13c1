"""What goes wrong in a pilot: incidents with their clocks, recalled devices, what was erased, a supplier that stops."""

from django.db import models

from pilots.models.evaluations import PilotEvaluation
from pilots.models.planned import Device, Pilot


class Severity(models.TextChoices):
    SAFETY = "safety", "Safety: somebody was or could be hurt"
    SECURITY = "security", "Security: somebody got in, or could"
    PERSONAL_DATA = "personal_data", "Personal data: lost, changed, or seen by somebody who should not"
    SERVICE = "service", "Service: it does not do what it should"
    OUTSIDE = "outside", "Outside: something else happened at the sites, such as works, an event, or new rules"


class Whom(models.TextChoices):
    OTHER_SIDE = "other_side", "The other side (council or supplier)"
    SITES = "sites", "Whoever is responsible for the sites"
    PROTECTION = "protection", "The council’s data protection officer"
    COMMISSIONER = "commissioner", "The Information Commissioner"
    SAFETY_BODY = "safety_body", "The Health and Safety Executive"
    CYBER = "cyber", "The council’s security lead"


class Incident(models.Model):
    """Something that went wrong: when it was found, what it was, how it ended. Both sides see it and add to it."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="incidents")
    number = models.PositiveIntegerField()
    severity = models.CharField(max_length=14, choices=Severity)
    title = models.CharField(max_length=160)
    found_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    # The days whose readings it may have touched. They are marked and they count; only a suspension leaves days out.
    touches_from = models.DateField(null=True)
    touches_until = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    closed_because = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "number"], name="incident_number_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Incident {self.number}: {self.title}"


class IncidentEntry(models.Model):
    """One line of an incident's log; only added to. What had to be erased leaves its line empty."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d %H:%M}: {self.text[:40]}"


class IncidentDuty(models.Model):
    """Who has to be told of an incident, and until when; who told them and when, or why nobody had to."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="duties")
    whom = models.CharField(max_length=12, choices=Whom)
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)
    is_needless = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "whom"], name="incident_duty_once")]
        ordering = ["due_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_whom_display()} by {self.due_at:%Y-%m-%d %H:%M}"


class DeviceRecall(models.Model):
    """A device that was recalled: its readings from an instant on are marked, never dropped unseen.

    A recall that was a mistake is taken back, and stays with both reasons; the device can be recalled again.
    """

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="recalls")
    recalled_from = models.DateTimeField()
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=80, blank=True)
    taken_back_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device"], condition=models.Q(taken_back_at=None), name="device_recalled_once"
            )
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.device}, from {self.recalled_from:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """That something had to be erased: what kind, how much, whose word, why. Not what it said (R2)."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="erasures")
    what = models.CharField(max_length=200)
    reason = models.TextField()
    number = models.PositiveIntegerField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField()
    erased_by = models.CharField(max_length=80)
    # The registered result that was computed from what is gone: it stands, and nobody can repeat it any more.
    result = models.ForeignKey(PilotEvaluation, null=True, on_delete=models.PROTECT, related_name="erasures")

    class Meta:
        ordering = ["erased_at", "id"]

    def __str__(self) -> str:
        return f"{self.what}, {self.erased_at:%Y-%m-%d}"


class StopKind(models.TextChoices):
    WITHDRAWS = "withdraws", "The supplier withdraws"
    FAILS = "fails", "The supplier has failed"


class SupplierStop(models.Model):
    """That a supplier cannot go on with a pilot that runs, by its own word or by the council's."""

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="supplier_stop")
    kind = models.CharField(max_length=9, choices=StopKind)
    reason = models.TextField()
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.pilot}"
