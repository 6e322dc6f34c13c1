"""Forms for readings: a file, what its columns hold, one reading typed in, why readings are corrected."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms

from pilots.mappings import DECIMALS, ZONES, Columns, guess, with_zone
from pilots.models import Device, FeedEvery, Metric
from pilots.rows import COLUMNS
from pilots.tables import Table

MOST_DEVICES = 200
_LABELS = {
    "device": "Which device", "metric": "What is measured", "taken_at": "When it was taken", "value": "The value",
    "unit": "Its unit",
}  # fmt: skip
REASON = "Published with the correction. What stood there before is kept."


class UploadForm(forms.Form):
    """A file of readings."""

    file = forms.FileField(
        label="CSV file or workbook (.xlsx)",
        help_text="At most 10,000 rows. Its first line names the columns; you say what they hold where we cannot tell.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
        error_messages={
            "required": "Choose a file. If you did, it was larger than this site takes.",
            "empty": "The file is empty.",
        },
    )


class ColumnsForm(forms.Form):
    """What each column of a table holds; `columns` has it once the form is valid."""

    zone = forms.ChoiceField(
        label="Times that name no zone are", choices=list(ZONES.items()), widget=forms.RadioSelect, required=False
    )
    decimal = forms.ChoiceField(label="Numbers are written with", choices=list(DECIMALS.items()))

    def __init__(self, data: Any = None, *, table: Table, metrics: Sequence[Metric], devices: Sequence[str]) -> None:
        units = [(each.code, each.unit) for each in metrics]
        super().__init__(data, initial=_initial(guess(table, units, devices)))
        fixed = {
            "device": [(code, code) for code in devices[:MOST_DEVICES]],
            "metric": [(each.code, each.name) for each in metrics],
            "unit": [(unit, unit) for unit in dict.fromkeys(unit for _, unit in units)],
        }
        named = [(f"column:{name}", f"Column “{name}”") for name in table.header if name]
        for name in COLUMNS:
            always = [(f"fixed:{value}", f"Always {words}") for value, words in fixed.get(name, [])]
            choices = [("", "Choose"), *named, *always]
            self.fields[name] = forms.ChoiceField(label=_LABELS[name], choices=choices)
        self.order_fields([*COLUMNS, "zone", "decimal"])

    @property
    def columns(self) -> Columns:
        chosen = {name: self.cleaned_data[name].partition(":") for name in COLUMNS}
        return Columns(
            {name: what for name, (kind, _, what) in chosen.items() if kind == "column"},
            {name: what for name, (kind, _, what) in chosen.items() if kind == "fixed"},
            self.cleaned_data["zone"],
            self.cleaned_data["decimal"],
        )


class CorrectionForm(forms.Form):
    """Why readings that are here are replaced."""

    correction = forms.CharField(
        label="Why they are corrected", help_text=REASON, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class TypedForm(forms.Form):
    """One reading typed in; `row` has it once the form is valid."""

    device = forms.ChoiceField(label="Device")
    metric = forms.ChoiceField(label="What was measured")
    taken_on = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    taken_at = forms.TimeField(
        label="Time", help_text="London time.", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    value = forms.FloatField(label="Value", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    correction = forms.CharField(
        label="If it replaces another value: why", help_text=REASON, max_length=500, required=False
    )

    def __init__(self, *args: Any, devices: Iterable[Device], metrics: Iterable[Metric], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {each.code: each.unit for each in metrics}
        fields: Any = self.fields
        fields["device"].choices = [
            (each.code, f"{each.code} ({each.site.name or each.site.code})") for each in devices
        ]
        fields["metric"].choices = [(each.code, f"{each.name}, in {each.unit}") for each in metrics]

    @property
    def row(self) -> dict[str, Any]:
        given = self.cleaned_data
        moment = datetime.combine(given["taken_on"], given["taken_at"]).isoformat()
        return {
            "device": given["device"], "metric": given["metric"], "value": given["value"],
            "taken_at": with_zone(moment, "Europe/London"), "unit": self.units[given["metric"]],
        }  # fmt: skip


class FeedForm(forms.Form):
    """An address that readings are fetched from; `feed` has it once the form is valid."""

    address = forms.CharField(
        label="Address", max_length=2000, help_text="It answers with JSON, CSV or a workbook, at most 10,000 rows.",
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )  # fmt: skip
    every = forms.TypedChoiceField(label="How often", choices=FeedEvery.choices, coerce=int, initial=FeedEvery.HOUR)
    zone = forms.ChoiceField(
        label="Times that name no zone are", choices=list(ZONES.items()), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in COLUMNS:
            hint = (
                "Leave a name empty where it is the usual one: device, metric, taken_at, value, unit."
                if name == COLUMNS[0]
                else ""
            )
            label = f"Name of the column: {_LABELS[name].lower()}"
            self.fields[f"column_{name}"] = forms.CharField(
                label=label, help_text=hint, max_length=60, required=False
            )  # fmt: skip

    @property
    def feed(self) -> dict[str, Any]:
        given = self.cleaned_data
        columns = {name: given[f"column_{name}"].strip() for name in COLUMNS if given[f"column_{name}"].strip()}
        return {"address": given["address"], "every": given["every"], "zone": given["zone"], "columns": columns}


def _initial(columns: Columns) -> dict[str, str]:
    named = {name: f"column:{theirs}" for name, theirs in columns.named.items()}
    fixed = {name: f"fixed:{value}" for name, value in columns.fixed.items()}
    return {**fixed, **named, "zone": columns.zone, "decimal": columns.decimal}
