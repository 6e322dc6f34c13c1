"""What suppliers write in an answer, checked for its form."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings

from accounts.fields import MoneyField
from accounts.whole_numbers import whole
from challenges.models import ClauseRequirement, Criterion
from suppliers.completeness import EVIDENCE_WORDS, GRADED, VAT_TREATMENT, too_long
from suppliers.drafts import EMPTY_CLAUSE
from suppliers.prices import VAT

YES, NO = "yes", "no"
LEVELS = range(5)
PRICES = ("pilot", "contract")
LARGEST_RECEIPT = 200_000
AMOUNT: dict[str, Any] = {
    "required": False, "min_value": 0, "error_messages": {"min_value": "A price is zero or more."},
}  # fmt: skip


class SectionForm(forms.Form):
    """A section of a draft; `version` is the one that was shown, so that a later save of another is noticed.

    Whatever is wrong with it, `value` is what is saved: the fields that are right, upon what was saved before.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    merges = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def seen_version(self) -> int:
        """The version that the writer saw; 0 when the form does not say."""
        return whole(str(self.data.get("version", "")))

    def merged(self) -> str:
        """The key of the text kept aside that this one takes in; empty when there is none."""
        return str(self.data.get("merges", ""))

    def typed(self, name: str = "text") -> str:
        """A text as it was sent, whether or not it is too long; line ends are made one kind."""
        return str(self.data.get(name, "")).replace("\r\n", "\n").strip()

    def value(self, before: Any) -> Any:
        """The section as the draft keeps it; `before` is the one saved before, or None."""
        raise NotImplementedError


