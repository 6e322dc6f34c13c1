"""What suppliers write in an answer, checked for its form."""

from typing import Any

from django import forms
from django.conf import settings

from challenges.models import ClauseRequirement, Criterion
from suppliers.completeness import GRADED, too_long

YES, NO = "yes", "no"
LEVELS = range(5)


class MoneyField(forms.DecimalField):
    """An amount as people write it: `30000`, `30,000` or `£30,000.00`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "govuk-input--width-10"})

    def to_python(self, value: Any) -> Any:
        plain = str(value or "").replace("£", "").replace(",", "").replace(" ", "")
        return super().to_python(plain)


class VersionedForm(forms.Form):
    """A section of a draft; `version` is the one that was shown, so that a later save of another is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def seen_version(self) -> int:
        """The version that the writer saw; 0 when the form does not say."""
        text = str(self.data.get("version", ""))
        return int(text) if text.isdecimal() else 0


class AnswerForm(VersionedForm):
    """The answer to one criterion. Too many words is an error, and yet the text is kept."""

    text = forms.CharField(label="Your answer", required=False, strip=False, widget=forms.Textarea({"rows": 16}))

    def __init__(self, *args: Any, criterion: Criterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limit = criterion.word_limit
        self.fields["text"].widget.attrs["data-maxwords"] = self.limit

    def typed(self) -> str:
        """The text as it was sent, whether or not it is too long; line ends are made one kind."""
        return str(self.data.get("text", "")).replace("\r\n", "\n").strip()

    def clean_text(self) -> str:
        text = self.typed()
        if sentence := too_long(text, self.limit):
            raise forms.ValidationError(f"{sentence} We have kept your text.")
        return text


class ClauseForm(VersionedForm):
    """The response to one clause: yes or no, or a level; and evidence as text, an address or both."""

    accepted = forms.ChoiceField(
        label="Do you meet this clause?", choices=[(YES, "Yes"), (NO, "No")], widget=forms.RadioSelect, required=False
    )
    level = forms.TypedChoiceField(
        label="Which level do you reach?", coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )
    text = forms.CharField(
        label="Your evidence", required=False, max_length=4000, widget=forms.Textarea({"rows": 6}),
        help_text="What shows that you meet it? A few sentences are enough.",
    )  # fmt: skip
    url = forms.URLField(
        label="Address of a page with evidence", required=False, max_length=500, assume_scheme="https",
        help_text="We do not open it before the submissions are unsealed.",
    )  # fmt: skip

    def __init__(self, *args: Any, requirement: ClauseRequirement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        graded = requirement.response_type == GRADED
        del self.fields["accepted" if graded else "level"]
        if graded:
            self.fields["level"].choices = _levels(requirement)  # type: ignore[attr-defined]

    def value(self) -> dict[str, Any]:
        """The response as the draft keeps it."""
        given = self.cleaned_data
        accepted = {YES: True, NO: False}.get(given.get("accepted", ""))
        text = given["text"].replace("\r\n", "\n")
        return {"accepted": accepted, "level": given.get("level"), "text": text, "url": given["url"]}


class PriceForm(VersionedForm):
    """The two prices, without VAT."""

    pilot = MoneyField(label="Price of the pilot, without VAT", min_value=0, max_digits=12, decimal_places=2)
    contract = MoneyField(
        label="Price of the full contract, without VAT", min_value=0, max_digits=14, decimal_places=2,
        help_text="For its whole length, if the pilot works.",
    )  # fmt: skip

    def value(self) -> dict[str, str]:
        """The prices as the draft keeps them: text, so that not a penny is rounded."""
        return {name: f"{self.cleaned_data[name]:.2f}" for name in ("pilot", "contract")}


class FileForm(forms.Form):
    """One file to attach."""

    file = forms.FileField(
        label="Choose a file", allow_empty_file=True, error_messages={"required": "Choose a file to send."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["data-max-bytes"] = settings.UPLOAD_MAX_BYTES


class SubmitForm(VersionedForm):
    """The last confirmation."""

    accepts_terms = forms.BooleanField(
        label="We accept the terms of this call, and I may submit for my organisation", required=False
    )


class VerifyForm(forms.Form):
    """A receipt to be verified, as its file or its text."""

    file = forms.FileField(label="The receipt's file (receipt.json)", required=False)
    text = forms.CharField(label="Or its text", required=False, max_length=20_000, widget=forms.Textarea({"rows": 8}))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
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
