"""The need and its one call. Text that is published lives here and in the page; what rules the call lives here."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Council, User
from clauses.models import Clause, Due, Mode


class ChallengeState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    UNSEALED = "unsealed", "Being assessed"
    ASSESSED = "assessed", "Assessed"
    PILOTING = "piloting", "In pilot"
    CONCLUDED = "concluded", "Concluded"
    CANCELLED = "cancelled", "Cancelled"


class Phase(models.TextChoices):
    """What readers see: the stored state, with `published` split by the clock."""

    DRAFT = "draft", "Draft"
    UPCOMING = "upcoming", "Opens soon"
    OPEN = "open", "Open for answers"
    CLOSED = "closed", "Closed, waiting to be unsealed"
    ASSESSING = "assessing", "Being assessed"
    ASSESSED = "assessed", "Chosen, pilots being prepared"
    PILOTING = "piloting", "In pilot"
    CONCLUDED = "concluded", "Concluded"
    CANCELLED = "cancelled", "Cancelled"


class Conclusion(models.TextChoices):
    NONE = "", "Not concluded"
    AWARDED = "awarded", "A contract was awarded"
    NO_AWARD = "no_award", "No contract was awarded"


class Route(models.TextChoices):
    A = "A", "A: one competitive flexible procedure with a pilot stage"
    B = "B", "B: prototype first, then a new competition"
    C = "C", "C: competed pilot, then direct award of similar goods or services"


# What a light sift asks, as copied into a challenge that publishes one (R5).
SIFT_QUESTIONS = (
    {"code": "answers", "name": "Does it answer the problem as it was published?"},
    {"code": "feasible", "name": "Could it be tried within the pilot’s time and money?"},
    {"code": "clear", "name": "Is it clear enough to be assessed?"},
)


class Selection(models.TextChoices):
    """How submissions are chosen for pilots; published with the call."""

    RANK = "rank", "By rank, from the top"
    PORTFOLIO = "portfolio", "As a portfolio of different approaches, with the reason for each"


class Theme(models.TextChoices):
    STREETS = "streets", "Streets and lighting"
    MOBILITY = "mobility", "Getting around"
    ENVIRONMENT = "environment", "Parks and environment"
    CARE = "care", "Care and health"
    CULTURE = "culture", "Culture and leisure"
    ECONOMY = "economy", "Local economy"
    COUNCIL = "council", "How the council works"


class Programme(models.Model):
    """Several challenges under one timetable."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT)
    name = models.CharField(max_length=160)

    def __str__(self) -> str:
        return self.name


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def public(self) -> "ChallengeQuerySet":
        """Everything that was ever published; cancelled ones stay if they had been."""
        return self.exclude(published_at=None)

    def in_phase(self, phase: str, at: datetime) -> "ChallengeQuerySet":
        published = Q(state=ChallengeState.PUBLISHED)
        wanted = {
            Phase.UPCOMING: published & Q(opens_at__gt=at),
            Phase.OPEN: published & Q(opens_at__lte=at, closes_at__gt=at),
            Phase.CLOSED: published & Q(closes_at__lte=at),
            Phase.ASSESSING: Q(state=ChallengeState.UNSEALED),
        }
        return self.filter(wanted.get(Phase(phase), Q(state=phase)))


