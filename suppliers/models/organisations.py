"""Firms and organisations that answer challenges, and the people who belong to them."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User


class SizeClass(models.TextChoices):
    MICRO = "micro", "Micro: fewer than 10 people"
    SMALL = "small", "Small: fewer than 50 people"
    MEDIUM = "medium", "Medium: fewer than 250 people"
    LARGE = "large", "Large: 250 people or more"


class Shown(models.TextChoices):
    """What a supplier may show on its public page; everything is off until it says so."""

    DESCRIPTION = "description", "What you do"
    SIZE = "size", "Your size, and whether you are a social enterprise"
    REGION = "region", "Where you are based"
    WEBSITE = "website", "Your website"
    CERTIFICATES = "certificates", "Certificates that are in date, without their numbers"


class Supplier(models.Model):
    """A firm or organisation that answers challenges."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("registered name", max_length=160)
    company_number = models.CharField("Companies House number", max_length=8, unique=True)
    size_class = models.CharField(max_length=10, choices=SizeClass)
    is_vcse = models.BooleanField("voluntary, community or social enterprise", default=False)
    region = models.CharField(max_length=80, blank=True)
    description = models.TextField(blank=True)
    website = models.URLField(blank=True, max_length=200)
    insurance_promised = models.BooleanField("insurance before a contract begins", default=False)
    insurance_held = models.TextField("insurance held today", blank=True)
    accessibility_needs = models.TextField(blank=True)
    has_page = models.BooleanField(default=False)
    page_shows = models.JSONField(default=list)
    created_at = models.DateTimeField()
    profile_saved_at = models.DateTimeField(null=True)
    is_demonstration = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Scheme(models.TextChoices):
    CYBER_ESSENTIALS = "cyber_essentials", "Cyber Essentials"
    CYBER_ESSENTIALS_PLUS = "cyber_essentials_plus", "Cyber Essentials Plus"
    ISO_27001 = "iso_27001", "ISO/IEC 27001: information security"
    ISO_9001 = "iso_9001", "ISO 9001: quality"
    ISO_14001 = "iso_14001", "ISO 14001: environment"
    OTHER = "other", "Another certificate"


class Certificate(models.Model):
    """A certificate that a supplier says it holds; what it proves is checked only where a clause asks for it."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="certificates")
    scheme = models.CharField(max_length=24, choices=Scheme)
    name = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=60)
    expires_on = models.DateField(null=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "scheme", "number"], name="certificate_once"),
            models.CheckConstraint(
                name="certificate_named_or_expiring",
                condition=Q(scheme="other") & ~Q(name="") | ~Q(scheme="other") & Q(name="", expires_on__isnull=False),
            ),
        ]
        ordering = ["scheme", "name", "number"]

    def __str__(self) -> str:
        return self.name or self.get_scheme_display()


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
