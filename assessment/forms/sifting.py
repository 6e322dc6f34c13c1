"""The forms of the sift: an assessor's answers about one submission, and the chair's conclusion."""

from collections.abc import Iterable
from typing import Any

from django import forms

from assessment.actions import SiftAnswer, SiftChoice
from assessment.forms.texts import choice
from assessment.queries import Question, SiftRow

LINE = 200
MET = [("yes", "Yes"), ("no", "No")]


class SiftForm(forms.Form):
    """Yes or no to each published question, with a line of reason."""

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for number, each in enumerate(self.questions, start=1):
            self.fields[f"met-{each.code}"] = choice(f"{number}. {each.name}", MET)
            self.fields[f"reason-{each.code}"] = forms.CharField(
                label=f"Why, in a line, to {number}", max_length=LINE, error_messages={"required": "Give the reason."}
            )

    def answers(self) -> dict[str, SiftAnswer]:
        given = self.cleaned_data
        return {
            each.code: SiftAnswer(given[f"met-{each.code}"] == "yes", given[f"reason-{each.code}"])
            for each in self.questions
        }


class SiftConclusionForm(forms.Form):
    """Who goes on, and a line for whoever does not."""

    def __init__(self, *args: Any, rows: Iterable[SiftRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            choices = [("on", "Goes on"), *([("drop", "Goes no further")] if row.may_be_dropped else [])]
            self.fields[f"choice-{row.slug}"] = choice(
                row.submission.pseudonym, choices, initial=None if row.may_be_dropped else "on",
                help_text=f"{row.against} of {len(row.verdicts)} assessors find a question not met.",
            )  # fmt: skip
            if row.may_be_dropped:
                self.fields[f"reason-{row.slug}"] = forms.CharField(
                    label=f"Why {row.submission.pseudonym} goes no further, in a line", max_length=LINE, required=False,
                    help_text="Its supplier reads this within ten days.",
                )  # fmt: skip

    def choices(self) -> dict[int, SiftChoice]:
        given = self.cleaned_data
        return {
            row.submission.pk: SiftChoice(given[f"choice-{row.slug}"] == "on", given.get(f"reason-{row.slug}", ""))
            for row in self.rows
        }
