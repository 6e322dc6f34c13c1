"""Who is told what: followers, and one delivery per event and person."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import User
from audit.models import Event
from challenges.models import Challenge


class Follow(models.Model):
    """A person who wants to hear about a challenge. No council sees who follows."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="follows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "challenge"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user} follows {self.challenge}"


class Pace(models.TextChoices):
    AT_ONCE = "at_once", "An e-mail for each, at once"
    DAILY = "daily", "One e-mail a day, at seven in the morning"
    INBOX = "inbox", "No e-mails: I look here"


class Preference(models.Model):
    """How a person wants to hear of what may wait; without a row, at once."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="message_preference")
    pace = models.CharField(max_length=10, choices=Pace, default=Pace.AT_ONCE)

    def __str__(self) -> str:
        return f"{self.user}: {self.pace}"


class Outcome(models.TextChoices):
    """What the e-mail service reported of a letter; empty where nothing was reported."""

    UNKNOWN = "", "Nothing reported"
    DELIVERED = "delivered", "Delivered"
    DEFERRED = "deferred", "Waits at the other end"
    BOUNCED = "bounced", "Came back"
    REJECTED = "rejected", "Refused"
    COMPLAINED = "complained", "Marked as unwanted"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, actor: object) -> "DeliveryQuerySet":
        """A person's own messages; nobody else's."""
        return self.filter(user=actor) if isinstance(actor, User) and actor.is_active else self.none()

    def waiting(self, at: datetime) -> "DeliveryQuerySet":
        """Not sent yet, and not in the hands of a worker that may still be alive."""
        free = Q(leased_until=None) | Q(leased_until__lte=at)
        return self.filter(free, sent_at=None, pace=Pace.AT_ONCE, attempts__lt=self.model.MOST_ATTEMPTS)

    def for_the_digest(self, user_id: int) -> "DeliveryQuerySet":
        """What waits for a person's next daily e-mail, in the order it happened."""
        return self.filter(user=user_id, pace=Pace.DAILY, sent_at=None).order_by("pk")


class Delivery(models.Model):
    """One message to one person about one event; sent once, after commit (T6)."""

    MOST_ATTEMPTS = 12

    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deliveries")
    subject = models.CharField(max_length=250)
    body = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    attached = models.JSONField("receipt that goes with it", null=True)
    pace = models.CharField(max_length=10, choices=Pace, default=Pace.AT_ONCE)
    created_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    service_id = models.CharField("what the e-mail service calls it", max_length=250, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default=Outcome.UNKNOWN)
    outcome_at = models.DateTimeField(null=True)
    outcome_said = models.CharField(max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="delivery_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at=None), name="delivery_waiting"),
            models.Index(fields=["service_id"], condition=~Q(service_id=""), name="delivery_reported"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.user_id}"


class TroubledAddress(models.Model):
    """An address that gave letters back; gone when one arrives there again."""

    address = models.EmailField(unique=True)
    kind = models.CharField(max_length=10, choices=Outcome)
    said = models.CharField("in the service's own words", max_length=500, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.address}: {self.get_kind_display()}"
