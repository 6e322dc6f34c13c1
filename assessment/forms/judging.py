"""Moderating, judging clauses and deciding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from assessment.actions import Choice, Finding
from assessment.forms.marking import mark_field
from assessment.forms.texts import text
from assessment.models import FindingVerdict, PanelMember
from assessment.queries import FindingRow, RankedRow
from challenges.models import ClauseRequirement, Criterion
from clauses.models import Due


class ModerationForm(forms.Form):
    """The moderated mark, why, and who was there."""

    rationale = text("Why this mark", 6, "What in the answer led to it, and what settled the differences.", True)
    attended = forms.MultipleChoiceField(label="Who attended", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, criterion: Criterion, members: Iterable[PanelMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(seat.pk): seat for seat in members}
        self.fields = {"mark": mark_field(criterion, required=True), **self.fields}
        self.fields["attended"].choices = [  # type: ignore[attr-defined]
            (key, f"{seat.user} ({seat.role})") for key, seat in self.members.items()
        ]

    def attending(self) -> list[PanelMember]:
        return [self.members[key] for key in self.cleaned_data["attended"]]


@dataclass(frozen=True)
class FindingFields:
    """One clause response with the fields that judge it."""

    row: FindingRow
    verdict: BoundField
    rationale: BoundField
    grade: BoundField | None


class FindingsForm(forms.Form):
    """A verdict per clause, on one page."""

    def __init__(self, *args: Any, rows: Iterable[FindingRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            self._add(row)

    def _add(self, row: FindingRow) -> None:
        code, found = row.response.code, row.finding
        verdicts = [each for each in FindingVerdict if each != FindingVerdict.DUE_LATER or row.response.due != Due.BID]
        self.fields[f"verdict-{code}"] = forms.ChoiceField(
            label=f"Your finding on {code}", choices=[(each.value, each.label) for each in verdicts],
            widget=forms.RadioSelect, required=row.response.is_mandatory,
            initial=found.verdict if found else _expected(row),
        )  # fmt: skip
        self.fields[f"rationale-{code}"] = text(f"Reason for {code}", 2, "Needed when it is not met.")
        self.initial[f"rationale-{code}"] = found.rationale if found else ""
        if not row.response.is_mandatory:
            self.fields[f"grade-{code}"] = forms.IntegerField(
                label=f"Grade of {code}, 0 to 4", min_value=0, max_value=4, required=False,
                initial=found.grade if found else None,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in self.rows:
            code = row.response.code
            missing = not cleaned.get(f"rationale-{code}", "").strip()
            if cleaned.get(f"verdict-{code}") == FindingVerdict.NOT_MET and missing:
                self.add_error(f"rationale-{code}", f"{code}: say why the clause is not met.")
        return cleaned

    def beside(self) -> Iterator[FindingFields]:
        """Each response with its fields."""
        for row in self.rows:
            code = row.response.code
            grade = self[f"grade-{code}"] if f"grade-{code}" in self.fields else None
            yield FindingFields(row, self[f"verdict-{code}"], self[f"rationale-{code}"], grade)

    def findings(self, requirements: dict[int, ClauseRequirement]) -> list[Finding]:
        """What was found, for the clauses that were judged."""
        given = self.cleaned_data
        return [
            Finding(
                requirements[row.response.requirement_id], FindingVerdict(given[f"verdict-{code}"]),
                given[f"rationale-{code}"], given.get(f"grade-{code}"),
            )
            for row, code in ((row, row.response.code) for row in self.rows)
            if given[f"verdict-{code}"]
        ]  # fmt: skip


class DecisionForm(forms.Form):
    """Selected or not, and why, for every ranked submission; and the reasons as a whole."""

    reasons = text("Reasons for the decision as a whole", 5, "They go on the record with your name.", True)

    def __init__(self, *args: Any, rows: Iterable[RankedRow], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.most = list(rows), most
        own: dict[str, forms.Field] = {}
        for row in self.rows:
            name = f"{row.supplier} ({row.pseudonym})" if row.supplier else row.pseudonym
            own[f"select-{row.slug}"] = forms.BooleanField(label=f"Select {name} for a pilot", required=False)
            own[f"reason-{row.slug}"] = text(f"Why, for {row.pseudonym}", 3, required=True)
        self.fields = {**own, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        selected = sum(bool(cleaned.get(f"select-{row.slug}")) for row in self.rows)
        if selected > self.most:
            raise ValidationError(f"You selected {selected}. At most {self.most} go into a pilot, as published.")
        return cleaned

    def choices(self) -> dict[int, Choice]:
        given = self.cleaned_data
        return {
            row.submission_id: Choice(given[f"select-{row.slug}"], given[f"reason-{row.slug}"]) for row in self.rows
        }


def _expected(row: FindingRow) -> str | None:
    """A clause due later starts as “due later”; one due with the submission starts open."""
    return None if row.response.due == Due.BID else FindingVerdict.DUE_LATER.value
