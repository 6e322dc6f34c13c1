"""The form of explanations that marks lack."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import slugify

from assessment.forms.texts import text
from assessment.letters import Gap


class ExplanationsForm(forms.Form):
    """One text for each mark or grade without an explanation."""

    def __init__(self, *args: Any, gaps: Sequence[Gap], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gaps = {f"{slugify(gap.submission.pseudonym)}-{gap.code}": gap for gap in gaps}
        for name, gap in self.gaps.items():
            hint = "What in the answer led to it. The supplier reads this."
            self.fields[name] = text(str(gap), 3, hint, required=False)

    def texts(self) -> dict[tuple[int, str], str]:
        """What was written, by submission id and code; empty fields are left for later."""
        given = {name: self.cleaned_data[name] for name in self.gaps}
        return {(self.gaps[name].submission.pk, self.gaps[name].code): words for name, words in given.items() if words}
