"""What suppliers say about themselves, checked for its form."""

from django import forms

from suppliers.company_numbers import NotACompanyNumberError, normalised
from suppliers.models import SizeClass


class RegisterForm(forms.Form):
    """An organisation's profile."""

    name = forms.CharField(label="Registered name", max_length=160)
    company_number = forms.CharField(
        label="Companies House number", max_length=12, help_text="8 characters, such as 01234567 or SC123456.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    size_class = forms.ChoiceField(label="Size", choices=SizeClass.choices, widget=forms.RadioSelect)
    is_vcse = forms.BooleanField(label="We are a voluntary, community or social enterprise", required=False)
    region = forms.CharField(label="Where you are based", max_length=80, required=False, help_text="A town or region.")
    description = forms.CharField(
        label="What you do, in a sentence or two", required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    def clean_company_number(self) -> str:
        try:
            return normalised(self.cleaned_data["company_number"])
        except NotACompanyNumberError as error:
            raise forms.ValidationError(str(error)) from error
