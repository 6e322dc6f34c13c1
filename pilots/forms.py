"""Forms of the pilots room: typed words in, clean data out."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import slugify

from accounts.models import User
from challenges.models import Design
from pilots.actions import PlannedSite, site_problems
from pilots.models import Arm, Cause, CheckVerdict, GateChoice
from pilots.plans import Context, Registration, problems


def _day(label: str, hint: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, widget=widget)


def _words(label: str, hint: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}))


class RegisterForm(forms.Form):
    """The plan; `registration` holds it once the form is valid."""

    design = forms.ChoiceField(label="How the change is measured", choices=Design.choices, widget=forms.RadioSelect)
    baseline_starts_on = _day(
        "The baseline begins on", "Readings from here to the start show how things are without the pilot."
    )
    starts_on = _day("The pilot starts on", "It has to be after today: measures are registered beforehand.")
    ends_on = _day("The last day of the pilot")
    analysis_on = _day("The result is computed on", "Once, on this day, with the readings that have arrived by then.")
    decision_on = _day("The decision is made by")
    decider = forms.ModelChoiceField(
        label="Who decides", queryset=User.objects.none(), help_text="Somebody else than you."
    )
    minimum_worthwhile_effect = forms.DecimalField(label="Smallest improvement worth paying for", max_digits=14)
    harm_limit = forms.DecimalField(label="How much worse counts as harm", max_digits=14)
    lowest = forms.DecimalField(label="Lowest value that is possible", required=False)
    highest = forms.DecimalField(label="Highest value that is possible", required=False)
    spread = forms.DecimalField(
        label="How much the measure varies",
        help_text="For comparisons: by how much one site’s change differs from another’s (standard deviation). "
        "For one series: how far a period’s value lies from its trend.",
    )
    expected_effect = forms.DecimalField(label="Improvement that the supplier expects", required=False)
    is_seasonal = forms.BooleanField(label="The measure follows the seasons", required=False)

    def __init__(self, *args: Any, context: Context, today: date, deciders: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context, self.today = context, today
        chosen: Any = self.fields["decider"]
        chosen.queryset = User.objects.filter(pk__in=[person.pk for person in deciders]).order_by("full_name", "pk")
        unit = context.outcome.unit
        for name in ("minimum_worthwhile_effect", "harm_limit", "lowest", "highest", "spread", "expected_effect"):
            field = self.fields[name]
            field.help_text = f"{field.help_text} In {unit}.".strip()

    def clean(self) -> dict[str, Any]:
        """Say everything that is wrong with the plan, each at its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            for problem in problems(self.registration, self.context, self.today):
                self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)
        return cleaned

    @property
    def registration(self) -> Registration:
        return Registration(**self.cleaned_data)


def first_plan(context: Context, today: date) -> dict[str, Any]:
    """What the form begins with: the published measure and the dates foreseen with the challenge."""
    challenge, outcome = context.pilot.challenge, context.outcome
    starts_on = max(challenge.pilot_starts_on or today, today + timedelta(days=21))
    ends_on = starts_on + timedelta(weeks=challenge.pilot_weeks or 13, days=-1)
    return {
        "design": outcome.design, "starts_on": starts_on, "ends_on": ends_on,
        "baseline_starts_on": starts_on - timedelta(weeks=26), "analysis_on": ends_on + timedelta(weeks=1),
        "decision_on": ends_on + timedelta(weeks=3), "harm_limit": _plain(outcome.harm_limit),
        "minimum_worthwhile_effect": _plain(outcome.minimum_worthwhile_effect),
    }  # fmt: skip


class AgainForm(forms.Form):
    """Why a registered plan is replaced."""

    reason = _words("Why the plan is registered again", "Published with the new plan.")


class SitesForm(forms.Form):
    """Sites of both arms, one a line; `sites` holds them once the form is valid."""

    pilot_sites = _words(
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
    evidence = _words("What you looked at", "An address, a document, what you saw and when.")


class WaiveForm(forms.Form):
    reason = _words("Why this clause can be waived", "Published on the pilot’s page.")


class ConsentForm(forms.Form):
    note = _words("Who is responsible for the sites, and how they agreed")


class GateForm(forms.Form):
    choice = forms.ChoiceField(
        label="What happens next",
        choices=[choice for choice in GateChoice.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    reason = _words("Why", "Published on the pilot’s page, whichever way you decide.")


class SuspendForm(forms.Form):
    cause = forms.ChoiceField(label="What it is suspended for", choices=Cause.choices, widget=forms.RadioSelect)
    reason = _words("What happened", "Published on the pilot’s page. Name no person.")


class ResumeForm(forms.Form):
    put_right = _words("What was put right", "Published on the pilot’s page.")


class EndForm(forms.Form):
    reason = _words("Why the pilot ends now", "Published on the pilot’s page.")
    payment = _words("What is paid for what was done and accepted", "Published too.", rows=2)
    removal = _words("Who takes the equipment away, and by when", "Published too.", rows=2)


def _site(line: str, arm: str) -> PlannedSite:
    name, _, devices = line.partition(":")
    codes = tuple(slugify(code) for code in devices.split(",") if code.strip())
    return PlannedSite(code=slugify(name), name=name.strip()[:120], arm=arm, devices=codes)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


class LeaveForm(forms.Form):
    """Why a supplier withdraws."""

    reason = forms.CharField(
        label="Why do you withdraw?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It is kept on the record. The panel does not read it.",
        error_messages={"required": "Say why, in a sentence: it is kept on the record."},
    )  # fmt: skip
