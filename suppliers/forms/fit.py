"""Why a firm does not answer."""

from django import forms

from suppliers.models import Reason


class ReasonsForm(forms.Form):
    """Reasons to choose from; there is no free text, which could tell who wrote it."""

    reasons = forms.MultipleChoiceField(
        label="Why not?", choices=Reason.choices, widget=forms.CheckboxSelectMultiple,
        help_text="Choose all that apply. We keep the count, and nothing about you.",
        error_messages={"required": "Choose at least one reason."},
    )  # fmt: skip
