"""What a person established for a gate, where nothing else on this site could tell."""

from django.db import models
from django.db.models import Q

from pilots.models.planned import Pilot


class GateItem(models.TextChoices):
    OPERATIONS = "operations", "Operations accept it"
    COST = "cost", "What it costs over its life is known"
    TAKE_OVER = "take-over", "Another firm could take it over: tried"
    AUDIT = "audit", "Somebody who did not run it has audited it"
    REMOVAL = "removal", "Equipment is away or handed over, accounts are closed"
    EXPORT = "export", "The export drill: all data are out, and open elsewhere"
    LESSONS = "lessons", "What was learned is written down"


class GateRecord(models.Model):
    """What was found about one thing that a gate asks; never changed afterwards, and the last one counts.

    `owner` is who answers for it, in words; `amount` and `years` belong to the cost over its life.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="gate_records")
    item = models.CharField(max_length=10, choices=GateItem)
    is_so = models.BooleanField()
    owner = models.CharField(max_length=120)
    on = models.DateField()
    words = models.TextField()
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    years = models.PositiveSmallIntegerField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(item="cost") | Q(amount__gt=0, years__gt=0), name="cost_over_so_many_years"
            )
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_item_display()}, {self.on}"
