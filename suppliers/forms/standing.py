"""What suppliers declare, and whom they name, checked for its form."""

from typing import Any

from django import forms

from suppliers.declarations import DEBARMENT, EXCLUSION

NONE, SOME = "none", "some"


class DeclarationForm(forms.Form):
    """Two questions that every call asks, and the share code that calls above the threshold ask for."""

    exclusion = forms.ChoiceField(
        label="Does a ground for exclusion apply to your organisation, or to people or firms connected with it?",
        choices=[(NONE, "No, none applies"), (SOME, "Yes, or it may")], widget=forms.RadioSelect,
        help_text="Schedules 6 and 7 of the Procurement Act 2023 list the grounds, mandatory and discretionary.",
    )  # fmt: skip
    exclusion_explained = forms.CharField(
        label="If yes: what applies, since when, and what you have done about it", required=False, max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    debarment = forms.ChoiceField(
        label="Does your organisation, or one connected with it, stand on the debarment list?",
        choices=[(NONE, "No"), (SOME, "Yes")], widget=forms.RadioSelect,
        help_text="The list that the government keeps under the same Act.",
    )  # fmt: skip
    debarment_explained = forms.CharField(
        label="If yes: which entry, and until when", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    share_code = forms.CharField(
        label="Share code of your entry on the central digital platform", required=False, max_length=30,
        help_text="Only calls above the procurement threshold ask for it. By giving it you confirm that the entry is "
        "up to date today. We do not look it up.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for kind in (EXCLUSION, DEBARMENT):
            if given.get(kind) == SOME and not given.get(f"{kind}_explained", "").strip():
                self.add_error(f"{kind}_explained", "Explain your yes: it keeps you from nothing by itself.")
        return given

    def declared(self) -> dict[str, tuple[bool, str]]:
        """Per kind of declaration: whether something applies, and the explanation."""
        given = self.cleaned_data
        return {kind: (given[kind] == SOME, given[f"{kind}_explained"]) for kind in (EXCLUSION, DEBARMENT)}


class PartnerForm(forms.Form):
    """An organisation that answers together with the supplier."""

    name = forms.CharField(label="Its registered name", max_length=160)
    company_number = forms.CharField(
        label="Its Companies House number", max_length=12, required=False, help_text="Empty only where it has none.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    role = forms.CharField(label="What it will do", max_length=160, help_text="For example: builds the shelters.")
