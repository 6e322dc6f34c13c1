"""The clause library: open-data, security and other terms a challenge can ask for, each text in numbered versions."""

from django.db import models


class Mode(models.TextChoices):
    MANDATORY = "mandatory", "Pass or fail"
    SCORED = "scored", "Graded 0 to 4"


class Due(models.TextChoices):
    BID = "bid", "With the submission"
    BEFORE_PILOT_START = "before_pilot_start", "Before the pilot starts"
    DURING_PILOT = "during_pilot", "During the pilot"
    BEFORE_AWARD = "before_award", "Before the full contract"


class Clause(models.Model):
    """One version of one clause. A change of text is a new row with the next version."""

    code = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    family = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    requirement = models.TextField()
    why = models.TextField(blank=True)
    mode = models.CharField(max_length=10, choices=Mode)
    default_weight = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    response_type = models.CharField(max_length=30)
    due = models.CharField(max_length=20, choices=Due)
    applies_when = models.CharField(max_length=200)
    evidence = models.JSONField(default=list)
    descriptors = models.JSONField(default=dict)
    sources = models.JSONField(default=list)
    check_kind = models.CharField(max_length=10)
    checks = models.JSONField(default=list)
    check_limits = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="clause_version_once")]
        ordering = ["code", "version"]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ClauseSet(models.Model):
    """A named choice of clauses, such as the one for a micro-pilot."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    yes_no_at_submission = models.BooleanField("a plain yes or no is enough with the submission", default=False)
    most_at_submission = models.PositiveSmallIntegerField("clauses asked with the submission at most", null=True)
    clauses = models.ManyToManyField(Clause, related_name="sets")

    def __str__(self) -> str:
        return self.name
