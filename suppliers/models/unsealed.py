"""What a submission says, once it is unsealed."""

from django.db import models

from challenges.models import ClauseRequirement, Criterion
from suppliers.models.submissions import Submission


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
    """The opened price: money for the pilot and for the full contract, net of VAT."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="price_offer")
    pilot_price = models.DecimalField(max_digits=12, decimal_places=2)
    contract_price = models.DecimalField(max_digits=14, decimal_places=2)
    vat_treatment = models.CharField("VAT that comes on top", max_length=12, blank=True)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"price of {self.submission_id}"
