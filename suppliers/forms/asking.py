"""For whom a person acts, questions about a call, and their answers."""

from collections.abc import Sequence
from typing import Any

from django import forms

from suppliers.models import Supplier


class SupplierChoiceForm(forms.Form):
    """For which of your organisations; asked only of people who belong to several."""

    supplier = forms.ChoiceField(label="For which organisation?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, suppliers: Sequence[Supplier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suppliers = {str(each.public_id): each for each in suppliers}
        self.fields["supplier"].choices = [(key, each.name) for key, each in self.suppliers.items()]  # type: ignore[attr-defined]
        if len(self.suppliers) == 1:
            self.fields["supplier"].widget = forms.HiddenInput()
            self.fields["supplier"].initial = next(iter(self.suppliers))

    def chosen(self) -> Supplier:
        """The organisation."""
        return self.suppliers[self.cleaned_data["supplier"]]


class AskForm(SupplierChoiceForm):
    """A question about a call."""

    question = forms.CharField(
        label="Your question", max_length=4000, widget=forms.Textarea({"rows": 5}),
        help_text="Everybody will read it word for word, with the answer. Do not name your organisation in it.",
    )  # fmt: skip

    def asked(self) -> dict[str, Any]:
        """Who asks what, as `actions.ask` takes it."""
        return {"supplier": self.chosen(), "question": self.cleaned_data["question"]}


class ReplyForm(forms.Form):
    """The council's answer to a question."""

    answer = forms.CharField(
        label="Your answer", max_length=4000, widget=forms.Textarea({"rows": 8}),
        help_text="It is public as soon as you publish it, together with the question, and cannot be taken back.",
    )  # fmt: skip


class CorrectionForm(forms.Form):
    """An answer said anew, and why."""

    answer = forms.CharField(
        label="What the answer says from now on", max_length=4000, widget=forms.Textarea({"rows": 8}),
        help_text="What it said before stays public below it.",
    )  # fmt: skip
    why = forms.CharField(
        label="Why it is corrected", max_length=4000, widget=forms.Textarea({"rows": 3}),
        help_text="Published with it, and sent to everybody who follows the challenge.",
    )  # fmt: skip
