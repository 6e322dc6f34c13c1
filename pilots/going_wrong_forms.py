"""Forms for what goes wrong: an incident, its log and its end, a recalled device, what has to be erased."""

from datetime import datetime
from typing import Any

from django import forms

from accounts.fields import InstantField
from pilots.actions import Found, Span
from pilots.forms import day_field, words_field
from pilots.models import Device, Pilot, Severity

NO_PERSON = "Name no person."


class IncidentForm(forms.Form):
    severity = forms.ChoiceField(label="What kind of incident", choices=Severity.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="What it is, in a line", max_length=160, help_text=f"Public. {NO_PERSON}")
    text = words_field("What happened", f"Both sides read it. {NO_PERSON}")
    found_at = InstantField(label="When it was found", help_text="The clocks run from here. London time.")
    touches_from = day_field("First day whose readings it may have changed", "Leave both empty where it changed none.")
    touches_until = day_field(
        "Last day whose readings it may have changed",
        "Empty where it was the first day alone. For what lasts, such as new rules, the last day of the pilot.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["touches_from"].required = self.fields["touches_until"].required = False

    @property
    def found(self) -> Found:
        """What was typed."""
        return Found(**self.cleaned_data)


class EntryForm(forms.Form):
    text = words_field("Add to the log", NO_PERSON, rows=3)


class DutyForm(forms.Form):
    note = forms.CharField(label="How they were told, or why they need not be", max_length=500)
    is_needless = forms.BooleanField(label="They need not be told", required=False)


class CloseIncidentForm(forms.Form):
    reason = words_field("What it was, and what was put right", f"Published. {NO_PERSON}", rows=3)


class _DeviceForm(forms.Form):
    device = forms.ModelChoiceField(label="Which device", queryset=Device.objects.none(), empty_label="Choose a device")

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        device: Any = self.fields["device"]
        device.queryset = Device.objects.filter(site__pilot=pilot).order_by("code", "pk")


class RecallForm(_DeviceForm):
    recalled_from = InstantField(label="From when on it may have measured wrongly", help_text="London time.")
    reason = words_field("Why it is recalled", f"Published. {NO_PERSON}", rows=3)


class MistakeForm(forms.Form):
    reason = words_field("How the mistake came about", f"Published beside why it was recalled. {NO_PERSON}", rows=3)


class EraseForm(_DeviceForm):
    first = InstantField(label="From", help_text="London time.")
    end = InstantField(label="Up to, not including")
    reason = words_field("Why these readings have to be erased", f"Published. {NO_PERSON}", rows=3)

    @property
    def span(self) -> Span:
        """The readings that were named."""
        given: dict[str, Device | datetime] = {name: self.cleaned_data[name] for name in ("device", "first", "end")}
        return Span(**given)  # type: ignore[arg-type]


class EraseWordsForm(forms.Form):
    reason = words_field("Why these words have to be erased", f"Published. {NO_PERSON}", rows=3)


class StopsForm(forms.Form):
    reason = words_field("Why the pilot cannot go on with this supplier", f"Published. {NO_PERSON}", rows=3)
