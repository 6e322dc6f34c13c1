"""What is said about a finished pilot: one text for each criterion that the panel judges."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from challenges.models import Criterion


class AccountsForm(forms.Form):
    """A text for each criterion; an empty one is left out."""

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], written: Mapping[int, str], **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[criterion.code] = forms.CharField(
                label=criterion.name, required=False, initial=written.get(criterion.pk, ""), max_length=20_000,
                help_text=f"{criterion.description} At most {criterion.word_limit} words.".strip(),
                widget=forms.Textarea(attrs={"rows": 6}),
            )  # fmt: skip

    def texts(self) -> dict[Criterion, str]:
        """By criterion, as cleaned."""
        return {criterion: self.cleaned_data[criterion.code] for criterion in self.criteria}
