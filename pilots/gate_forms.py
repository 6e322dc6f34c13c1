"""Forms for what a person establishes for a gate."""

from typing import Any

from django import forms

from accounts.fields import MoneyField
from pilots.actions import Established
from pilots.forms import day_field, words_field
from pilots.models import GateItem

PUBLISHED = "Published on the pilot’s page. Name no person."
ASKED: dict[str, tuple[str, str]] = {
    GateItem.OPERATIONS: (
        "What operations say of it",
        "Whether the people who would run it every day can, and want to: hours, spare parts, calls, what they need.",
    ),
    GateItem.COST: (
        "What is in the sum",
        "Equipment, running, staff time, support, connection, replacement, taking it down, and moving to another firm.",
    ),
    GateItem.TAKE_OVER: (
        "What was tried, and what happened",
        "Another firm or your own people took the data, the documents and one device, and made them work.",
    ),
    GateItem.AUDIT: ("What was looked at, and what was found", "Where the report is, and what has to be put right."),
    GateItem.REMOVAL: (
        "What became of it",
        f"Equipment, fixings, power; accounts on either side; copies of your data. {PUBLISHED}",
    ),
    GateItem.EXPORT: (
        "What was exported, and how it was opened elsewhere",
        f"The whole history, not a sample: how many readings, in which format, read with what. {PUBLISHED}",
    ),
    GateItem.LESSONS: (
        "What would you tell a council that tries this next?",
        f"What worked, what did not, what you would do otherwise. It can be found by every council. {PUBLISHED}",
    ),
}
OUTCOMES: dict[str, tuple[str, str]] = {
    GateItem.OPERATIONS: ("Operations accept it", "Operations do not accept it"),
    GateItem.COST: ("The cost is known, and bearable", "The cost is known, and more than can be borne"),
    GateItem.TAKE_OVER: ("It could be taken over", "It could not be taken over"),
    GateItem.AUDIT: ("Nothing stands against running it", "Something has to be put right first"),
    GateItem.REMOVAL: ("Everything is away or handed over", "Something is still there"),
    GateItem.EXPORT: ("All data came out and could be read", "Not all data came out, or they could not be read"),
}


class GateRecordForm(forms.Form):
    """What was found about one thing; the cost over its life has its sum and its years, lessons have no outcome."""

    is_so = forms.TypedChoiceField(
        label="How it went", coerce=lambda value: value == "yes", widget=forms.RadioSelect, choices=()
    )
    amount = MoneyField(label="Cost over its whole life, in pounds, without VAT", min_value=0, max_digits=12)
    years = forms.IntegerField(label="For how many years", min_value=1, max_value=50)
    words = words_field("", rows=6, most=4000)
    owner = forms.CharField(label="Who answers for it", max_length=120, help_text="A post or a team.")
    on = day_field("The day on which it was found")

    def __init__(self, *args: Any, item: GateItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.fields["words"].label, self.fields["words"].help_text = ASKED[item]
        if item == GateItem.LESSONS:
            del self.fields["is_so"]
        else:
            outcome: Any = self.fields["is_so"]
            outcome.choices = list(zip(("yes", "no"), OUTCOMES[item], strict=True))
        if item != GateItem.COST:
            del self.fields["amount"], self.fields["years"]

    @property
    def told(self) -> str:
        """What is said once it is recorded: what was found, which may be that something is not so."""
        outcomes = OUTCOMES.get(self.item)
        what = outcomes[0 if self.cleaned_data["is_so"] else 1] if outcomes else "What was learned"
        return f"Recorded: {what}."

    @property
    def found(self) -> Established:
        """What was typed."""
        return Established(item=self.item, **self.cleaned_data)
