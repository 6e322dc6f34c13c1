"""Questions about a call, and their answers."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import User
from challenges.models import Challenge
from suppliers.models.organisations import Supplier, SupplierMember


class ClarificationQuerySet(models.QuerySet["Clarification"]):
    def published(self) -> "ClarificationQuerySet":
        """Question and answer appear together, to everybody at the same instant (Q2)."""
        return self.exclude(answered_at=None)

    def visible_to(self, actor: object) -> "ClarificationQuerySet":
        """What is published, and a person's own organisations' open questions."""
        if not isinstance(actor, User) or not actor.is_active:
            return self.published()
        own = SupplierMember.objects.filter(user=actor).values("supplier")
        return self.filter(Q(answered_at__isnull=False) | Q(supplier__in=own))


class Clarification(models.Model):
    """A question about a call and its answer; the asker stays behind a pseudonym (Q1)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="clarifications")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    asker = models.CharField(max_length=40)
    question = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)

    objects = ClarificationQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="clarification_answer_whole",
                condition=Q(answered_at=None, answer="", answered_by="")
                | Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(answered_by=""),
            )
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"

    def answer_at(self, instant: datetime) -> str:
        """What the answer said then; later corrections did not stand yet (Q3)."""
        later = [former for former in self.former_answers.all() if former.replaced_at > instant]
        return later[0].answer if later else self.answer


class FormerAnswer(models.Model):
    """A published answer as it stood until it was corrected, and why it was; never changed or removed (Q3)."""

    clarification = models.ForeignKey(Clarification, on_delete=models.PROTECT, related_name="former_answers")
    answer = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)
    replaced_at = models.DateTimeField()
    why = models.TextField()

    class Meta:
        ordering = ["replaced_at", "id"]

    def __str__(self) -> str:
        return f"former answer to question {self.clarification_id}"
