"""A place that a chosen supplier gave up, and who of the ranked moved up to it."""

from django.db import models

from accounts.models import User
from assessment.models.rounds import Decision
from suppliers.models import Submission


class Replacement(models.Model):
    """One place that was given up after the decision, given to the next; the decision itself stands as it was made."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="replacements")
    left = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="replaced_by")
    moved_up = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="replaces")
    reason = models.TextField()
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(left=models.F("moved_up")), name="replacement_is_another")
        ]

    def __str__(self) -> str:
        return f"{self.moved_up} in the place of {self.left}"
