"""Forms of the pilots room: typed words in, clean data out."""

import re
from typing import Any

from django import forms
from django.utils.text import slugify

from pilots.actions import PlannedSite, site_problems
from pilots.models import Arm, Cause, CheckVerdict, GateChoice

_COMMA = re.compile(r"[+-]?[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})")


def day_field(label: str, hint: str = "", *, required: bool = True) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, help_text=hint, required=required)


class ReadNumberField(forms.FloatField):
    """A number as people read it off, with a point or a decimal comma; 1,000 could be either, and is asked again."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:
        text = str(value).strip() if value is not None else ""
        return super().to_python(text.replace(",", ".") if _COMMA.fullmatch(text) else value)


def words_field(
    label: str, hint: str = "", rows: int = 4, *, required: bool = True, most: int | None = None
) -> forms.CharField:
    """Some lines of text, of at most so many characters."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=hint, required=required, max_length=most, widget=widget)


class EndOnLookForm(forms.Form):
    """Why a pilot ends on an earlier result."""

    reason = words_field("Why the pilot ends on this result", "Published. Name no person.")


class AgainForm(forms.Form):
    """Why a registered plan is replaced."""

    reason = words_field("Why the plan is registered again", "Published with the new plan.")


class SitesForm(forms.Form):
    """Sites of both arms, one a line; `sites` holds them once the form is valid."""

    pilot_sites = words_field(
        "Where the pilot is tried",
        "One site a line. Devices follow after a colon, separated by commas: Malthouse Road: counter-1, counter-2",
        rows=8,
    )
    comparison_sites = forms.CharField(
        label="What it is compared with",
        help_text="Sites like these that stay as they are. Do not choose the worst ones for the pilot: they would "
        "improve by themselves.",
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for sentence in site_problems(self.sites):
                self.add_error(None, sentence)
        return cleaned

    @property
    def sites(self) -> list[PlannedSite]:
        named = ((Arm.PILOT, "pilot_sites"), (Arm.COMPARISON, "comparison_sites"))
        return [
            _site(line, arm)
            for arm, field in named
            for line in self.cleaned_data.get(field, "").splitlines()
            if line.strip()
        ]


class TokenForm(forms.Form):
    label = forms.CharField(label="What the token is for", max_length=80, help_text="For example: gateway in the depot")


class CheckForm(forms.Form):
    verdict = forms.ChoiceField(
        label="What you found",
        choices=[(CheckVerdict.MET, "Met"), (CheckVerdict.NOT_MET, "Not met")],
        widget=forms.RadioSelect,
    )
    evidence = words_field("What you looked at", "An address, a document, what you saw and when.")


class WaiveForm(forms.Form):
    reason = words_field("Why this clause can be waived", "Published on the pilot’s page.")


class ConsentForm(forms.Form):
    note = words_field("Who is responsible for the sites, and how they agreed")


class GateForm(forms.Form):
    choice = forms.ChoiceField(
        label="What happens next",
        choices=[choice for choice in GateChoice.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    reason = words_field(
        "Why",
        "Published on the pilot’s page beside what the rule proposed, whichever way you decide. If you decide "
        "otherwise, say why.",
    )


class SuspendForm(forms.Form):
    cause = forms.ChoiceField(label="What it is suspended for", choices=Cause.choices, widget=forms.RadioSelect)
    reason = words_field("What happened", "Published on the pilot’s page. Name no person.")


class ResumeForm(forms.Form):
    put_right = words_field("What was put right", "Published on the pilot’s page.")


class EndForm(forms.Form):
    reason = words_field("Why the pilot ends now", "Published on the pilot’s page.")
    payment = words_field("What is paid for what was done and accepted", "Published too.", rows=2)
    removal = words_field("Who takes the equipment away, and by when", "Published too.", rows=2)


def _site(line: str, arm: str) -> PlannedSite:
    name, _, devices = line.partition(":")
    codes = tuple(slugify(code) for code in devices.split(",") if code.strip())
    return PlannedSite(code=slugify(name), name=name.strip()[:120], arm=arm, devices=codes)


class LeaveForm(forms.Form):
    """Why a supplier withdraws."""

    reason = forms.CharField(
        label="Why do you withdraw?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It is kept on the record. The panel does not read it.",
        error_messages={"required": "Say why, in a sentence: it is kept on the record."},
    )  # fmt: skip
