"""Forms about people."""

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.http import HttpRequest

from accounts.models import User


class SignupForm(AllauthSignupForm):
    """Registering asks for a name beside e-mail and password."""

    full_name = forms.CharField(label="Your name", max_length=120)

    def save(self, request: HttpRequest) -> User:
        user = super().save(request)
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])
        return user
