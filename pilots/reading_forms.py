"""Forms for readings: a file, what its columns hold, one reading typed in, why readings are corrected."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms

from pilots import feed_keys
from pilots.actions import Asking
from pilots.forms import ReadNumberField
from pilots.mappings import DECIMALS, NO_ZONE, ZONES, Columns, Shape, guess, is_day_uncertain, lacks_zone, with_zone
from pilots.models import Device, FeedEvery, Metric
from pilots.rows import COLUMNS
from pilots.tables import Table
from pilots.written_times import DATES

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
        help_text="At most 10,000 rows. A line names the columns; you say what they hold where we cannot tell.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
        error_messages={
            "required": "Choose a file. If you did, it was larger than this site takes.",
            "empty": "The file is empty.",
        },
    )


class SheetForm(forms.Form):
    """Which sheet of a workbook has the readings; `place` has its number once the form is valid."""

    sheet = forms.ChoiceField(
        label="Which sheet has the readings?", widget=forms.RadioSelect, error_messages={"required": "Choose a sheet."}
    )

    def __init__(self, data: Any = None, *, sheets: Sequence[tuple[str, int]]) -> None:
        super().__init__(data)
        words = [f"{name} ({rows:,} line{'' if rows == 1 else 's'})" for name, rows in sheets]
        chosen: Any = self.fields["sheet"]
        chosen.choices = [(str(place), each) for place, each in enumerate(words)]

    @property
    def place(self) -> int:
        return int(self.cleaned_data["sheet"])


class ColumnsForm(forms.Form):
    """What each column of a table holds; `columns` has it once the form is valid."""

    dates = forms.ChoiceField(label="Dates are written", choices=list(DATES.items()))
    zone = forms.ChoiceField(
        label="Times that name no zone are", choices=list(ZONES.items()), widget=forms.RadioSelect,
        error_messages={"required": "Say which zone the times are in."},
    )  # fmt: skip
    decimal = forms.ChoiceField(label="Numbers are written with", choices=list(DECIMALS.items()))

    def __init__(self, data: Any = None, *, table: Table, metrics: Sequence[Metric], devices: Sequence[str]) -> None:
        units = [(each.code, each.unit) for each in metrics]
        guessed = guess(table, units, devices, by_content=True)
        super().__init__(data, initial=_initial(guessed))
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
        self.order_fields([*COLUMNS, "dates", "zone", "decimal"])
        if is_day_uncertain(table, guessed.named.get("taken_at", "")):
            self.fields["dates"].help_text = "In this file day and month could be exchanged: say which comes first."
        if lacks_zone(table, guessed.named.get("taken_at", ""), guessed.dates):
            self.initial["zone"] = None  # nobody but the sender knows, so nothing is chosen beforehand

    @property
    def columns(self) -> Columns:
        chosen = {name: self.cleaned_data[name].partition(":") for name in COLUMNS}
        return Columns(
            {name: what for name, (kind, _, what) in chosen.items() if kind == "column"},
            {name: what for name, (kind, _, what) in chosen.items() if kind == "fixed"},
            _zone(self.cleaned_data["zone"]),
            self.cleaned_data["decimal"],
            self.cleaned_data["dates"],
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
    taken_on = forms.DateField(label="Day")
    taken_at = forms.TimeField(label="Time", help_text="London time.")
    value = ReadNumberField(label="Value")
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


class KeyForm(forms.Form):
    """The key that a service asks for; `header` and `value` have it once the form is valid."""

    kind = forms.ChoiceField(
        label="How the key is sent", widget=forms.RadioSelect, initial="bearer",
        choices=[("bearer", "As a bearer token (Authorization: Bearer …)"), ("header", "In a header of its own")],
    )  # fmt: skip
    header_name = forms.CharField(
        label="Name of the header", max_length=60, required=False,
        help_text="Only for a header of its own, such as X-Api-Key.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}),
    )  # fmt: skip
    secret = forms.CharField(
        label="The key", max_length=feed_keys.LONGEST,
        help_text="It is kept encrypted, is never shown again, and is sent to this address alone.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}, render_value=False),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "secret" in cleaned and self.wants_key and (sentences := feed_keys.problems(self.header, self.value)):
            self.add_error("header_name" if self.header != feed_keys.BEARER else "secret", sentences)
        return cleaned

    @property
    def wants_key(self) -> bool:
        return True

    @property
    def header(self) -> str:
        named = self.cleaned_data.get("header_name", "").strip()
        return named if self.cleaned_data.get("kind") == "header" else feed_keys.BEARER

    @property
    def value(self) -> str:
        secret = self.cleaned_data["secret"].strip()
        if self.cleaned_data.get("kind") == "header":
            return secret
        return f"Bearer {secret.removeprefix('Bearer ').strip()}"


class FeedForm(KeyForm):
    """An address that readings are fetched from; `asking` has it once the form is valid."""

    address = forms.CharField(
        label="Address", max_length=2000, help_text="It answers with JSON, CSV or a workbook, at most 10,000 rows.",
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )  # fmt: skip
    every = forms.TypedChoiceField(label="How often", choices=FeedEvery.choices, coerce=int, initial=FeedEvery.HOUR)
    zone = forms.ChoiceField(
        label="Times that name no zone are", choices=list(ZONES.items()), widget=forms.RadioSelect, required=False,
        initial=NO_ZONE,
    )  # fmt: skip
    dates = forms.ChoiceField(label="Dates are written", choices=list(DATES.items()), required=False)
    decimal = forms.ChoiceField(label="Numbers are written with", choices=list(DECIMALS.items()), required=False)
    rows_at = forms.CharField(
        label="Where the readings stand in a JSON answer", max_length=200, required=False,
        help_text="Only where the answer holds several lists: the way to it, as data.items. "
        "A field inside another is named in the same way, as properties.level.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label="Does the service ask for a key?", widget=forms.RadioSelect, initial="", required=False,
            choices=[
                ("", "No, or its people enter it later"),
                ("bearer", "Yes, as a bearer token (Authorization: Bearer …)"),
                ("header", "Yes, in a header of its own"),
            ],
        )  # fmt: skip
        self.fields["secret"].required = False
        for name in COLUMNS:
            hint = (
                "Leave a name empty where it is the usual one: device, metric, taken_at, value, unit."
                if name == COLUMNS[0]
                else ""
            )
            label = f"Name of the column or field: {_LABELS[name].lower()}"
            self.fields[f"column_{name}"] = forms.CharField(
                label=label, help_text=hint, max_length=60, required=False
            )  # fmt: skip
        columns = [f"column_{name}" for name in COLUMNS]
        first_column: Any = self.fields[columns[0]]
        first_column.heading = "What its answer looks like, where that is not usual"
        first = ["address", "every", "kind", "header_name", "secret"]
        self.order_fields([*first, *columns, "rows_at", "zone", "dates", "decimal"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("secret") and not cleaned.get("kind"):
            self.add_error("kind", "Say how the key is sent, and type it again.")
        elif self.wants_key and not cleaned.get("secret") and "secret" not in self.errors:
            self.add_error("secret", "Enter the key, or say that it is entered later.")
        elif self.errors and cleaned.get("secret"):
            self.add_error("secret", "Type the key again: it is not shown on this page.")
        return cleaned

    @property
    def wants_key(self) -> bool:
        return bool(self.cleaned_data.get("kind"))

    @property
    def asking(self) -> Asking:
        given = self.cleaned_data
        columns = {name: given[f"column_{name}"].strip() for name in COLUMNS if given[f"column_{name}"].strip()}
        shape = Shape(
            columns, _zone(given["zone"]), given["dates"] or "year", given["decimal"] or ".", given["rows_at"].strip()
        )
        key = {"header": self.header, "key": self.value} if self.wants_key else {}
        return Asking(given["address"], given["every"], shape, **key)


def _zone(chosen: str) -> str:
    return "" if chosen == NO_ZONE else chosen


def _initial(columns: Columns) -> dict[str, str]:
    named = {name: f"column:{theirs}" for name, theirs in columns.named.items()}
    fixed = {name: f"fixed:{value}" for name, value in columns.fixed.items()}
    return {**fixed, **named, "zone": columns.zone or NO_ZONE, "decimal": columns.decimal, "dates": columns.dates}