class Challenge(models.Model):
    """A council's need, told as an outcome, and the one call that invites answers to it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="challenges")
    programme = models.ForeignKey(Programme, null=True, blank=True, on_delete=models.PROTECT)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    strapline = models.CharField(max_length=200, blank=True)
    if_it_works = models.TextField("what happens if the pilot works", blank=True)
    theme = models.CharField(max_length=20, choices=Theme, blank=True)
    state = models.CharField(max_length=12, choices=ChallengeState, default=ChallengeState.DRAFT)
    conclusion = models.CharField(max_length=10, choices=Conclusion, blank=True, default=Conclusion.NONE)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="owned_challenges")
    created_at = models.DateTimeField()

    route = models.CharField(max_length=1, choices=Route, blank=True)
    budget_line = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3, default="GBP")
    pilot_budget = models.DecimalField("money for each pilot", max_digits=12, decimal_places=2, null=True, blank=True)
    contract_ceiling = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    max_pilots = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    selection = models.CharField("how pilots are chosen", max_length=10, choices=Selection, default=Selection.RANK)
    pilots_ceiling = models.DecimalField(
        "money for all pilots together", max_digits=14, decimal_places=2, null=True, blank=True
    )
    sift_criteria = models.JSONField("questions of a sift before the full round", default=list, blank=True)
    opens_prices_alone = models.BooleanField("one person opens the prices", default=False)
    is_above_threshold = models.BooleanField("above the procurement threshold", default=False)
    find_a_tender_id = models.CharField("Find a Tender notice", max_length=40, blank=True)

    published_at = models.DateTimeField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    questions_close_at = models.DateTimeField(null=True, blank=True)
    answers_due_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    pilot_starts_on = models.DateField(null=True, blank=True)
    pilot_weeks = models.PositiveSmallIntegerField(null=True, blank=True)

    clause_set = models.CharField(max_length=50, blank=True)
    tie_breaks = models.JSONField(default=list)
    criteria_groups = models.JSONField("groups of criteria: code, name, threshold", default=list, blank=True)
    terms_hash = models.CharField(max_length=64, blank=True)
    is_demonstration = models.BooleanField(default=False)
    source_note = models.TextField(blank=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="challenge_published_has_dates",
                condition=Q(published_at=None) | (Q(opens_at__isnull=False) & Q(closes_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="challenge_dates_in_order",
                condition=Q(answers_due_at=None)
                | Q(closes_at=None)
                | (Q(questions_close_at__lte=F("answers_due_at")) & Q(answers_due_at__lt=F("closes_at"))),
            ),
            models.CheckConstraint(
                name="challenge_conclusion_when_concluded",
                condition=Q(state=ChallengeState.CONCLUDED) & ~Q(conclusion="")
                | ~Q(state=ChallengeState.CONCLUDED) & Q(conclusion=""),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "closes_at"], name="challenge_state_closes"),
            models.Index(fields=["-published_at", "-id"], name="challenge_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    def phase(self, at: datetime) -> Phase:
        """The phase at an instant; whether the call is open is never stored (T1)."""
        if self.state == ChallengeState.UNSEALED:
            return Phase.ASSESSING
        if self.state != ChallengeState.PUBLISHED or self.opens_at is None or self.closes_at is None:
            return Phase(self.state)
        if at < self.opens_at:
            return Phase.UPCOMING
        return Phase.OPEN if at < self.closes_at else Phase.CLOSED


class Direction(models.TextChoices):
    INCREASE = "increase", "More is better"
    DECREASE = "decrease", "Less is better"


class Design(models.TextChoices):
    MATCHED = "matched_comparison", "Pilot sites beside matched comparison sites"
    RANDOMISED = "randomised_comparison", "Sites chosen at random to pilot or to compare"
    STAGGERED = "staggered_start", "Sites that begin one after another"
    SYNTHETIC = "synthetic_control", "One place beside a mix of many others"
    ONE_SERIES = "one_series", "One place, before and after, many periods"
    COUNTS = "counts", "Events counted before and after, many periods"
    BEFORE_AFTER = "before_after", "One place, before and after"


class MeasureRole(models.TextChoices):
    PRIMARY = "primary", "The measure that decides"
    SECONDARY = "secondary", "Also watched"
    GUARDRAIL = "guardrail", "Must not get worse"


class Period(models.TextChoices):
    DAY = "day", "Day"
    WEEK = "week", "Week"
    MONTH = "month", "Month"


class Outcome(models.Model):
    """What should be different, as a measure with today's figure; frozen when the challenge is published."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="outcomes")
    role = models.CharField(max_length=10, choices=MeasureRole, default=MeasureRole.PRIMARY)
    name = models.CharField(max_length=160)
    unit = models.CharField(max_length=60)
    direction = models.CharField(max_length=10, choices=Direction)
    baseline_value = models.DecimalField(max_digits=14, decimal_places=4)
    baseline_on = models.DateField()
    target_value = models.DecimalField(max_digits=14, decimal_places=4)
    minimum_worthwhile_effect = models.DecimalField(max_digits=14, decimal_places=4)
    harm_limit = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    design = models.CharField(max_length=24, choices=Design)
    period = models.CharField(max_length=5, choices=Period, default=Period.WEEK)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge"], condition=Q(role="primary"), name="one_primary_outcome"),
            models.CheckConstraint(condition=Q(minimum_worthwhile_effect__gt=0), name="minimum_effect_positive"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class CriterionKind(models.TextChoices):
    QUALITY = "quality", "Judged by the panel"
    PRICE = "price", "Computed from the price"
    CLAUSES = "clauses", "Computed from the grades of the clauses"
    RESULT = "result", "Computed from the registered result of the pilot"


class CriterionStage(models.TextChoices):
    """What a criterion judges: the answers to the call, or the finished pilots where several earn the contract."""

    ANSWERS = "answers", "Answers to the call"
    PILOTS = "pilots", "Finished pilots"


class PriceFormula(models.TextChoices):
    """How a price becomes points; the arithmetic is in `assessment.scoring.prices`."""

    FIXED = "fixed", "Against two published prices"
    RELATIVE = "relative", "Against the lowest price"
    LINEAR = "linear_from_lowest", "Per cent above the lowest price"
    MEAN = "mean", "Against the mean price"
    QCBS = "qcbs", "Quality- and cost-based selection"
    PER_POINT = "price_per_quality_point", "Price for each point of quality"


class CriteriaOfAnswers(models.Manager["Criterion"]):
    """Whoever asks for criteria means those that answers are written to; `of_pilots` has the others."""

    def get_queryset(self) -> models.QuerySet["Criterion"]:
        return super().get_queryset().filter(stage=CriterionStage.ANSWERS)


class CriteriaOfPilots(models.Manager["Criterion"]):
    def get_queryset(self) -> models.QuerySet["Criterion"]:
        return super().get_queryset().filter(stage=CriterionStage.PILOTS)


class Criterion(models.Model):
    """What submissions or finished pilots are judged on; weights of a stage total exactly 100 (A1)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="criteria")
    stage = models.CharField(max_length=8, choices=CriterionStage, default=CriterionStage.ANSWERS)
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=CriterionKind, default=CriterionKind.QUALITY)
    weight = models.DecimalField(max_digits=6, decimal_places=3)
    maximum = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(5))
    threshold = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    scale = models.JSONField(default=list)
    formula = models.CharField(max_length=30, choices=PriceFormula, blank=True)
    optimal_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    maximum_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    word_limit = models.PositiveIntegerField(default=400)
    group = models.SlugField("code of the group it belongs to", max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CriteriaOfAnswers()
    of_pilots = CriteriaOfPilots()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "stage", "code"], name="criterion_code_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="criterion_weight_positive"),
            models.CheckConstraint(
                condition=Q(optimal_price=None, maximum_price=None)
                | Q(optimal_price__gte=0, maximum_price__gt=F("optimal_price")),
                name="criterion_prices_in_order",
            ),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class ClauseRequirement(models.Model):
    """A clause as this challenge asks for it, its words copied so that later versions change nothing here (R5)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="clause_requirements")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT)
    code = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    requirement = models.TextField()
    why = models.TextField(blank=True)
    mode = models.CharField(max_length=10, choices=Mode)
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    due = models.CharField(max_length=20, choices=Due)
    response_type = models.CharField(max_length=30)
    descriptors = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    needs_evidence_now = models.BooleanField("evidence is due with the submission", default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "code"], name="requirement_once")]
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class OutageState(models.TextChoices):
    PROPOSED = "proposed", "Waiting for a second person"
    EXTENDED = "extended", "Extended for all"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Outage(models.Model):
    """A time at which submissions could not be taken, and the days by which every call that it touched goes on."""

    began_at = models.DateTimeField("when it began")
    ended_at = models.DateTimeField("when it was over")
    days = models.PositiveSmallIntegerField("whole days by which every call is extended")
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=OutageState, default=OutageState.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("began_at")), name="outage_has_a_length"),
            models.CheckConstraint(
                condition=~Q(state="extended")
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("proposed_by")),
                name="outage_extended_by_two_people",
            ),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"outage {self.pk}"


class Amendment(models.Model):
    """A numbered, public change to what was published (C1)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="amendments")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    reason = models.TextField()
    difference = models.JSONField(default=dict)
    is_material = models.BooleanField(default=False)
    outage = models.ForeignKey(Outage, null=True, on_delete=models.PROTECT, related_name="amendments")
    terms_hash = models.CharField("fingerprint of the terms from then on", max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "number"], name="amendment_number_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"amendment {self.number}"
