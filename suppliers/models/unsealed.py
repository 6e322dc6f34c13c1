"""What a submission says, once it is unsealed."""

from decimal import Decimal

from django.db import models

from challenges.models import ClauseRequirement, Criterion
from suppliers.models.submissions import Submission
from suppliers.prices import vat_note


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
    files = models.JSONField("ids of the attached files that show it", default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "requirement"], name="clause_response_once")]
        ordering = ["requirement__code"]

    def __str__(self) -> str:
        return f"response to {self.requirement_id}"


class ConfidentialPassage(models.Model):
    """Words of an answer or clause response (`section`, as in the draft) that stay out of anything published."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="confidential_passages")
    section = models.CharField(max_length=60)
    passage = models.TextField()
    reason = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"passage {self.pk}"


class PriceOffer(models.Model):
    """The opened price: money for the pilot and for the full contract, net of VAT.

    The stated figures are never changed. Where sums were done again, the corrected figure stands beside the stated one
    and is the one that counts: read `pilot` and `contract`.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="price_offer")
    pilot_price = models.DecimalField(max_digits=12, decimal_places=2)
    contract_price = models.DecimalField(max_digits=14, decimal_places=2)
    corrected_pilot_price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    corrected_contract_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    vat_treatment = models.CharField("VAT that comes on top", max_length=12, blank=True)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"price of {self.submission_id}"

    def stated(self, part: str) -> Decimal | None:
        """The stated figure of a part ("pilot" or "contract") where another one counts; None where it counts itself."""
        is_corrected = getattr(self, f"corrected_{part}_price") is not None
        figure: Decimal = getattr(self, f"{part}_price")
        return figure if is_corrected else None

    @property
    def vat(self) -> str:
        """The VAT that comes on top, in a few words."""
        return vat_note(self.vat_treatment)

    @property
    def pilot(self) -> Decimal:
        """The pilot's price that counts."""
        return self.pilot_price if self.corrected_pilot_price is None else self.corrected_pilot_price

    @property
    def contract(self) -> Decimal:
        """The contract's price that counts."""
        return self.contract_price if self.corrected_contract_price is None else self.corrected_contract_price
