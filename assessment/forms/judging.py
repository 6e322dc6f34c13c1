"""Moderating and deciding."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessment.actions import Choice
from assessment.forms.marking import mark_field
from assessment.forms.texts import text
from assessment.models import PanelMember
from assessment.queries import RankedRow
from challenges.models import Criterion
from suppliers.forms.answering import SectionForm


class ModerationForm(SectionForm):
    """The moderated mark, why, and who was there."""

    rationale = text("Why this mark", 6, "What in the answer led to it, and what settled the differences.", True)
    attended = forms.MultipleChoiceField(
        label="Who attended", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Say who attended."}
    )

    def __init__(self, *args: Any, criterion: Criterion, members: Iterable[PanelMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(seat.pk): seat for seat in members}
        self.fields = {"mark": mark_field(criterion, required=True), **self.fields}
        self.fields["rationale"].error_messages["required"] = "Write down why this mark."
        self.fields["attended"].choices = [  # type: ignore[attr-defined]
            (key, f"{seat.user} ({seat.role})") for key, seat in self.members.items()
        ]

    def attending(self) -> list[PanelMember]:
        return [self.members[key] for key in self.cleaned_data["attended"]]


class MoveUpForm(forms.Form):
    """Who moves up to a free place, and why."""

    submission = forms.TypedChoiceField(label="Who moves up?", coerce=int, widget=forms.RadioSelect)
    reason = text("Why", 4, "Its supplier, the panel and the auditor read it.", True)

    def __init__(self, *args: Any, rows: Iterable[RankedRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(row.submission_id, f"{row.supplier} ({row.pseudonym}), rank {row.rank}") for row in rows]
        self.fields["submission"].choices = names  # type: ignore[attr-defined]
        self.fields["submission"].initial = names[0][0] if len(names) == 1 else None

    def chosen(self) -> int:
        """The submission's id."""
        return int(self.cleaned_data["submission"])


class DecisionForm(forms.Form):
    """Selected or not, and why, for every ranked submission; and the reasons as a whole."""

    reasons = text("Reasons for the decision as a whole", 5, "They go on the record with your name.", True)

    def __init__(
        self, *args: Any, rows: Iterable[RankedRow], most: int, is_last: bool = False, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.rows, self.most = list(rows), most
        self.what = "for the contract" if is_last else "for a pilot"
        self.rule = "One gets the contract" if is_last else f"At most {most} go into a pilot"
        own: dict[str, forms.Field] = {}
        for row in self.rows:
            name = f"{row.supplier} ({row.pseudonym})" if row.supplier else row.pseudonym
            own[f"select-{row.slug}"] = forms.BooleanField(label=f"Select {name} {self.what}", required=False)
            own[f"reason-{row.slug}"] = text(f"Why, for {row.pseudonym}", 3, required=True)
        self.fields = {**own, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        selected = sum(bool(cleaned.get(f"select-{row.slug}")) for row in self.rows)
        if selected > self.most:
            raise ValidationError(f"You selected {selected}. {self.rule}, as published.")
        return cleaned

    def choices(self) -> dict[int, Choice]:
        given = self.cleaned_data
        return {
            row.submission_id: Choice(given[f"select-{row.slug}"], given[f"reason-{row.slug}"]) for row in self.rows
        }
