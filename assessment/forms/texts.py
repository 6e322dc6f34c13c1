"""A text of several lines, and one choice of a few, as every form of this room asks for them."""

from collections.abc import Iterable
from typing import Any

from django import forms


def text(label: str, rows: int = 3, help_text: str = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": "Write this down."},
    )  # fmt: skip


def choice(label: str, choices: Iterable[tuple[str, Any]], **how: Any) -> forms.ChoiceField:
    """Radio buttons, of which one is to be chosen."""
    messages = {"required": "Choose one."}
    return forms.ChoiceField(
        label=label, choices=list(choices), widget=forms.RadioSelect, error_messages=messages, **how
    )
