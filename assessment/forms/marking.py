"""The marking screen: a mark on the published scale, its reason, the passages quoted, and the assessor's own notes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from assessment import quoting
from assessment.forms.texts import text
from assessment.inputs import plain
from assessment.queries import Pair, ScaleStep, scale_of
from assessment.quoting import NotInAnswerError, Quotation
from challenges.models import Criterion, CriterionStage
from suppliers.forms.answering import SectionForm

QUOTED = "Those that you quote stand here. Untick one to leave it out."
PASSAGE = (
    "Paste words of the answer, exactly as they stand there. For a long passage give its first and its last words with "
    "… between them."
)
NOTES = (
    "Only you can read them: no chair, colleague, officer, auditor or supplier, and no export holds them. They are not "
    "the reason for the mark. A court could still ask for them."
)


class QuotesField(forms.MultipleChoiceField):
    """Passages by their place in the answer; any place is accepted here at which words stand."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, texts: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.texts = texts

    def valid_value(self, value: str) -> bool:
        return True

    def clean(self, value: Any) -> list[Quotation]:
        try:
            return [quoting.at(place, self.texts) for place in super().clean(value)]
        except NotInAnswerError as error:
            raise ValidationError(str(error)) from error


class MarkForm(SectionForm):
    """A mark, its reason and what it rests on. Any of it may be left for later; whatever is right is saved."""

    rationale = text("Why this mark", 7, "What in the answer led to it, and what kept it from the next higher mark.")
    quote = QuotesField(texts={}, label="Passages you rely on", help_text=QUOTED, required=False)
    passage = text("Quote a passage (optional)", 2, PASSAGE)
    notes = text("Your private notes (optional)", 3, NOTES)

    def __init__(self, *args: Any, pair: Pair, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pair = pair
        mark = mark_field(pair.criterion, required=False)
        self.fields = {"mark": mark, **self.fields, "quote": self._quotes(pair)}
        self.order_fields(["mark", "rationale", "quote", "passage", "notes", "version", "merges"])

    def clean_passage(self) -> Quotation | None:
        """Where the pasted words stand."""
        words = self.typed("passage")
        try:
            return quoting.find(words, self.pair.texts) if words else None
        except NotInAnswerError as error:
            raise ValidationError(str(error)) from error

    def value(self, before: Any) -> dict[str, Any]:
        """What is saved, by the names of a Judgement's fields; a field that is wrong keeps what was saved before."""
        given = self.cleaned_data
        quotes = given["quote"] if "quote" in given else list(before.quotes)
        quotes += [passage] if (passage := given.get("passage")) else []
        return {
            "mark": given.get("mark", before.mark), "rationale": self.typed("rationale"),
            "quotes": quoting.in_order(quotes), "notes": self.typed("notes"),
        }  # fmt: skip

    def _quotes(self, pair: Pair) -> QuotesField:
        field = QuotesField(texts=pair.texts, label="Passages you rely on", help_text=QUOTED, required=False)
        data = self.data.getlist("quote") if isinstance(self.data, QueryDict) else []
        places = dict.fromkeys(data if self.is_bound else self.initial.get("quote", []))
        field.choices = [(place, f"“{words}”") for place in places if (words := _words(place, pair.texts))]
        return field


def mark_field(criterion: Criterion, *, required: bool) -> forms.Field:
    """Radio buttons on the published scale, or a number where the criterion has none; with the threshold in words."""
    shared: dict[str, Any] = {
        "label": f"Mark, of {plain(criterion.maximum)}", "required": required,
        "error_messages": {"required": "Give the mark."},
    }  # fmt: skip
    if criterion.threshold is not None:
        of_pilots = criterion.stage == CriterionStage.PILOTS
        what = "takes the pilot out of the ranking" if of_pilots else "disregards the submission"
        shared["help_text"] = f"A moderated mark below {plain(criterion.threshold)} {what}."
    steps = scale_of(criterion)
    if not steps:
        return forms.DecimalField(min_value=0, max_value=criterion.maximum, max_digits=6, decimal_places=2, **shared)
    choices = [(plain(step.mark), _in_words(step)) for step in steps]
    return forms.TypedChoiceField(choices=choices, coerce=Decimal, empty_value=None, widget=forms.RadioSelect, **shared)


def _in_words(step: ScaleStep) -> str:
    """“4 Good: answers fully”, so that whoever marks reads the descriptor where they choose."""
    head = f"{plain(step.mark)} {step.label}".strip()
    return f"{head}: {step.descriptor}" if step.descriptor else head


def _words(place: str, texts: Mapping[str, str]) -> str:
    try:
        return quoting.at(place, texts).text
    except NotInAnswerError:
        return ""
