"""Start, money, timetable, clauses, measures, and the forms of single steps."""

from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from accounts.fields import InstantField, MoneyField
from accounts.models import Council
from audit import clock
from challenges.models import SIFT_QUESTIONS, Challenge, Design, Direction, MeasureRole, Outcome, Period
from challenges.states import timetable_problems
from challenges.timetable import day_of
from clauses.models import ClauseSet

INSTANTS = ("opens_at", "questions_close_at", "answers_due_at", "closes_at")


class StartForm(forms.Form):
    """What a new challenge needs to begin: whose it is, and what should be different."""

    council = forms.ModelChoiceField(queryset=Council.objects.none(), empty_label=None)
    title = forms.CharField(
        label="What should be different?",
        max_length=160,
        help_text="The outcome in one line, in residents' words. No product words: “Streets where bicycles stay put”.",
    )

    def __init__(self, *args: Any, councils: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["council"].queryset = councils  # type: ignore[attr-defined]


class ProcedureForm(forms.ModelForm):
    """Money, route and how many pilots."""

    max_pilots = forms.IntegerField(
        label="Pilots at most", initial=2, max_value=20, help_text="How many suppliers may be chosen for a pilot."
    )

    has_sift = forms.BooleanField(
        label="a light sift comes before the full round", required=False,
        help_text="Three questions, each answered in a line: " + " ".join(each["name"] for each in SIFT_QUESTIONS),
    )  # fmt: skip

    class Meta:
        model = Challenge
        fields = [
            "theme", "route", "budget_line", "pilot_budget", "contract_ceiling", "max_pilots", "selection",
            "pilots_ceiling", "pilot_weeks", "is_above_threshold", "find_a_tender_id", "opens_prices_alone",
        ]  # fmt: skip
        field_classes = dict.fromkeys(("pilot_budget", "contract_ceiling", "pilots_ceiling"), MoneyField)
        help_texts = {
            "route": "How a proven pilot becomes a contract. The route is part of the published notice.",
            "budget_line": "Who pays for the contract if the pilot works. Without it a pilot leads nowhere.",
            "pilot_budget": "Paid to each supplier for its pilot, in pounds, without VAT.",
            "contract_ceiling": "The most the full contract may cost, in pounds, without VAT.",
            "selection": "By rank, nobody is passed over. A portfolio may pass over a rank, with a reason for each.",
            "pilots_ceiling": "The most that all pilots may cost together, without VAT. Leave it empty for no limit.",
            "opens_prices_alone": "Only below the threshold. Otherwise two people open the prices. It is published.",
            "pilot_weeks": "How long each pilot runs, in weeks. Most run for 12 to 26.",
            "find_a_tender_id": "Needed before publishing when the contract is above the threshold.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["has_sift"].initial = bool(self.instance.sift_criteria)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # Copied into the challenge, so that later words change nothing that was published (R5).
        cleaned["sift_criteria"] = list(SIFT_QUESTIONS) if cleaned.pop("has_sift", False) else []
        for name in ("pilot_budget", "contract_ceiling", "max_pilots", "pilot_weeks", "pilots_ceiling"):
            if cleaned.get(name) is not None and cleaned[name] <= 0:
                self.add_error(name, "Give more than zero.")
        pilot, ceiling = cleaned.get("pilot_budget"), cleaned.get("contract_ceiling")
        if pilot and ceiling and pilot >= ceiling:
            self.add_error("contract_ceiling", "The contract's ceiling must be more than the money for one pilot.")
        if cleaned.get("opens_prices_alone") and cleaned.get("is_above_threshold"):
            self.add_error("opens_prices_alone", "Above the threshold two people open the prices: leave this empty.")
        return cleaned


class TimetableForm(forms.ModelForm):
    """The four instants of a call; order and windows are checked by the timetable's own rules."""

    class Meta:
        model = Challenge
        fields = [*INSTANTS, "pilot_starts_on"]
        field_classes = dict.fromkeys(INSTANTS, InstantField)
        labels = {
            "opens_at": "Opens for answers",
            "questions_close_at": "Questions close",
            "answers_due_at": "Questions are answered by",
            "closes_at": "Closes",
            "pilot_starts_on": "Pilots start on or about",
        }
        help_texts = {
            "opens_at": "All times are those of the United Kingdom.",
            "closes_at": "The last moment is just before this time. A submission at this time is late.",
        }

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        for name in INSTANTS:
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            dated = copy(self.instance)
            for name, value in cleaned.items():
                setattr(dated, name, value)
            for problem in timetable_problems(dated, self.at):
                self.add_error("closes_at", problem)
            if dated.pilot_starts_on and dated.closes_at and dated.pilot_starts_on <= day_of(dated.closes_at):
                self.add_error("pilot_starts_on", "Pilots cannot start before the call has closed.")
        return cleaned


class ClausesForm(forms.Form):
    """Which set, and which clauses of it."""

    clause_set = forms.ModelChoiceField(
        label="Set of clauses", queryset=ClauseSet.objects.order_by("name"), to_field_name="code", empty_label=None
    )
    codes = forms.MultipleChoiceField(
        label="Clauses to ask for",
        widget=forms.CheckboxSelectMultiple,
        help_text="Proof is asked late: most clauses need a yes now and evidence before the pilot starts.",
        error_messages={"required": "Choose at least one clause."},
    )

    def __init__(self, *args: Any, chosen_set: ClauseSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause_set"].initial = chosen_set
        self.fields["clause_set"].widget = forms.HiddenInput()
        clauses = chosen_set.clauses.order_by("code")
        self.fields["codes"].choices = [  # type: ignore[attr-defined]
            (clause.code, f"{clause.code} {clause.title} ({clause.get_mode_display()}; {clause.get_due_display()})")
            for clause in clauses
        ]


class OutcomeForm(forms.ModelForm):
    """One measure; an empty row is passed over."""

    class Meta:
        model = Outcome
        fields = [
            "role", "name", "unit", "direction", "baseline_value", "baseline_on", "target_value",
            "minimum_worthwhile_effect", "harm_limit", "design", "period",
        ]  # fmt: skip
        labels = {
            "role": "What it is for",
            "name": "What is measured",
            "baseline_value": "Today's figure",
            "baseline_on": "The date of today's figure",
            "target_value": "The figure hoped for",
            "minimum_worthwhile_effect": "The smallest change worth paying for",
            "harm_limit": "The change in the wrong direction that would be harm",
            "design": "How we will tell that the pilot made the difference",
            "period": "One value per",
        }
        help_texts = {
            "unit": "Such as “thefts a week per street”.",
            "minimum_worthwhile_effect": "In the same unit. Below it, the pilot was not worth it.",
            "harm_limit": "In the same unit. With 0, any worsening that the readings make certain counts as harm.",
        }

    def clean_baseline_on(self) -> date:
        day: date = self.cleaned_data["baseline_on"]
        if day > day_of(clock.now()):
            raise ValidationError("Today's figure cannot be from a day that has not come yet.")
        return day

    def clean_minimum_worthwhile_effect(self) -> Decimal:
        value: Decimal = self.cleaned_data["minimum_worthwhile_effect"]
        if value <= 0:
            raise ValidationError("Give a change greater than zero.")
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        now, target, direction = (cleaned.get(name) for name in ("baseline_value", "target_value", "direction"))
        if now is None or target is None or not direction:
            return cleaned
        better = target > now if direction == Direction.INCREASE else target < now
        if not better:
            self.add_error("target_value", "The figure hoped for must be better than today's.")
        return cleaned


class BaseOutcomes(BaseFormSet):
    row_name = "Measure"

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """One measure decides, so a further row begins as one that is watched."""
        kwargs = super().get_form_kwargs(index)
        is_further = index is not None and index >= self.initial_form_count()
        return kwargs | {"initial": OUTCOME_DEFAULTS | {"role": MeasureRole.SECONDARY}} if is_further else kwargs

    def clean(self) -> None:
        if any(self.errors):
            return
        primary = sum(row["role"] == MeasureRole.PRIMARY for row in self.rows())
        if primary != 1:
            raise ValidationError(f"Exactly one measure decides; you have chosen {primary}.")

    def rows(self) -> list[dict[str, Any]]:
        """The measures that were filled in, as cleaned."""
        return [form.cleaned_data for form in self.forms if form.has_changed() and form.cleaned_data]


OutcomesFormSet = formset_factory(OutcomeForm, formset=BaseOutcomes, extra=2, min_num=0, max_num=8)
OUTCOME_DEFAULTS = {"direction": Direction.DECREASE, "design": Design.MATCHED, "period": Period.WEEK}


class ReasonForm(forms.Form):
    """A step that needs its reason in public."""

    reason = forms.CharField(
        label="Reason",
        max_length=4000,
        help_text="It is published with this step.",
        error_messages={"required": "Give a reason: it is published with this step."},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CommentForm(forms.Form):
    """Why a draft is handed back."""

    reason = forms.CharField(
        label="What should change?",
        max_length=4000,
        help_text="The owner reads it, and it stays in the council’s own record.",
        error_messages={"required": "Say what should change, so that the owner can change it."},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DeadlineForm(ReasonForm):
    """A later deadline for everybody."""

    closes_at = InstantField(label="New closing time")
    field_order = ["closes_at", "reason"]
