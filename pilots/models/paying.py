"""What a pilot pays for, and when."""

from django.db import models
from django.db.models import Q

from pilots.models.planned import Pilot


class MilestoneState(models.TextChoices):
    AHEAD = "ahead", "To be done"
    DELIVERED = "delivered", "Done, to be accepted"
    ACCEPTED = "accepted", "Accepted"
    INVOICED = "invoiced", "Invoiced"
    PAID = "paid", "Paid"


class Milestone(models.Model):
    """A piece of work with its price. It is paid when it was accepted, whatever the pilot's verdict (P7)."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="milestones")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=MilestoneState, default=MilestoneState.AHEAD)
    accepted_by = models.CharField(max_length=80, blank=True)
    invoice = models.CharField(max_length=60, blank=True)
    pay_by = models.DateField(null=True)
    paid_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "number"], name="milestone_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="milestone_has_an_amount"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class MilestoneStep(models.Model):
    """When a milestone came into a state, and by whom: the days that each side waited are counted from these."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="steps")
    became = models.CharField(max_length=10, choices=MilestoneState)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=80)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["taken_at", "id"]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.became}"
