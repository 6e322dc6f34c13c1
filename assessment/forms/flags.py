"""What an assessor tells the chair, and the chair's answer."""

from django import forms

from assessment.forms.texts import text
from assessment.models import FlagKind


class FlagForm(forms.Form):
    kind = forms.ChoiceField(label="What is it about?", choices=FlagKind.choices, widget=forms.RadioSelect)
    reason = text("What you saw, and where", 4, "The chair reads it, and nobody else on the panel.", True)


class FlagAnswerForm(forms.Form):
    answer = text("Your answer", 4, "What you looked at, and what follows. Only whoever told you reads it.", True)
