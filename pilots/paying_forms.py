"""Forms for milestones: what is agreed, and what became of one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from accounts.fields import MoneyField
from pilots.actions import Agreed
from pilots.forms import day_field
from pilots.models import MilestoneState

NOTES = {
    "deliver": ("What was done, and where the council sees it", "Say that it is done"),
    "return": ("What is missing", "Give it back"),
    "accept": ("A word on it", "Accept it"),
    "invoice": ("Number of the invoice", "Send the invoice"),
    "pay": ("Reference of the payment", "Record that it is paid"),
}
NEXT = {
    MilestoneState.AHEAD: ("deliver",),
    MilestoneState.DELIVERED: ("accept", "return"),
    MilestoneState.ACCEPTED: ("invoice",),
    MilestoneState.INVOICED: ("pay",),
}


class MilestoneForm(forms.Form):
    title = forms.CharField(label="What is done", max_length=160)
    amount = MoneyField(label="Amount in pounds, without VAT", min_value=0, max_digits=12)
    due_on = day_field("Until")


class BaseMilestones(BaseFormSet):
    row_name = "Milestone"

    def clean(self) -> None:
        if not any(self.errors) and not self.agreed:
            raise ValidationError("Name at least one milestone.")

    @property
    def agreed(self) -> list[Agreed]:
        """The milestones that were filled in."""
        return [Agreed(**form.cleaned_data) for form in self.forms if form.has_changed() and form.cleaned_data]


MilestonesFormSet = formset_factory(MilestoneForm, formset=BaseMilestones, extra=3, min_num=1, max_num=12)


class StepForm(forms.Form):
    """One step of a milestone, with its words."""

    note = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step, self.submit = step, NOTES[step][1]
        self.fields["note"].label = NOTES[step][0]
        if step in ("deliver", "return"):
            self.fields["note"].widget = forms.Textarea(attrs={"rows": 3})
        self.fields["note"].required = step in ("deliver", "return", "invoice")
