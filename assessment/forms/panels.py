"""Who assesses, by e-mail address."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import User
from assessment.forms.texts import text
from assessment.models import PanelMember, PanelRole
from suppliers.models import Submission


class PanelForm(forms.Form):
    """Who assesses, by e-mail address: assessors may come from outside the council."""

    chair = forms.EmailField(
        label="Chair", help_text="The chair moderates what the assessors marked, and gives no marks."
    )
    assessors = text(
        "Assessors",
        4,
        "One e-mail address on each line, at least two. Whoever has no account here yet is invited instead.",
        True,
    )

    def clean_chair(self) -> User:
        return _person(self.cleaned_data["chair"])

    def clean_assessors(self) -> list[User]:
        addresses = [line.strip() for line in self.cleaned_data["assessors"].splitlines() if line.strip()]
        people, wrong = [], []
        for address in addresses:
            try:
                validate_email(address)
                people.append(_person(address))
            except ValidationError as error:
                wrong.append(f"{address}: {error.messages[0]}")
        if wrong:
            raise ValidationError(wrong)
        return people


class PanelInviteForm(forms.Form):
    """One person, by e-mail, for one role on the panel."""

    email = forms.EmailField(
        label="E-mail address", help_text="Of somebody inside or outside the council. They need no account yet."
    )
    role = forms.ChoiceField(label="Their role on the panel", choices=PanelRole.choices, widget=forms.RadioSelect)


class WorkForm(forms.Form):
    """How many assessors mark each submission, and by when."""

    marks_each = forms.IntegerField(
        label="How many assessors mark each submission", min_value=2, required=False,
        help_text="Leave it empty if every assessor marks all of them. With a number, the submissions are shared out "
        "evenly when marking begins, and nobody gets one that they have an interest in.",
    )  # fmt: skip
    declare_by = forms.DateField(
        label="Interests are declared by", required=False, help_text="Reminders go out from the day before."
    )
    mark_by = forms.DateField(label="Marks are handed in by", required=False)

    @property
    def days(self) -> tuple[date | None, date | None]:
        return self.cleaned_data["declare_by"], self.cleaned_data["mark_by"]


class RelieveForm(forms.Form):
    """Why somebody leaves the panel, and how what they handed in counts."""

    STAND, ASIDE = "stand", "aside"

    reason = text("Why they are relieved", 3, "It stays on the record.", True)
    marks = forms.ChoiceField(
        label="Marks that they handed in", widget=forms.RadioSelect,
        choices=[
            (STAND, "They stand: their successor marks only what is missing"),
            (ASIDE, "They are set aside and kept: their successor marks everything again"),
        ],
        help_text="Marks that were only written, and not handed in, never count.",
    )  # fmt: skip

    def __init__(self, *args: Any, has_marks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_marks:
            del self.fields["marks"]

    @property
    def marks_stand(self) -> bool:
        return self.cleaned_data.get("marks", self.STAND) == self.STAND


class TermsForm(forms.Form):
    """What everybody on a panel confirms before they see anything."""

    has_read = forms.BooleanField(label="I have read how to mark")
    accepts = forms.BooleanField(label="I accept the terms")
    version = forms.CharField(required=False, widget=forms.HiddenInput)


class CouncilTermsForm(forms.Form):
    """The terms of a council's panels."""

    text = text(
        "The terms", 20, "Each rule: its title on one line, its text on the next. An empty line between rules.", True
    )


class ReopenForm(forms.Form):
    """Whose marks are reopened, of which submission, and why."""

    EVERYTHING = "all"

    seat = forms.ChoiceField(label="Whose marks", widget=forms.RadioSelect)
    submission = forms.ChoiceField(label="Of which submission")
    reason = text("Why they are reopened", 3, "The assessor reads it, and it stays on the record.", True)

    def __init__(self, *args: Any, seats: Iterable[PanelMember], submissions: Iterable[Submission], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.seats = {str(seat.pk): seat for seat in seats}
        self.submissions = {str(each.pk): each for each in submissions}
        whose, which = self.fields["seat"], self.fields["submission"]
        whose.choices = [(key, str(seat.user)) for key, seat in self.seats.items()]  # type: ignore[attr-defined]
        which.choices = [  # type: ignore[attr-defined]
            (self.EVERYTHING, "All of them"), *((key, each.pseudonym) for key, each in self.submissions.items())
        ]  # fmt: skip

    @property
    def chosen_seat(self) -> PanelMember:
        return self.seats[self.cleaned_data["seat"]]

    @property
    def chosen_submission(self) -> Submission | None:
        return self.submissions.get(self.cleaned_data["submission"])


def _person(address: str) -> User:
    found = User.objects.filter(email=address.strip().lower(), is_active=True).first()
    if found is None:
        raise ValidationError(f"Nobody signs in here with {address}. Invite them to the panel instead.")
    return found
