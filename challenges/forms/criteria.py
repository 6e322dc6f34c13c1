"""Criteria with their weights and scales, and how a price counts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.text import slugify

from accounts.fields import MoneyField
from challenges import scales
from challenges.models import Criterion, CriterionKind, PriceFormula

KINDS_OF_ANSWERS = [(kind.value, kind.label) for kind in CriterionKind if kind != CriterionKind.RESULT]
KINDS_OF_PILOTS = [(kind.value, kind.label) for kind in CriterionKind if kind != CriterionKind.CLAUSES]


class CriterionForm(forms.Form):
    """One criterion; an empty row is passed over."""

    name = forms.CharField(max_length=120, required=False)
    description = forms.CharField(
        label="What assessors look for", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(choices=KINDS_OF_ANSWERS, initial=CriterionKind.QUALITY, required=False)
    weight = forms.DecimalField(
        label="Weight, in per cent", min_value=Decimal("0.001"), max_value=100, max_digits=6, decimal_places=3,
        required=False,
    )  # fmt: skip
    scale = forms.ChoiceField(
        label="Marks, if the panel judges it", choices=[(code, words) for code, (words, _) in scales.SCALES.items()],
        initial=scales.USUAL, required=False,
    )  # fmt: skip
    threshold = forms.DecimalField(
        label="Lowest mark to stay in", help_text="On the scale chosen. Leave empty for none.", min_value=0,
        max_value=100, max_digits=5, decimal_places=2, required=False,
    )  # fmt: skip
    group = forms.CharField(
        label="Group, if it is part of one", max_length=60, required=False,
        help_text="The same words at each criterion of the group. Only what the panel judges belongs to one.",
    )  # fmt: skip
    word_limit = forms.IntegerField(
        label="Words an answer may have", min_value=50, max_value=2000, initial=400, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["kind"] = cleaned.get("kind") or CriterionKind.QUALITY
        cleaned["word_limit"] = cleaned.get("word_limit") or 400
        cleaned["scale"] = cleaned.get("scale") or scales.USUAL
        if not self.errors and bool(cleaned.get("name")) != bool(cleaned.get("weight")):
            raise ValidationError("Give this criterion both a name and a weight, or leave both empty.")
        if cleaned.get("group") and cleaned["kind"] != CriterionKind.QUALITY:
            self.add_error("group", "Only a criterion that the panel judges belongs to a group: leave this empty.")
        threshold, highest = cleaned.get("threshold"), self.highest(cleaned["scale"])
        if threshold is not None and cleaned["kind"] == CriterionKind.QUALITY and threshold > highest:
            self.add_error("threshold", f"The lowest mark to stay in cannot be above {highest}, the highest mark.")
        return cleaned

    @staticmethod
    def highest(scale: str) -> Decimal:
        """The highest mark of a scale."""
        return Decimal(scales.SCALES[scale][1][-1][0])


class PriceRuleForm(forms.Form):
    """How the criterion of the price turns into points; beside the rows, because a challenge has one price at most."""

    formula = forms.ChoiceField(
        label="How a price turns into points", choices=PriceFormula.choices, initial=PriceFormula.FIXED,
        help_text="Against two published prices is the safest: no supplier's points depend on another supplier.",
    )  # fmt: skip
    optimal_price = MoneyField(
        label="Price that gets all the points", min_value=0, max_digits=14, required=False,
        help_text="In pounds, for the pilot and the contract together, without VAT. Lower prices get no more.",
    )  # fmt: skip
    maximum_price = MoneyField(
        label="Price that gets none", min_value=0, max_digits=14, required=False,
        help_text="The most you would pay for both together. Points fall evenly between the two.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors or cleaned["formula"] != PriceFormula.FIXED:
            return cleaned | {"optimal_price": None, "maximum_price": None}
        for name in ("optimal_price", "maximum_price"):
            if cleaned.get(name) is None:
                self.add_error(name, "Give this price: points are measured against it.")
        if not self.errors and cleaned["optimal_price"] >= cleaned["maximum_price"]:
            self.add_error("maximum_price", "The price that gets none must be higher than the one that gets all.")
        return cleaned


class GroupsForm(forms.Form):
    """Thresholds of groups, beside the rows that name the groups."""

    thresholds = forms.CharField(
        label="Lowest share of a group’s points to stay in", required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only where a group has one: a line each, its name, a colon, and per cent, such as “Delivery: 50”.",
    )  # fmt: skip

    def __init__(self, *args: Any, names: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = list(dict.fromkeys(name.strip() for name in names if name.strip()))

    def clean_thresholds(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["thresholds"].splitlines())):
            name, _, share = (part.strip() for part in line.partition(":"))
            if name not in self.names:
                raise ValidationError(f"“{name}” is no group: no criterion above belongs to it.")
            found[name] = _share(name, share)
        return found

    def groups(self) -> list[dict[str, Any]]:
        """As they are stored, in the order in which the criteria name them."""
        given = self.cleaned_data["thresholds"]
        return [
            {"code": group_code(name), "name": name, "threshold": str(given[name]) if name in given else None}
            for name in self.names
        ]


def group_code(name: str) -> str:
    """A group's code: its name as in addresses, set apart from the codes of criteria."""
    return f"group-{slugify(name)[:30] or 'one'}" if name.strip() else ""


