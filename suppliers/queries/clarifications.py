"""Reads about questions and their answers."""

from typing import Any

from django.db.models import F

from challenges.models import Challenge
from suppliers.models import Clarification, ClarificationQuerySet


def published_questions(challenge: Challenge, actor: Any) -> ClarificationQuerySet:
    """The public list, and the actor's own open questions, in the order asked."""
    return Clarification.objects.filter(challenge=challenge).visible_to(actor).prefetch_related("former_answers")


def questions_for_council(challenge: Challenge) -> ClarificationQuerySet:
    """Every question for those who answer: the unanswered first, never with the supplier (Q1, Q2)."""
    rows = Clarification.objects.filter(challenge=challenge).defer("supplier")
    return rows.order_by(F("answered_at").asc(nulls_first=True), "asked_at", "id")
