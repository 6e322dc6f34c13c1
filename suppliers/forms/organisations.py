"""What suppliers say about themselves, checked for its form."""

from typing import Any

from django import forms

from suppliers.company_numbers import NotACompanyNumberError, normalised
from suppliers.models import Scheme, Shown, SizeClass, SupplierRole


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


class ProfileForm(RegisterForm):
    """The whole profile: what was asked at registration, and what helps later."""

    website = forms.URLField(label="Your website", required=False, max_length=200, assume_scheme="https")
    insurance_promised = forms.BooleanField(
        label="Before a contract begins, we will hold the insurance that it asks for", required=False,
        help_text="Nobody needs insurance to answer. A contract says which it needs.",
    )  # fmt: skip
    insurance_held = forms.CharField(
        label="Insurance you hold today", required=False, max_length=500, widget=forms.Textarea({"rows": 2}),
        help_text="For example: public liability, £2 million, to March 2027.",
    )  # fmt: skip
    accessibility_needs = forms.CharField(
        label="What your people need to take part", required=False, max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="For meetings, calls and documents: large print, a signer, step-free rooms. A council reads it only "
        "when it has chosen you for a pilot.",
    )  # fmt: skip


class CertificateForm(forms.Form):
    """One certificate."""

    scheme = forms.ChoiceField(label="Which certificate?", choices=Scheme.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label="Its name", required=False, max_length=120, help_text="Only for another certificate than those above."
    )
    number = forms.CharField(
        label="Its number", max_length=60, help_text="As printed on it.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    expires_on = forms.DateField(
        label="Expires on", required=False, help_text="Leave it empty only for another certificate that has no end."
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("scheme") == Scheme.OTHER:
            if not given.get("name"):
                self.add_error("name", "Say what the certificate is called.")
        elif "scheme" in given:
            given["name"] = ""
            if given.get("expires_on") is None and "expires_on" not in self.errors:
                self.add_error("expires_on", "Give the day on which the certificate expires.")
        return given


class RoleForm(forms.Form):
    """What somebody does in the organisation."""

    role = forms.ChoiceField(label="Role", choices=SupplierRole.choices, widget=forms.RadioSelect)

    def chosen(self) -> SupplierRole:
        """The role."""
        return SupplierRole(self.cleaned_data["role"])


class InviteForm(forms.Form):
    """Somebody to invite."""

    email = forms.EmailField(
        label="E-mail address", help_text="We send a link that works once, for two weeks, and only for this address."
    )
    role = forms.ChoiceField(
        label="Role", choices=SupplierRole.choices, widget=forms.RadioSelect, initial=SupplierRole.MEMBER
    )


class PublicPageForm(forms.Form):
    """What the public page shows."""

    has_page = forms.BooleanField(
        label="Let everybody open our page", required=False,
        help_text="Your registered name and Companies House number, and what you tick below.",
    )  # fmt: skip
    shows = forms.MultipleChoiceField(
        label="What it shows", choices=Shown.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
