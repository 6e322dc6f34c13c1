"""What a supplier declared, and who answers together with it."""

from django.db import models
from django.db.models import Q

from suppliers.models.organisations import Supplier
from suppliers.models.submissions import Submission


class DeclarationKind(models.TextChoices):
    EXCLUSION = "exclusion", "Grounds for exclusion"
    DEBARMENT = "debarment", "The debarment list"
    REGISTRATION = "registration", "Registration on the central digital platform"


class Declaration(models.Model):
    """What an organisation declared at one moment; a later one is a new row, and the newest counts."""

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="declarations")
    kind = models.CharField(max_length=12, choices=DeclarationKind)
    applies = models.BooleanField("a ground applies, or the organisation is listed", default=False)
    explanation = models.TextField(blank=True)
    share_code = models.CharField(max_length=20, blank=True)
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="declaration_explained", condition=Q(applies=False) | Q(applies=True) & ~Q(explanation="")
            ),
            models.CheckConstraint(
                name="declaration_code_of_registration",
                condition=Q(kind="registration") & ~Q(share_code="") | ~Q(kind="registration") & Q(share_code=""),
            ),
        ]
        ordering = ["-declared_at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.declared_at:%d %B %Y}"


class Partner(models.Model):
    """An organisation that an unsealed submission names beside its supplier; never shown on blind pages (A6)."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="partners")
    name = models.CharField(max_length=160)
    company_number = models.CharField(max_length=8, blank=True)
    role = models.CharField(max_length=160)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class SubmittedStanding(models.Model):
    """What the supplier's declarations said when it submitted, as the sealed content has it."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="standing")
    said = models.JSONField()

    def __str__(self) -> str:
        return f"declarations of {self.submission_id}"
