"""A finding per clause that is due with the submission, judged against its published descriptors."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from assessment.actions import Finding
from assessment.forms.texts import text
from assessment.models import FindingVerdict
from assessment.queries import FindingRow
from challenges.models import ClauseRequirement

MET, NOT_MET = FindingVerdict.MET, FindingVerdict.NOT_MET
VERDICTS = [
    (MET.value, "Met: the response does what the clause asks, and the evidence shows it"),
    (NOT_MET.value, "Not met: the submission is disregarded, and its price is never opened"),
]


@dataclass(frozen=True)
class FindingFields:
    """One clause response with the fields that judge it; none where it is due later."""

    row: FindingRow
    finding: BoundField | None = None
    rationale: BoundField | None = None
    seen: BoundField | None = None


class FindingsForm(forms.Form):
    """A verdict on each mandatory clause and a grade for each graded one. Clauses due later have nothing to judge."""

    def __init__(self, *args: Any, rows: Iterable[FindingRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            if row.is_due_now:
                self._add(row)

    def _add(self, row: FindingRow) -> None:
        code, found = row.response.code, row.finding
        self.fields[_name(row)] = _verdict(row) if row.response.is_mandatory else _grade(row)
        self.fields[f"rationale-{code}"] = text(f"Why, for {code}", 3, _when_needed(row))
        self.fields[f"seen-{code}"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
        if found is not None:
            self.initial[_name(row)] = found.verdict if row.response.is_mandatory else found.grade
            self.initial[f"rationale-{code}"] = found.rationale
            self.initial[f"seen-{code}"] = found.found_at.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in self.rows:
            code = row.response.code
            missing = not cleaned.get(f"rationale-{code}", "").strip()
            if cleaned.get(f"verdict-{code}") == NOT_MET and missing:
                self.add_error(f"rationale-{code}", f"{code}: say why the clause is not met.")
        return cleaned

    def beside(self) -> Iterator[FindingFields]:
        """Each response that is due now with its fields."""
        for row in self.rows:
            if row.is_due_now:
                code = row.response.code
                yield FindingFields(row, self[_name(row)], self[f"rationale-{code}"], self[f"seen-{code}"])

    def show_again(self, rows: Iterable[FindingRow]) -> None:
        """Let what was typed be recorded upon what is found by now."""
        data = dict(self.data.items())
        for row in rows:
            data[f"seen-{row.response.code}"] = row.finding.found_at.isoformat() if row.finding else ""
        self.data = data

    @property
    def later(self) -> list[FindingRow]:
        """The clauses that are due later."""
        return [row for row in self.rows if not row.is_due_now]

    def findings(self, requirements: dict[int, ClauseRequirement]) -> list[Finding]:
        """What was found, for the clauses that were judged, and that the others are due later."""
        found = [self._finding(row, requirements[row.response.requirement_id]) for row in self.rows]
        return [finding for finding in found if finding is not None]

    def _finding(self, row: FindingRow, requirement: ClauseRequirement) -> Finding | None:
        if not row.is_due_now:
            return Finding(requirement, FindingVerdict.DUE_LATER)
        code, given = row.response.code, self.cleaned_data[_name(row)]
        if given in ("", None):
            return None
        rationale, seen = self.cleaned_data[f"rationale-{code}"], self.cleaned_data[f"seen-{code}"]
        if row.response.is_mandatory:
            return Finding(requirement, FindingVerdict(given), rationale, seen_at=_instant(seen))
        return Finding(requirement, MET if given else NOT_MET, rationale, given, _instant(seen))


def _name(row: FindingRow) -> str:
    return f"{'verdict' if row.response.is_mandatory else 'grade'}-{row.response.code}"


def _verdict(row: FindingRow) -> forms.Field:
    return forms.ChoiceField(
        label=f"Your finding on {row.response.code}", choices=VERDICTS, widget=forms.RadioSelect, required=False
    )


def _grade(row: FindingRow) -> forms.Field:
    words = row.descriptors
    choices = [(grade, f"{grade}: {words[str(grade)]}" if words.get(str(grade)) else str(grade)) for grade in range(5)]
    return forms.TypedChoiceField(
        label=f"Grade of {row.response.code}", choices=choices, coerce=int, empty_value=None, widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip


def _when_needed(row: FindingRow) -> str:
    if row.response.is_mandatory:
        return "Needed when it is not met: what in the response falls short."
    return "Needed when the grade is not the level claimed: what the evidence shows instead."


def _instant(given: str) -> datetime | None:
    try:
        return datetime.fromisoformat(given) if given else None
    except ValueError as error:
        raise ValidationError("The page is out of date: open it again.") from error