class AnswerForm(SectionForm):
    """The answer to one criterion. Too many words is an error, and yet the text is kept."""

    text = forms.CharField(label="Your answer", required=False, strip=False, widget=forms.Textarea({"rows": 16}))

    def __init__(self, *args: Any, criterion: Criterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limit = criterion.word_limit
        self.fields["text"].widget.attrs["data-maxwords"] = self.limit

    def clean_text(self) -> str:
        if sentence := too_long(self.typed(), self.limit):
            raise forms.ValidationError(f"{sentence} We have kept your text.")
        return self.typed()

    def value(self, before: Any) -> str:
        """The text, also when it is too long."""
        return self.typed()


class ClauseForm(SectionForm):
    """The response to one clause: yes or no, or a level; and evidence as text, an address, or attached files."""

    accepted = forms.ChoiceField(
        label="Do you meet this clause?", choices=[(YES, "Yes"), (NO, "No")], widget=forms.RadioSelect, required=False
    )
    level = forms.TypedChoiceField(
        label="Which level do you reach?", coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )
    text = forms.CharField(
        label="Your evidence", required=False, strip=False,
        widget=forms.Textarea({"rows": 6, "data-maxwords": EVIDENCE_WORDS}),
        help_text="What shows that you meet it? A few sentences are enough.",
    )  # fmt: skip
    url = forms.URLField(
        label="Address of a page with evidence", required=False, max_length=500, assume_scheme="https",
        help_text="Nothing here opens it. After the call has closed the panel’s chair may.",
    )  # fmt: skip
    attached = forms.MultipleChoiceField(
        label="Files that show it", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Of those that you have attached to your answer.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, requirement: ClauseRequirement, attached: Sequence[Mapping[str, Any]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        graded = requirement.response_type == GRADED
        if not requirement.needs_evidence_now:
            self.fields["text"].label = "Your evidence, if you want to give it now"
            self.fields["url"].label = "Address of a page with evidence, if you want to give it now"
        del self.fields["accepted" if graded else "level"]
        if graded:
            self.fields["level"].choices = _levels(requirement)  # type: ignore[attr-defined]
        if attached:
            self.fields["attached"].choices = [(each["id"], each["name"]) for each in attached]  # type: ignore[attr-defined]
        else:
            del self.fields["attached"]

    def clean_text(self) -> str:
        if sentence := too_long(self.typed(), EVIDENCE_WORDS, "Your evidence"):
            raise forms.ValidationError(f"{sentence} We have kept your text.")
        return self.typed()

    def value(self, before: Any) -> dict[str, Any]:
        """The response; a field that is wrong keeps what was saved before."""
        given = {name: value for name, value in self.cleaned_data.items() if name in EMPTY_CLAUSE}
        if "accepted" in given:
            given["accepted"] = {YES: True, NO: False}.get(given["accepted"])
        if "attached" in self.cleaned_data:
            given["files"] = self.cleaned_data["attached"]
        return {**EMPTY_CLAUSE, **(before or {}), **given, "text": self.typed()}


class PriceForm(SectionForm):
    """The two prices, without VAT, and what VAT comes on top."""

    pilot = MoneyField(
        label="Price of the pilot, without VAT", max_digits=12, help_text="In pounds, for all of its weeks.", **AMOUNT
    )
    contract = MoneyField(
        label="Price of the full contract, without VAT", max_digits=14,
        help_text="In pounds, for its whole length, if the pilot works.", **AMOUNT,
    )  # fmt: skip
    vat_treatment = forms.ChoiceField(
        label="VAT", choices=[(code, vat.words) for code, vat in VAT.items()], widget=forms.RadioSelect, required=False,
        help_text="Prices are compared without VAT.",
    )  # fmt: skip

    def value(self, before: Any) -> dict[str, str]:
        """The prices as text, so that not a penny is rounded; a field that is wrong keeps what was saved before."""
        given = {name: self.cleaned_data[name] for name in PRICES if name in self.cleaned_data}
        amounts = {name: "" if amount is None else f"{amount:.2f}" for name, amount in given.items()}
        vat = {VAT_TREATMENT: self.cleaned_data[VAT_TREATMENT]} if VAT_TREATMENT in self.cleaned_data else {}
        return {"pilot": "", "contract": "", VAT_TREATMENT: "", **(before or {}), **amounts, **vat}


class PassageForm(forms.Form):
    """Words to be kept out of anything published."""

    section = forms.ChoiceField(label="Where they stand", widget=forms.RadioSelect)
    passage = forms.CharField(
        label="The words", max_length=4000, widget=forms.Textarea({"rows": 3}),
        help_text="Copied from your answer. Only these words are left out, not the whole answer.",
    )  # fmt: skip
    reason = forms.CharField(label="Why they are confidential", max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, sections: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = list(sections)  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """One file to attach."""

    file = forms.FileField(
        label="Choose a file", allow_empty_file=True, error_messages={"required": "Choose a file to send."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["data-max-bytes"] = settings.UPLOAD_MAX_BYTES


class SubmitForm(SectionForm):
    """The last confirmation."""

    accepts_terms = forms.BooleanField(
        label="We accept the terms of this call, and I may submit for my organisation", required=False
    )


class VerifyForm(forms.Form):
    """A receipt to be verified, as its file or its text."""

    file = forms.FileField(label="The receipt's file (receipt.json)", required=False)
    text = forms.CharField(label="Or its text", required=False, max_length=20_000, widget=forms.Textarea({"rows": 8}))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_RECEIPT:
            raise forms.ValidationError("This is no receipt: a receipt has some kilobytes. Choose receipt.json.")
        return file

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        if not given.get("file") and not given.get("text"):
            raise forms.ValidationError("Choose the receipt's file, or paste its text.")
        return given

    def content(self) -> bytes:
        """The bytes to verify."""
        file = self.cleaned_data.get("file")
        return bytes(file.read()) if file else str(self.cleaned_data["text"]).encode()


def _levels(requirement: ClauseRequirement) -> list[tuple[str, str]]:
    described = requirement.descriptors or {}
    return [(str(level), f"{level}: {described.get(str(level), f'level {level}')}") for level in LEVELS]
