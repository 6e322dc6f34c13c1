"""What was published as open data: one release per notice, added once, never edited."""

from django.db import models


class Release(models.Model):
    """An OCDS release as it went out. Append-only, by triggers."""

    challenge_id = models.BigIntegerField(db_index=True)
    event_id = models.BigIntegerField()
    notice = models.CharField(max_length=30)
    ocid = models.CharField(max_length=80, db_index=True)
    release_id = models.CharField(max_length=120, unique=True)
    date = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "notice"], name="release_once_per_event")]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.release_id
