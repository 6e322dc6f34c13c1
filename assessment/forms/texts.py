"""A text of several lines, as every form of this room asks for it."""

from django import forms


def text(label: str, rows: int = 3, help_text: str = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )
