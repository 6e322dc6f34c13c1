"""Answers, and what seals them. Until the unsealing an answer exists only as ciphertext: nothing else can leak."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from challenges.models import Challenge
from suppliers.models.organisations import Supplier, SupplierMember


class SubmissionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted and sealed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    UNSEALED = "unsealed", "Unsealed"
    ADMITTED = "admitted", "Admitted"
    DISREGARDED = "disregarded", "Disregarded"
    SELECTED = "selected", "Selected for a pilot"
    NOT_SELECTED = "not_selected", "Not selected"
    LEFT = "left", "Withdrawn after being selected"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def arrived(self) -> "SubmissionQuerySet":
        """Those that reached the deadline as submissions; drafts and withdrawn ones never do (S4)."""
        return self.exclude(state__in=[SubmissionState.DRAFT, SubmissionState.WITHDRAWN])

    def visible_to(self, actor: object) -> "SubmissionQuerySet":
        """A person's own organisations' submissions; nobody else's, whatever their role or flags (S1, S2)."""
        if not isinstance(actor, User) or not actor.is_active:
            return self.none()
        return self.filter(supplier__in=SupplierMember.objects.filter(user=actor).values("supplier"))


class Submission(models.Model):
    """One supplier's answer to one challenge (O1). Draft and submitted content are ciphertext until unsealed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="submissions")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="submissions")
    state = models.CharField(max_length=12, choices=SubmissionState, default=SubmissionState.DRAFT)
    pseudonym = models.CharField(max_length=40, blank=True)

    wrapped_content_key = models.BinaryField(null=True)
    wrapped_price_key = models.BinaryField(null=True)
    draft_box = models.BinaryField(null=True)
    draft_price_box = models.BinaryField(null=True)
    draft_version = models.PositiveIntegerField(default=0)
    draft_saved_at = models.DateTimeField(null=True)
    submitted_version = models.PositiveIntegerField(null=True)

    content_box = models.BinaryField(null=True)
    price_box = models.BinaryField(null=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=80, blank=True)
    receipt = models.JSONField(null=True)

    confirmed_amendment = models.PositiveIntegerField("the last amendment it was confirmed under", default=0)
    confirmed_at = models.DateTimeField(null=True)

    unsealed_at = models.DateTimeField(null=True)
    disregard_reason = models.TextField(blank=True)
    left_at = models.DateTimeField("when its supplier withdrew after the unsealing", null=True)
    left_reason = models.TextField(blank=True)
    told_at = models.DateTimeField("when its people were told why it went no further", null=True)
    created_at = models.DateTimeField()

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "supplier"], name="one_submission_per_supplier"),
            models.UniqueConstraint(
                fields=["challenge", "pseudonym"], condition=~Q(pseudonym=""), name="pseudonym_once"
            ),
            models.CheckConstraint(
                name="submitted_is_whole",
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False, content_box__isnull=False, price_box__isnull=False)
                & ~Q(content_sha256="")
                & ~Q(submitted_by=""),
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym or f"submission {self.public_id}"


class EarlierVersion(models.Model):
    """A version that was replaced, or taken back. It stays sealed for ever: only the last version is opened (O1)."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="earlier_versions")
    number = models.PositiveIntegerField()
    content_box = models.BinaryField(null=True)
    price_box = models.BinaryField(null=True)
    receipt = models.JSONField()
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    was_withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="earlier_version_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"version {self.number} of {self.submission_id}"


class UnsealingConsent(models.Model):
    """One of the two people who unseal (S6)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="unsealing_consents")
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "user"], name="unsealing_consent_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.challenge}"
