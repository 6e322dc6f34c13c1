"""An outage, as the person names it who runs the marketplace."""

from django import forms

from accounts.fields import InstantField
from challenges.actions import Downtime


class OutageForm(forms.Form):
    """When submissions could not be taken, and how many days every call gets for it."""

    began_at = InstantField(label="It began", help_text="United Kingdom time. When the first firm could not submit.")
    ended_at = InstantField(label="It was over")
    days = forms.IntegerField(
        label="Whole days by which every call goes on", min_value=1, max_value=28, initial=1,
        help_text="The same for all. Suppliers must have at least a day left when they read of it.",
    )  # fmt: skip
    reason = forms.CharField(
        label="What happened", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Published with every amendment that follows, and sent to everybody concerned.",
    )  # fmt: skip

    def downtime(self) -> Downtime:
        """What was typed; call it on a form that is valid."""
        return Downtime(**self.cleaned_data)
