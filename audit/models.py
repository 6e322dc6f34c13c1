"""The record: what happened, when, by whom. Rows are only ever added (R1); database triggers hold that."""

from django.db import models


class Visibility(models.TextChoices):
    """Who may read an event in the record."""

    PUBLIC = "public", "Everyone"
    COUNCIL = "council", "The council"
    PANEL = "panel", "The panel and the auditor"
    SUPPLIER = "supplier", "The supplier concerned, and the council after unsealing"


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, record: models.Model) -> "EventQuerySet":
        return self.filter(subject_type=record._meta.label_lower, subject_id=record.pk)

    def of_challenge(self, challenge_id: int) -> "EventQuerySet":
        return self.filter(challenge_id=challenge_id)

    def public(self) -> "EventQuerySet":
        return self.filter(visibility=Visibility.PUBLIC)


class Event(models.Model):
    """One thing that happened. The actor is kept by value, so removing a person removes no trace (R2)."""

    at = models.DateTimeField()
    verb = models.CharField(max_length=80)
    actor_key = models.CharField(max_length=80)
    actor_label = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    challenge_id = models.BigIntegerField(null=True)
    visibility = models.CharField(max_length=10, choices=Visibility)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="event_subject"),
            models.Index(fields=["challenge_id", "id"], name="event_challenge"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.subject_type}:{self.subject_id}"


class ChainLink(models.Model):
    """The hash that ties an event to all events linked before it; written by one writer, after the fact."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="link")
    position = models.BigIntegerField(unique=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"


class ChainHead(models.Model):
    """The single row that the chain's writer locks."""

    name = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.name


class ClockOffset(models.Model):
    """Seconds added to the database's clock; read only where the development setting CLOCK_MAY_MOVE is on."""

    seconds = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.seconds:+.0f} s"


class ReaderCursor(models.Model):
    """How far one reader of the outbox has come; events themselves are never touched."""

    reader = models.CharField(max_length=60, unique=True)
    last_position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} at {self.last_position}"
