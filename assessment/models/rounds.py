"""The panel and its judgement: who declared what, every mark with its reason, what was moderated, ranked, decided."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from accounts.models import User
from assessment.models.panels import Panel, PanelMember
from challenges.models import Challenge, ClauseRequirement, Criterion
from suppliers.models import Submission


class RoundState(models.TextChoices):
    DECLARING = "declaring", "Declaring interests"
    SIFTING = "sifting", "Sifting"
    MARKING = "marking", "Marking"
    MODERATING = "moderating", "Moderating"
    PRICES = "prices", "Quality frozen, prices to be opened"
    RANKED = "ranked", "Ranked"
    DECIDED = "decided", "Decided"


class RoundKind(models.TextChoices):
    SUBMISSIONS = "submissions", "Submissions"
    PILOTS = "pilots", "Finished pilots"


PILOTS_IN_ADDRESS = "pilots"


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, actor: User) -> "RoundQuerySet":
        """The rounds on whose panel this person sits; nobody else has a list of rounds."""
        if not actor.is_authenticated:
            return self.none()
        seats = PanelMember.objects.active().filter(user=actor)
        return self.filter(panel__in=seats.values("panel"))


class Round(models.Model):
    """One pass of the panel over a set of submissions."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="rounds")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="rounds")
    kind = models.CharField(max_length=12, choices=RoundKind, default=RoundKind.SUBMISSIONS)
    state = models.CharField(max_length=12, choices=RoundState, default=RoundState.DECLARING)
    opened_at = models.DateTimeField()
    sifted_at = models.DateTimeField(null=True)
    quality_frozen_at = models.DateTimeField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "kind"], name="one_round_per_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.challenge}"

    @property
    def is_about_pilots(self) -> bool:
        return self.kind == RoundKind.PILOTS

    @property
    def slug(self) -> str:
        """What stands for the round in addresses: its challenge's slug, and for finished pilots one step more."""
        return f"{self.challenge.slug}/{PILOTS_IN_ADDRESS}" if self.is_about_pilots else self.challenge.slug


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def counted(self) -> "AssessmentQuerySet":
        """Marks that count: those of a recused assessor are kept, but voided (A3)."""
        return self.filter(voided_at=None)


class Assessment(models.Model):
    """One assessor's mark for one criterion of one submission, with its reason; immutable once submitted (A4)."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assessments")
    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="assessments")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="assessments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT)
    mark = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    rationale = models.TextField(blank=True)
    quotes = models.JSONField("passages quoted, as assessment.quoting stores them", default=list)
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        indexes = [
            # The spread of each topic is read from this alone, in its order: no reason is opened, nothing is sorted.
            models.Index(
                fields=["round", "submission", "criterion", "mark"],
                condition=Q(submitted_at__isnull=False, voided_at=None), name="counted_marks",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["round", "member", "submission", "criterion"], name="mark_once"),
            models.CheckConstraint(condition=Q(mark=None) | Q(mark__gte=Decimal(0)), name="mark_not_negative"),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(mark__isnull=False) & ~Q(rationale=""), name="submitted_mark_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class Allotment(models.Model):
    """Who marks what, where the work of a round is split; without any, everybody marks everything."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="allotments")
    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="allotments")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="allotments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "member", "submission"], name="allotted_once")]

    def __str__(self) -> str:
        return f"{self.member_id} marks {self.submission_id}"


class EarlierMark(models.Model):
    """A submitted mark as it stood when the chair reopened it (A4): nothing that was handed in is lost."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="earlier")
    mark = models.DecimalField(max_digits=6, decimal_places=2)
    rationale = models.TextField()
    quotes = models.JSONField(default=list)
    submitted_at = models.DateTimeField()
    reopened_at = models.DateTimeField()
    reopened_by = models.ForeignKey(PanelMember, on_delete=models.PROTECT)
    reason = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"mark {self.assessment_id} until {self.reopened_at}"


class FindingVerdict(models.TextChoices):
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    DUE_LATER = "due_later", "Due later"


class ClauseFinding(models.Model):
    """The panel's verdict on a clause response, recorded by the chair."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="clause_findings")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="clause_findings")
    requirement = models.ForeignKey(ClauseRequirement, on_delete=models.PROTECT)
    verdict = models.CharField(max_length=10, choices=FindingVerdict)
    grade = models.PositiveSmallIntegerField(null=True)
    rationale = models.TextField(blank=True)
    found_by = models.ForeignKey(PanelMember, on_delete=models.PROTECT)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "submission", "requirement"], name="finding_once"),
            models.CheckConstraint(condition=Q(grade=None) | Q(grade__lte=4), name="grade_0_to_4"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.verdict}"


class Moderation(models.Model):
    """The chair's mark after discussion, with who attended and how it differs from each individual mark (A7)."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="moderations")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="moderations")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT)
    mark = models.DecimalField(max_digits=6, decimal_places=2)
    rationale = models.TextField()
    attended = models.JSONField(default=list)
    differences = models.JSONField(default=dict)
    moderated_by = models.ForeignKey(PanelMember, on_delete=models.PROTECT)
    moderated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    aside = models.JSONField("texts that came too late from another tab", default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "submission", "criterion"], name="moderation_once")]

    def __str__(self) -> str:
        return f"moderated mark {self.pk}"


class PriceOpeningConsent(models.Model):
    """One of the two people who open the prices."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="price_consents")
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="price_consent_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.round}"


class Ranking(models.Model):
    """The computed result of a round: everything it was computed from, what came out, and the hash of both (A11)."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="ranking")
    inputs = models.JSONField()
    result = models.JSONField()
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]


class Decision(models.Model):
    """Who of the ranked goes into a pilot, decided by somebody who did not assess (D1)."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="decision")
    approver = models.ForeignKey(User, on_delete=models.PROTECT)
    reasons = models.TextField()
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"decision on {self.round}"


class DecisionItem(models.Model):
    """What was decided about one submission, and why."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="items")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decision_items")
    is_selected = models.BooleanField()
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "submission"], name="decided_once")]

    def __str__(self) -> str:
        return f"{self.submission}: {'selected' if self.is_selected else 'not selected'}"
