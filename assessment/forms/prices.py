"""The forms of what happens to an opened price: a question about it, the answer, the decision, sums done again."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from accounts.fields import MoneyField
from assessment.actions import PriceLine, Sums, earliest_answer_day
from assessment.forms.texts import choice, text
from assessment.models import PricePart

MOST_LINES = 40
QUESTION = (
    "Your price is far below the others. Please explain how you can deliver for it: what it covers, how you reach it, "
    "and what you would do if a cost turned out higher."
)


class AskForm(forms.Form):
    """What the supplier is asked, and until when it may answer."""

    question = text(
        "What the supplier is asked",
        6,
        "Its supplier reads it, and that its price is far below the others; no other price.",
        True,
    )
    due_on = forms.DateField(label="Answer by the end of")

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        self.first = earliest_answer_day(at)
        kwargs["initial"] = {"question": QUESTION, "due_on": self.first}
        super().__init__(*args, **kwargs)
        self.fields["due_on"].help_text = f"Three working days at least: {_written(self.first)} or later."

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < self.first:
            raise forms.ValidationError(f"Give three working days at least: until {_written(self.first)} or later.")
        return day


class AnswerForm(forms.Form):
    """The supplier's one answer."""

    answer = text("Your answer", 8, "How you can deliver for this price. You can answer once.", True)


class OutcomeForm(forms.Form):
    """Whether the price stands."""

    outcome = choice("What you decide", [("accept", "The price stands"), ("reject", "Reject it as abnormally low")])
    reasons = text("Reasons", 5, "The supplier reads them. Say what in the answer led to this.", True)

    @property
    def is_accepted(self) -> bool:
        return bool(self.cleaned_data["outcome"] == "accept")


class SumsForm(forms.Form):
    """Which figure is wrong, and where the lines stand that it should sum up."""

    part = choice("Which price", PricePart.choices)
    found_in = text("Where the lines stand", 2, "Such as “attachment 2, table on page 3”.", True)

    def __init__(self, *args: Any, open_parts: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, label) for value, label in PricePart.choices if value in open_parts]
        self.fields["part"].choices = choices  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One line; an empty row is passed over."""

    words = forms.CharField(label="What it is for", max_length=120, required=False)
    quantity = forms.DecimalField(max_digits=12, decimal_places=4, min_value=0, required=False)
    unit_price = MoneyField(label="Unit price in pounds", max_digits=14, decimal_places=4, min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [cleaned.get("quantity") is not None, cleaned.get("unit_price") is not None]
        if (any(given) or cleaned.get("words")) and not all(given) and not self.errors:
            raise forms.ValidationError("Give this line a quantity and a unit price, or leave it empty.")
        return cleaned


class BaseLines(BaseFormSet):
    row_name = "Line"

    def clean(self) -> None:
        if not any(self.errors) and not self.lines():
            raise forms.ValidationError("Give at least one line, as it stands in the submission.")

    def lines(self) -> list[PriceLine]:
        """The lines that were filled in."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("quantity") is not None]
        return [PriceLine(row["quantity"], row["unit_price"], row["words"]) for row in rows]

    def sums(self, form: SumsForm) -> Sums:
        given = form.cleaned_data
        return Sums(given["part"], self.lines(), given["found_in"])

    def with_more(self) -> BaseFormSet:
        """The same rows as they were typed, and empty ones below."""
        typed = [{name: form[name].value() for name in form.fields} for form in self.forms]
        return LinesFormSet(initial=[row for row in typed if any(row.values())])


LinesFormSet = formset_factory(LineForm, formset=BaseLines, extra=4, min_num=0, max_num=MOST_LINES)


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
