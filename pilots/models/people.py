"""What people say of a pilot: beside the numbers, never part of them."""

import secrets

from django.db import models
from django.db.models import Q

from pilots.models.planned import Pilot

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_code() -> str:
    """What stands in a survey's address: short enough to type, too long to guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(10))


class Method(models.TextChoices):
    INTERVIEW = "interview", "Interviews"
    FOCUS_GROUP = "focus_group", "Focus group"
    OBSERVATION = "observation", "Observation in the street or home"
    LETTERS = "letters", "Letters, calls and complaints"


class FindingKind(models.TextChoices):
    THEME = "theme", "Themes"
    NEGATIVE = "negative", "Negative cases"
    EQUITY = "equity", "Equity and digital inclusion"


class FieldNote(models.Model):
    """One occasion on which people were listened to: how many, who, how they were found. Nobody is named."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="field_notes")
    method = models.CharField(max_length=12, choices=Method)
    held_on = models.DateField()
    people = models.PositiveIntegerField()
    who = models.TextField()
    recruited = models.TextField()
    is_serious = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(people__gt=0), name="field_note_of_somebody")]
        ordering = ["held_on", "id"]

    def __str__(self) -> str:
        return f"{self.get_method_display()} on {self.held_on}"


class Finding(models.Model):
    """Something that was said, by how many of the people of its note, with one quotation that names nobody."""

    note = models.ForeignKey(FieldNote, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=10, choices=FindingKind)
    words = models.CharField(max_length=200)
    said_by = models.PositiveIntegerField()
    quotation = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words


class Survey(models.Model):
    """Questions to residents. `questions` is a list of {"text", "options"}; without options the answer is free text.

    Answers are deleted on `keep_until`; `kept` then holds the counts, and nothing else is left.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="surveys")
    code = models.CharField(max_length=12, unique=True, default=new_code)
    title = models.CharField(max_length=120)
    introduction = models.TextField(blank=True)
    questions = models.JSONField()
    controller = models.CharField(max_length=200)
    lawful_basis = models.CharField(max_length=200)
    contact = models.CharField(max_length=200)
    keep_until = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    kept = models.JSONField(null=True)

    class Meta:
        ordering = ["opened_at", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.erased_at is None


class AnswerMode(models.TextChoices):
    ONLINE = "online", "On the form"
    PHONE = "phone", "By telephone"
    PAPER = "paper", "On paper"


class SurveyAnswer(models.Model):
    """One person's answers, in the order of the questions. Not who, nor the time of day, nor from where."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    mode = models.CharField(max_length=6, choices=AnswerMode)
    answered_on = models.DateField()
    answers = models.JSONField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"answer to {self.survey}"
