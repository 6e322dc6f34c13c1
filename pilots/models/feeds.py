"""Where readings of a pilot are fetched from, on a schedule."""

from datetime import timedelta

from django.db import models

from pilots.models.planned import Pilot


class FeedEvery(models.IntegerChoices):
    QUARTER = 15, "Every 15 minutes"
    HOUR = 60, "Every hour"
    DAY = 1440, "Every day"


class ReadingFeed(models.Model):
    """An address of the supplier's that gives readings; what its columns are called, and how the last look went.

    `columns` has the name of their column for each of ours that its own name does not tell; `rows_at` says where the
    list stands in an answer that is one JSON object, as data.items. `failures` counts looks that failed in a row.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="feeds")
    address = models.CharField(max_length=2000)
    every = models.PositiveIntegerField(choices=FeedEvery)
    columns = models.JSONField(default=dict)
    zone = models.CharField(max_length=20, blank=True)
    dates = models.CharField(max_length=10, default="year")
    decimal = models.CharField(max_length=1, default=".")
    rows_at = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    has_failed = models.BooleanField(default=False)
    failures = models.PositiveIntegerField(default=0)
    is_told = models.BooleanField(default=False)
    tried_again_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "address"], condition=models.Q(stopped_at=None), name="feed_address_once"
            )
        ]
        ordering = ["set_at", "id"]

    def __str__(self) -> str:
        return self.address

    @property
    def actor_key(self) -> str:
        return f"reading-feed:{self.pk}"

    @property
    def step(self) -> timedelta:
        return timedelta(minutes=self.every)


class FeedKey(models.Model):
    """What proves to a supplier's service that the marketplace may ask: closed in a box, and never shown again.

    The box opens only for this feed, at the origin and in the header that it was closed for.
    """

    feed = models.OneToOneField(ReadingFeed, on_delete=models.PROTECT, related_name="key")
    header = models.CharField(max_length=60)
    box = models.BinaryField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"key of {self.feed}"
