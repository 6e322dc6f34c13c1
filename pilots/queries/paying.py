"""Reads about milestones."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from pilots.models import Milestone, MilestoneStep, Pilot
from pilots.rules import local_day


def milestones_of(pilot: Pilot) -> QuerySet[Milestone]:
    """The milestones of a pilot in their order, with their steps: two queries."""
    return pilot.milestones.prefetch_related(_steps()).order_by("number")


def is_paid_late(milestone: Milestone, at: datetime) -> bool:
    """Whether an invoice was not paid within its thirty days."""
    last = milestone.paid_on or local_day(at)
    return milestone.pay_by is not None and last > milestone.pay_by


def _steps() -> "Prefetch[Any]":
    return Prefetch("steps", MilestoneStep.objects.order_by("taken_at", "pk"))
