"""What a harvester may ask the list of releases for."""

from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

LIMIT = 100


class _Instant(forms.CharField):
    """An ISO 8601 instant with its zone."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            moment = parse_datetime(text.replace(" ", "+"))  # a plus sign that nobody encoded arrives as a space
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise forms.ValidationError(f"“{text}” is not an instant with its zone, such as 2026-07-08T09:00:00Z.")
        return moment


class ReleasesForm(forms.Form):
    """limit (1 to 100), cursor (from links.next), updatedFrom and updatedTo."""

    limit = forms.IntegerField(min_value=1, max_value=LIMIT, required=False)
    cursor = forms.IntegerField(min_value=0, required=False)
    updatedFrom = _Instant(required=False)  # noqa: N815 - the name that Find a Tender uses
    updatedTo = _Instant(required=False)  # noqa: N815

    def sentences(self) -> list[str]:
        """Every fault, with the parameter's name."""
        return [f"{name}: {error}" for name, errors in self.errors.items() for error in errors]
