"""Awards: pilots' and full contracts alike wait for approval, notice and standstill (D4)."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import CouncilMembership, User
from challenges.models import Challenge
from pilots.models import Pilot
from suppliers.models import Supplier


class AwardState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    STANDSTILL = "standstill", "In standstill"
    CONTRACTED = "contracted", "Contracted"
    CHALLENGED = "challenged", "Challenged in court"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AwardKind(models.TextChoices):
    PILOT = "pilot", "Paid pilot"
    CONTRACT = "contract", "Full contract"


LIVE = (AwardState.PROPOSED, AwardState.APPROVED, AwardState.STANDSTILL, AwardState.CHALLENGED)
NOTIFIED = (AwardState.STANDSTILL, AwardState.CONTRACTED, AwardState.CHALLENGED)


class AwardQuerySet(models.QuerySet["Award"]):
    def public(self) -> "AwardQuerySet":
        """Awards whose notice went out, also those withdrawn later; what is only proposed is the council's own."""
        return self.exclude(notified_at=None)

    def visible_to(self, actor: Any) -> "AwardQuerySet":
        """The awards of the councils whose people look."""
        if not isinstance(actor, User) or not actor.is_active:
            return self.none()
        councils = CouncilMembership.objects.filter(user=actor).values("council")
        return self.filter(challenge__council__in=councils)


class Award(models.Model):
    """A contract about to be given to one supplier."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="awards")
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="awards")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="awards")
    kind = models.CharField(max_length=10, choices=AwardKind)
    state = models.CharField(max_length=12, choices=AwardState, default=AwardState.PROPOSED)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=80, blank=True)
    reasons = models.TextField(blank=True)
    # The council's delegated limit as it was at the approval, and who decided above it (D7).
    limit_at_approval = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    authority = models.CharField(max_length=160, blank=True)
    authority_decided_on = models.DateField(null=True)
    authority_reference = models.CharField(max_length=120, blank=True)
    notified_at = models.DateTimeField(null=True)
    standstill_ends_on = models.DateField(null=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "kind"], condition=~Q(state="withdrawn"), name="one_live_award"),
            models.CheckConstraint(
                name="award_approval_whole",
                condition=Q(approved_at=None, approved_by="") | Q(approved_at__isnull=False) & ~Q(approved_by=""),
            ),
            models.CheckConstraint(
                name="award_standstill_whole",
                condition=Q(notified_at=None, standstill_ends_on=None)
                | Q(notified_at__isnull=False, standstill_ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="award_notified_only_when_approved",
                condition=Q(notified_at=None) | Q(approved_at__isnull=False) & ~Q(reasons=""),
            ),
            models.CheckConstraint(
                name="award_after_notice_has_standstill",
                condition=~Q(state__in=["standstill", "contracted", "challenged"]) | Q(notified_at__isnull=False),
            ),
            models.CheckConstraint(
                name="award_authority_whole",
                condition=Q(authority="", authority_decided_on=None, authority_reference="")
                | ~Q(authority="") & Q(authority_decided_on__isnull=False) & ~Q(authority_reference=""),
            ),
            models.CheckConstraint(
                name="award_above_limit_names_authority",
                condition=Q(limit_at_approval=None) | Q(value__lte=F("limit_at_approval")) | ~Q(authority=""),
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="award_value_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"


class Contract(models.Model):
    """What was signed."""

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="contract")
    reference = models.CharField(max_length=60, unique=True)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    signed_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="contract_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.reference


class KeyPerformanceIndicator(models.Model):
    """What the contract is held to."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="indicators")
    name = models.CharField(max_length=160)
    unit = models.CharField(max_length=60)
    target = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
