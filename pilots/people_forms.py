"""Forms around what people see and say: series beside the measure."""

from typing import Any

from django import forms

from pilots.actions.beside import Accompaniment, read_days
from pilots.reading_files import FileRefusedError
from pilots.tables import read_table

MOST_BYTES = 1_000_000
SHOWN = 10


class AccompanyingForm(forms.Form):
    """A series as a file; `series` has it once the form is valid."""

    name = forms.CharField(label="What it is", max_length=120, help_text="For example: rainfall at the town’s station")
    unit = forms.CharField(label="Its unit", max_length=60, help_text="For example: mm")
    source = forms.CharField(
        label="Where it comes from", max_length=300, help_text="Who measured it and who publishes it. It is shown.",
    )  # fmt: skip
    address = forms.URLField(label="Where it is published", max_length=500, required=False, assume_scheme="https")
    is_summed = forms.BooleanField(
        label="Add up the days of a week or month (rain), instead of their mean (temperature)", required=False
    )
    file = forms.FileField(
        label="CSV file or workbook (.xlsx)",
        help_text="Two columns, day and value: 2026-05-31,4.2",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if file := cleaned.get("file"):
            cleaned["days"] = self._days(file)
        return cleaned

    def _days(self, file: Any) -> list[Any]:
        if file.size > MOST_BYTES:
            self.add_error("file", "The file is larger than 1 MB: leave out what lies outside the pilot.")
            return []
        try:
            days, wrong = read_days(read_table(file.read()))
        except FileRefusedError as refused:
            self.add_error("file", str(refused))
            return []
        more = [f"And {len(wrong) - SHOWN} more lines like these."] if len(wrong) > SHOWN else []
        for sentence in [*wrong[:SHOWN], *more]:
            self.add_error("file", sentence)
        return days

    @property
    def series(self) -> Accompaniment:
        given = self.cleaned_data
        names = ("name", "unit", "source", "address", "is_summed", "days")
        return Accompaniment(**{name: given[name] for name in names})
