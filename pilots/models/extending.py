"""A pilot that goes on after its first result."""

from django.db import models

from accounts.models import User
from pilots.models.evaluations import PilotEvaluation
from pilots.models.planned import Pilot


class Extension(models.Model):
    """The one extension of a pilot: what the first look said, who proposed to go on, who agreed, what the plan was.

    The first decision moves here, so that the pilot has one gate, decided on its second look (P2).
    """

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="extension")
    evaluation = models.ForeignKey(PilotEvaluation, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    proposed_because = models.TextField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()
    agreed_because = models.TextField()
    is_foreseen = models.BooleanField()
    first_plan = models.JSONField()
    first_plan_sha256 = models.CharField(max_length=64)
    first_ends_on = models.DateField()
    first_analysis_on = models.DateField()

    def __str__(self) -> str:
        return f"extension of {self.pilot}, from {self.first_ends_on}"