def _share(name: str, words: str) -> Decimal:
    try:
        share = Decimal(words.removesuffix("%").strip())
    except InvalidOperation:
        raise ValidationError(f"“{name}”: give a number of per cent after the colon.") from None
    if not 0 <= share <= 100:
        raise ValidationError(f"“{name}”: {share:f} is not between 0 and 100 per cent.")
    return share


class ContractPriceRuleForm(PriceRuleForm):
    """The same of the contract's price alone: when pilots are finished their own is spent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "optimal_price"
        ].help_text = "In pounds, for the whole contract as it was offered, without VAT. Lower prices get no more."
        self.fields["maximum_price"].help_text = "The most you would pay. Points fall evenly between the two."


class BaseCriteria(BaseFormSet):
    row_name = "Criterion"

    def clean(self) -> None:
        if any(self.errors):
            return
        if not self.rows():
            raise ValidationError("Fill in at least one criterion: its name, what assessors look for, and its weight.")
        total = sum((row["weight"] for row in self.rows()), Decimal(0))
        if total != 100:
            raise ValidationError(f"The weights total {total:f}, not 100. Change them until they total exactly 100.")
        if not any(row["kind"] == CriterionKind.QUALITY for row in self.rows()):
            raise ValidationError("At least one criterion must be judged by the panel.")
        if sum(row["kind"] == CriterionKind.PRICE for row in self.rows()) > 1:
            raise ValidationError("Price is one criterion: put its whole weight in one row.")
        if sum(row["kind"] == CriterionKind.CLAUSES for row in self.rows()) > 1:
            raise ValidationError("The grades of the clauses are one criterion: put their whole weight in one row.")
        names = [row["name"].casefold() for row in self.rows()]
        if twice := next((row["name"] for row in self.rows() if names.count(row["name"].casefold()) > 1), ""):
            raise ValidationError(f"Two criteria are called “{twice}”: nobody could tell their marks apart.")

    def rows(self) -> list[dict[str, Any]]:
        """The rows that were filled in, as cleaned."""
        return [row for row in (form.cleaned_data for form in self.forms) if row.get("name")]

    def has_price(self) -> bool:
        """Whether one of the rows is the price."""
        return any(row["kind"] == CriterionKind.PRICE for row in self.rows())


class PilotCriterionForm(CriterionForm):
    """One criterion of finished pilots; an empty row is passed over."""

    group = None  # type: ignore[assignment]
    kind = forms.ChoiceField(choices=KINDS_OF_PILOTS, initial=CriterionKind.QUALITY, required=False)
    word_limit = forms.IntegerField(
        label="Words that council and supplier may each write on it", min_value=50, max_value=2000, initial=400,
        required=False,
    )  # fmt: skip


class BasePilotCriteria(BaseCriteria):
    """Either none at all, or whole: the measured result counts, and people judge something beside it."""

    def clean(self) -> None:
        if any(self.errors) or not self.rows():
            return
        super().clean()
        if sum(row["kind"] == CriterionKind.RESULT for row in self.rows()) != 1:
            raise ValidationError("One criterion is computed from the registered result: it is what pilots are for.")


CriteriaFormSet = formset_factory(CriterionForm, formset=BaseCriteria, extra=3, min_num=0, max_num=12)
PilotCriteriaFormSet = formset_factory(PilotCriterionForm, formset=BasePilotCriteria, extra=2, min_num=0, max_num=12)


def criterion_initial(criterion: Criterion, groups: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A stored criterion as a row of the form; `groups` has the names of groups by their codes."""
    row = {name: getattr(criterion, name) for name in CriterionForm.base_fields}
    row["group"] = (groups or {}).get(criterion.group, "")
    return row | {"scale": scales.code_of(criterion.scale)}
