"""Firms and organisations that answer challenges, and the people who belong to them."""

import uuid

from django.db import models

from accounts.models import User


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
