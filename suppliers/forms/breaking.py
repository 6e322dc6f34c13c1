"""What is typed to ask for an emergency reading."""

from django import forms


class EmergencyForm(forms.Form):
    """Which submission, by the fingerprint of its receipt alone, and why."""

    fingerprint = forms.CharField(
        label="Fingerprint of the submission", max_length=64,
        help_text="64 characters, from the supplier's receipt or a court's order. There is no list to choose from.",
        error_messages={"required": "Give the fingerprint of the submission."},
    )  # fmt: skip
    reason = forms.CharField(
        label="What makes it an emergency", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Published on the record. The supplier and the council read it. Name nobody in it.",
        error_messages={"required": "Say what makes it an emergency: it is published on the record."},
    )  # fmt: skip
