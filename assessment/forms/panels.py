"""Who assesses, by e-mail address."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import User
from assessment.forms.texts import text


class PanelForm(forms.Form):
    """Who assesses, by e-mail address: assessors may come from outside the council."""

    chair = forms.EmailField(
        label="Chair", help_text="The chair moderates what the assessors marked, and gives no marks."
    )
    assessors = text(
        "Assessors", 4, "One e-mail address on each line, at least two. Each of them needs an account here.", True
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


def _person(address: str) -> User:
    found = User.objects.filter(email=address.strip().lower(), is_active=True).first()
    if found is None:
        raise ValidationError(f"Nobody signs in here with {address}. Ask them to register first.")
    return found
