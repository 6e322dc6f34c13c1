"""What belongs to one assessor alone while they mark."""

from django.db import models


class WorkingPaper(models.Model):
    """Beside one mark, for its writer's eyes only: private notes, and a text that came too late from another tab.

    Nobody else reads it and no export holds it. `version` counts the saves, so that a late one is noticed.
    """

    assessment = models.OneToOneField("assessment.Assessment", on_delete=models.CASCADE, related_name="paper")
    notes = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    aside = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"working paper {self.pk}"
