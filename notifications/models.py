"""Who is told what: followers, and one delivery per event and person."""

from django.db import models

from accounts.models import User
from audit.models import Event
from challenges.models import Challenge


class Follow(models.Model):
    """A person who wants to hear about a challenge."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="follows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "challenge"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user} follows {self.challenge}"


class Delivery(models.Model):
    """One message to one person about one event; sent once, after commit (T6)."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deliveries")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.user_id}"
