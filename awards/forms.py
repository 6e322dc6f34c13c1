"""The short forms of an award."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from accounts.fields import MoneyField
from pilots.forms import day_field


class ProposeForm(forms.Form):
    """What the award is worth."""

    value = MoneyField(
        label="Value in pounds, without VAT", max_digits=14, min_value=1,
        error_messages={"min_value": "The value must be at least £1."},
    )  # fmt: skip


class TextForm(forms.Form):
    """One text that goes with a step; label and hint are the step's."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, label: str, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].help_text = hint
        self.fields["text"].error_messages["required"] = f"Fill in: {label.lower()}."


class ApproveForm(TextForm):
    """Why the award is approved; above the council's delegated limit also who decided it (D7).

    `above` is the sentence that says so, or None where officers approve this value by themselves.
    """

    decided_by = forms.CharField(
        label="Who decided", max_length=160, help_text="The body or the post, such as “Cabinet” or “Chief executive”.",
        error_messages={"required": "Name the body or post that decided."},
    )  # fmt: skip
    decided_on = day_field("Decided on", "Today, or a day before.")
    reference = forms.CharField(
        label="Reference of the decision", max_length=120, help_text="Where it is written down, such as “minute 14”.",
        error_messages={"required": "Give the reference of the decision."},
    )  # fmt: skip
    authority = ("decided_by", "decided_on", "reference")

    def __init__(self, *args: Any, above: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.above = above
        self.fields["decided_on"].error_messages["required"] = "Give the day of the decision."
        for name in () if above else self.authority:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.above and any(name in self.errors for name in self.authority):
            self.add_error(None, self.above)
        return cleaned

    def named(self) -> dict[str, Any]:
        """Who decided above the limit, once the form is clean; empty where nobody had to."""
        return {name: self.cleaned_data[name] for name in self.authority} if self.above else {}


class ContractForm(forms.Form):
    """What was signed, and when."""

    reference = forms.CharField(
        label="Contract reference", max_length=60, help_text="As it stands in the council's contracts register."
    )
    signed_on = day_field("Signed on", "The day the last party signed. Only after the standstill.")
    starts_on = day_field("Starts on")
    ends_on = day_field("Ends on")


class IndicatorForm(forms.Form):
    """One key performance indicator; an empty row is passed over."""

    name = forms.CharField(label="What is measured", max_length=160, required=False)
    unit = forms.CharField(max_length=60, required=False, help_text="Such as “days” or “per cent of residents”.")
    target = forms.DecimalField(max_digits=14, decimal_places=4, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [bool(cleaned.get("name")), bool(cleaned.get("unit")), cleaned.get("target") is not None]
        if any(given) and not all(given) and not self.errors:
            raise forms.ValidationError("Give this indicator a name, a unit and a target, or leave all three empty.")
        return cleaned


class BaseIndicators(BaseFormSet):
    row_name = "Key performance indicator"

    def rows(self) -> list[dict[str, Any]]:
        """The indicators that were filled in, as cleaned."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]


IndicatorsFormSet = formset_factory(IndicatorForm, formset=BaseIndicators, extra=2, min_num=0, max_num=10)
