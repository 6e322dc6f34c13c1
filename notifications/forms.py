"""How a person wants to be told."""

from django import forms

from notifications.models import Pace


class PreferenceForm(forms.Form):
    """One choice for everything that may wait."""

    pace = forms.ChoiceField(label="News about challenges that you follow or answer", choices=Pace.choices,
                             widget=forms.RadioSelect)  # fmt: skip
