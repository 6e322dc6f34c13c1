"""Forms about people."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest

from accounts.fields import MoneyField
from accounts.models import CouncilRole, User


class SignupForm(AllauthSignupForm):
    """Registering asks for a name beside e-mail and password."""

    full_name = forms.CharField(label="Your name", max_length=120)

    def save(self, request: HttpRequest) -> User:
        user = super().save(request)
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])
        return user


class InviteForm(forms.Form):
    """Whom to invite, to which role; each kind of organisation brings its own roles."""

    email = forms.EmailField(label="E-mail address", help_text="The link goes there, and works for this address only.")
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: type[TextChoices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.choices = roles.choices


class RolesForm(forms.Form):
    """What a person does for a council; nothing ticked takes them out of it."""

    roles = forms.MultipleChoiceField(
        label="Roles", choices=CouncilRole, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Without any role the person no longer works for the council here.",
    )  # fmt: skip


class HandOverForm(forms.Form):
    """To whom, and why."""

    to = forms.ModelChoiceField(label="To whom?", queryset=User.objects.none(), empty_label="Choose a person")
    reason = forms.CharField(
        label="Why?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the record. Where a running pilot changes hands, everybody can read it.",
    )  # fmt: skip

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = people


class LeaveForm(HandOverForm):
    """Leaving; who takes over is asked only where something is left to take over."""

    def __init__(self, *args: Any, needs_successor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].label = "Who takes over from you?"
        if not needs_successor:
            del self.fields["to"], self.fields["reason"]

    def succession(self) -> dict[str, Any]:
        """Who takes over and why, as `actions.leave` takes it."""
        return {"successor": self.cleaned_data.get("to"), "reason": self.cleaned_data.get("reason", "")}


class LimitForm(forms.Form):
    """Up to what value the council's officers approve awards by themselves, and why that changes."""

    limit = MoneyField(
        label="Delegated limit in pounds, without VAT", max_digits=14, min_value=0, required=False,
        help_text="The most that officers may approve for one award, this very value included. Empty: none is set.",
        error_messages={"min_value": "The limit cannot be less than nothing."},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as the part of the constitution or the scheme of delegation that says so. Kept in the record.",
    )  # fmt: skip
