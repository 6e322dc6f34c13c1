"""Work that is due is a row; the queue only rings the bell."""

from datetime import datetime

from django.db import models
from django.db.models import Q


class DueWorkQuerySet(models.QuerySet["DueWork"]):
    def due(self, at: datetime) -> "DueWorkQuerySet":
        """Neither done nor given up, due, and not leased by a worker that may still be alive."""
        free = Q(leased_until=None) | Q(leased_until__lte=at)
        return self.filter(free, done_at=None, failed_at=None, due_at__lte=at)


class DueWork(models.Model):
    """One thing to do for one subject at one time; unique, so two beats or two workers do it once (T6)."""

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    objects = DueWorkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id", "due_at"], name="due_work_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="due_work_open")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.subject_id} due {self.due_at:%Y-%m-%d %H:%M}"


class RequestKey(models.Model):
    """The answer to a request that carried an idempotency key; kept in the same transaction as its effect."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveIntegerField()
    response = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="request_key_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class CachedValue(models.Model):
    """The table behind Django's cache: shared by all web processes, and there when the queue is not."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "work_cache"

    def __str__(self) -> str:
        return self.cache_key
