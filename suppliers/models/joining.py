"""Somebody who asks to belong to an organisation that is registered already."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from suppliers.models.organisations import Supplier


class JoiningState(models.TextChoices):
    ASKED = "asked", "Waiting for an administrator"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class Joining(models.Model):
    """One person's wish to join one organisation; its administrators answer it."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="joinings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="joinings")
    state = models.CharField(max_length=10, choices=JoiningState, default=JoiningState.ASKED)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "user"], condition=Q(state="asked"), name="joining_asked_once")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user} to {self.supplier}"
