"""Firms and their answers. Until the unsealing an answer exists only as ciphertext: there is nothing else to leak."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from challenges.models import Challenge, ClauseRequirement, Criterion


class SizeClass(models.TextChoices):
    MICRO = "micro", "Micro: fewer than 10 people"
    SMALL = "small", "Small: fewer than 50 people"
    MEDIUM = "medium", "Medium: fewer than 250 people"
    LARGE = "large", "Large: 250 people or more"


class Supplier(models.Model):
    """A firm or organisation that answers challenges."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("registered name", max_length=160)
    company_number = models.CharField("Companies House number", max_length=8, unique=True)
    size_class = models.CharField(max_length=10, choices=SizeClass)
    is_vcse = models.BooleanField("voluntary, community or social enterprise", default=False)
    region = models.CharField(max_length=80, blank=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class SupplierRole(models.TextChoices):
    ADMIN = "admin", "Administrator: invites members and submits"
    MEMBER = "member", "Member: writes answers"


class SupplierMember(models.Model):
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="supplier_memberships")
    role = models.CharField(max_length=10, choices=SupplierRole)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "user"], name="supplier_member_once")]

    def __str__(self) -> str:
        return f"{self.user} of {self.supplier}"


class ChallengeKey(models.Model):
    """The two keys that seal a challenge's submissions and prices, each wrapped by the platform's master key."""

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="sealing_key")
    key_id = models.CharField(max_length=32, unique=True)
    wrapped_content_key = models.BinaryField()
    wrapped_price_key = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key_id


class SubmissionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted and sealed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    UNSEALED = "unsealed", "Unsealed"
    ADMITTED = "admitted", "Admitted"
    DISREGARDED = "disregarded", "Disregarded"
    SELECTED = "selected", "Selected for a pilot"
    NOT_SELECTED = "not_selected", "Not selected"


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

    unsealed_at = models.DateTimeField(null=True)
    disregard_reason = models.TextField(blank=True)
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


class UnsealingConsent(models.Model):
    """One of the two people who unseal (S6)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="unsealing_consents")
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "user"], name="unsealing_consent_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.challenge}"


class Answer(models.Model):
    """The unsealed answer to one criterion."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="answers")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "criterion"], name="answer_once")]
        ordering = ["criterion__position", "id"]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class ClauseResponse(models.Model):
    """The unsealed response to one clause requirement."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="clause_responses")
    requirement = models.ForeignKey(ClauseRequirement, on_delete=models.PROTECT)
    is_accepted = models.BooleanField(null=True)
    level = models.PositiveSmallIntegerField("level claimed, 0 to 4", null=True)
    text = models.TextField(blank=True)
    url = models.URLField(blank=True, max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "requirement"], name="clause_response_once")]
        ordering = ["requirement__code"]

    def __str__(self) -> str:
        return f"response to {self.requirement_id}"


class PriceOffer(models.Model):
    """The opened price: money for the pilot and for the full contract, net of VAT."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="price_offer")
    pilot_price = models.DecimalField(max_digits=12, decimal_places=2)
    contract_price = models.DecimalField(max_digits=14, decimal_places=2)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"price of {self.submission_id}"


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
