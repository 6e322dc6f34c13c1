"""Asking for missing evidence, and giving it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField

from assessment.actions import Addition, Missing
from assessment.forms.texts import text
from assessment.queries import Asked, EvidenceField, EvidenceRow
from suppliers.models import Submission

MOST_WORDS = 300


class EvidenceForm(forms.Form):
    """What is missing, for each clause of each submission; empty where nothing is asked."""

    def __init__(self, *args: Any, rows: Iterable[EvidenceRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            for each in row.fields:
                self.fields[f"{row.slug}--{each.code}"] = text(f"What is missing in {row.pseudonym}, {each.code}", 2)

    def beside(self) -> Iterator[tuple[EvidenceRow, list[tuple[EvidenceField, BoundField]]]]:
        """Each submission with its fields."""
        for row in self.rows:
            yield row, [(each, self[f"{row.slug}--{each.code}"]) for each in row.fields]

    def missing(self, submissions: Mapping[int, Submission]) -> list[Missing]:
        """What is asked of whom."""
        return [Missing(submissions[row.submission_id], self._fields(row)) for row in self.rows]

    def _fields(self, row: EvidenceRow) -> dict[str, str]:
        given = {each.code: self.cleaned_data[f"{row.slug}--{each.code}"] for each in row.fields}
        return {code: words for code, words in given.items() if words.strip()}


class AdditionsForm(forms.Form):
    """What is given for each field that was asked for: words, an address, a file."""

    def __init__(self, *args: Any, asked: Sequence[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(asked)
        for each in self.asked:
            self._add(each.requirement.code)

    def _add(self, code: str) -> None:
        self.fields[f"text-{code}"] = forms.CharField(
            label=f"Your words on {code}",
            required=False,
            widget=forms.Textarea({"rows": 4, "data-maxwords": MOST_WORDS}),
        )
        self.fields[f"url-{code}"] = forms.URLField(
            label=f"Address of a page with the evidence for {code}", required=False, max_length=500,
            assume_scheme="https", help_text="Only the panel’s chair opens it.",
        )  # fmt: skip
        self.fields[f"file-{code}"] = forms.FileField(
            label=f"A file that shows it, for {code}",
            required=False,
            allow_empty_file=True,
            help_text="Without your name in it, if you can: the panel does not know who you are.",
        )
        self.fields[f"file-{code}"].widget.attrs["data-max-bytes"] = settings.UPLOAD_MAX_BYTES

    def beside(self) -> Iterator[tuple[Asked, list[BoundField]]]:
        """Each clause with its fields."""
        for each in self.asked:
            yield each, [self[f"{kind}-{each.requirement.code}"] for kind in ("text", "url", "file")]

    def additions(self) -> dict[str, Addition]:
        """What is added, by the clause's code."""
        given, found = self.cleaned_data, {}
        for each in self.asked:
            code = each.requirement.code
            file = given[f"file-{code}"]
            taken = (file.name, file.read()) if file else None
            found[code] = Addition(given[f"text-{code}"], given[f"url-{code}"], taken)
        return found
