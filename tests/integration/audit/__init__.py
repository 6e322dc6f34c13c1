"""Tests of the record, its chain, its clock and its transitions."""

from typing import Any

from django.db import models

from audit import clock
from audit.actors import SYSTEM
from audit.models import Event
from audit.transitions import append_event


def add_event(subject: models.Model | None = None, **parts: Any) -> Event:
    """One event of the system's, about anything."""
    about = subject or Event(pk=1)
    given = {"verb": "council.looked", "actor": SYSTEM, "at": clock.now(), "challenge_id": None} | parts
    return append_event(subject=about, **given)
