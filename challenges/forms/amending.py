"""A published challenge as one form: whatever is changed in it becomes one numbered amendment."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from accounts.fields import InstantField, MoneyField
from challenges.differences import DATES, LABELS, WORDS, Proposal
from challenges.models import Challenge, Criterion, CriterionKind, Outcome
from challenges.telling import Telling
from clauses.models import ClauseSet

WHOLE = {"pilot_weeks": 260, "max_pilots": 20}
ASIDE = ("reason", "is_material")
LONGEST = {"title": 160, "strapline": 200, "if_it_works": 0}
MOVED = "The text in the editor was changed after you opened this page. Look at it again."


@dataclass(frozen=True)
class Part:
    """One fold of the form."""

    title: str
    fields: list[BoundField]
    has_errors: bool


class AmendmentForm(forms.Form):
    """Money, dates, criteria, measures, clauses and words as they stand; what is left alone stays."""

    reason = forms.CharField(
        label="Why is it changed?", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Published with the amendment, and sent to everybody concerned.",
        error_messages={"required": "Say why it is changed: the reason is published with the amendment."},
    )  # fmt: skip
    is_material = forms.BooleanField(
        label="Suppliers have to think about it again", required=False,
        help_text="Money, criteria, measures and clauses always count as such. Tick this where a change of words or "
        "dates does too: suppliers are then asked to confirm, and get the days that the rules give them.",
    )  # fmt: skip

    def __init__(self, *args: Any, challenge: Challenge, telling: Telling, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenge, self.telling, self.story_lines = challenge, telling, telling.lines()
        self.parts_of: dict[str, list[str]] = {}
        self._facts()
        for criterion in challenge.criteria.order_by("position", "id"):
            self._criterion("Criteria and weights", f"criteria.{criterion.code}", criterion)
        for criterion in Criterion.of_pilots.filter(challenge=challenge).order_by("position", "id"):
            self._criterion("If several pilots work", f"pilot_criteria.{criterion.code}", criterion)
        for outcome in challenge.outcomes.order_by("id"):
            self._outcome(outcome)
        self._clauses()
        for name, text in self._words().items():
            drafted = telling.drafted.get(name, text)
            self._add("The problem statement", f"words.{name}", LABELS[name], _text(), drafted)
        self._story()

    def parts(self) -> Iterator[Part]:
        """The folds, in their order."""
        for title, names in self.parts_of.items():
            yield Part(title, [self[name] for name in names], any(self.errors.get(name) for name in names))

    def aside(self) -> list[BoundField]:
        """The reason, and whether it is material."""
        return [self[name] for name in ASIDE]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("takes_story") and given.get("story_seen") != self.telling.digest():
            self.add_error("takes_story", MOVED)
        return given

    def proposal(self) -> Proposal:
        """What the officer wants to stand from now on; call it on a form that is valid."""
        rows: dict[str, dict[str, dict[str, Any]]] = {"criteria": {}, "pilot_criteria": {}, "outcomes": {}}
        facts: dict[str, Any] = {}
        for key, value in self.cleaned_data.items():
            part, _, rest = key.partition(".")
            if part == "facts":
                facts[rest] = value
            elif part in rows:
                code, _, name = rest.rpartition(".")
                rows[part].setdefault(code, {})[name] = value
        return Proposal(
            facts, rows["criteria"], rows["pilot_criteria"], rows["outcomes"], clauses=self.cleaned_data.get("clauses"),
            words={name: (was, self.cleaned_data[f"words.{name}"]) for name, was in self._words().items()},
            story=(self.telling.story, self.telling.drafted_story) if self.cleaned_data.get("takes_story") else None,
            is_material=self.cleaned_data["is_material"],
        )  # fmt: skip

    def _facts(self) -> None:
        for name in ("pilot_budget", "contract_ceiling"):
            self._add("Money and pilots", f"facts.{name}", LABELS[name], _money(Decimal("0.01")))
        for name, most in WHOLE.items():
            whole = forms.IntegerField(min_value=1, max_value=most)
            self._add("Money and pilots", f"facts.{name}", LABELS[name], whole)
        for name in DATES:
            self._add("Dates", f"facts.{name}", LABELS[name], InstantField())
        self._add("Dates", "facts.pilot_starts_on", LABELS["pilot_starts_on"], forms.DateField(required=False))
        for name in WORDS:
            text = _text(LONGEST[name])
            self._add("The problem statement", f"facts.{name}", LABELS[name], text, self.telling.drafted.get(name))

    def _words(self) -> dict[str, str]:
        """The texts that stand on the page alone, as everybody reads them."""
        return {name: text for name, text in self.telling.live.items() if name not in WORDS}

    def _story(self) -> None:
        if self.story_lines:
            self.fields["takes_story"] = forms.BooleanField(
                label="Publish what was changed in the editor with this amendment", required=False, initial=True
            )
            self.fields["story_seen"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=self.telling.digest()
            )

    def _criterion(self, title: str, key: str, row: Criterion) -> None:
        made: dict[str, forms.Field] = {"weight": _decimal(Decimal("0.001"), 3, most=100)}
        if row.kind == CriterionKind.QUALITY:
            made["threshold"] = _decimal(Decimal(0), 2, most=row.maximum, required=False)
            made["word_limit"] = forms.IntegerField(min_value=50, max_value=2000)
            made["description"] = _text(required=False)
        elif row.maximum_price is not None:
            made |= {name: _money(Decimal(0)) for name in ("optimal_price", "maximum_price")}
        for name, field in made.items():
            self._add(title, f"{key}.{name}", f"{row.name}: {LABELS[name]}", field, getattr(row, name))

    def _outcome(self, row: Outcome) -> None:
        for name in ("baseline_value", "baseline_on", "target_value", "minimum_worthwhile_effect", "harm_limit"):
            field = forms.DateField() if name == "baseline_on" else _decimal(None, 4)
            label = f"{row.name}: {LABELS[name]}"
            self._add("How we will know", f"outcomes.{row.pk}.{name}", label, field, getattr(row, name))

    def _clauses(self) -> None:
        chosen = ClauseSet.objects.filter(code=self.challenge.clause_set).first()
        if chosen is None:
            return
        clauses = chosen.clauses.order_by("code")
        field = forms.MultipleChoiceField(
            choices=[(each.code, f"{each.code} {each.title} ({each.get_due_display()})") for each in clauses],
            widget=forms.CheckboxSelectMultiple,
        )
        asked = list(self.challenge.clause_requirements.values_list("code", flat=True))
        self._add("Clauses", "clauses", "Clauses to ask for", field, asked)

    def _add(self, part: str, key: str, label: str, field: forms.Field, value: Any = None) -> None:
        field.label = label
        is_fact = key.startswith("facts.") and value is None
        stored = getattr(self.challenge, key.removeprefix("facts.")) if is_fact else value
        field.initial = Decimal(f"{stored.normalize():f}") if isinstance(stored, Decimal) else stored
        self.fields[key] = field
        self.parts_of.setdefault(part, []).append(key)


def _decimal(
    least: Decimal | None, places: int, *, most: Decimal | int | None = None, required: bool = True
) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=least, max_value=most, max_digits=14, decimal_places=places, required=required, localize=False
    )


def _money(least: Decimal) -> MoneyField:
    return MoneyField(min_value=least, max_digits=14)


def _text(longest: int = 0, *, required: bool = True) -> forms.CharField:
    rows = 2 if longest else 4
    return forms.CharField(max_length=longest or 6000, required=required, widget=forms.Textarea(attrs={"rows": rows}))
