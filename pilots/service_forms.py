"""The form that says where a pilot's service is looked at, and what was stated about it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms

from clauses.checks import NAMES
from pilots.actions import service_problems


class ServiceForm(forms.Form):
    """Where the service is looked at; the fields are those that the clauses of the pilot need."""

    hosts = forms.CharField(
        label="Hosts that may be asked",
        help_text="One name a line, such as data.supplier.example. Agree them with the supplier.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, kinds: Sequence[str], facts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds, self.facts = list(kinds), [name for name in FACTS if name in facts]
        for kind in self.kinds:
            name = NAMES[kind]
            self.fields[kind] = forms.CharField(
                label=f"{name[:1].upper()}{name[1:]}", required=False, max_length=2000,
                widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
            )  # fmt: skip
        for name in self.facts:
            self.fields[f"stated_{name}"] = FACTS[name]()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for problem in service_problems(self.named_hosts, self.addresses):
                self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)
        return cleaned

    @property
    def named_hosts(self) -> list[str]:
        lines = self.cleaned_data.get("hosts", "").splitlines()
        return list(dict.fromkeys(line.strip().lower() for line in lines if line.strip()))

    @property
    def addresses(self) -> dict[str, str]:
        return {kind: self.cleaned_data[kind].strip() for kind in self.kinds if self.cleaned_data.get(kind, "").strip()}

    @property
    def stated(self) -> dict[str, Any]:
        """The facts as they are kept: numbers, ISO dates, texts; those left empty are left out."""
        given = {name: self.cleaned_data.get(f"stated_{name}") for name in self.facts}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in given.items()
            if value not in (None, "", [])
        }


class BoundaryField(forms.CharField):
    """West, south, east and north in degrees; cleans to four floats."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            raise forms.ValidationError("Write four numbers: west, south, east, north.") from None
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise forms.ValidationError("West lies before east and south before north, in degrees.")
        return [west, south, east, north]


def _whole(label: str, least: int, most: int, hint: str = "") -> Callable[[], forms.Field]:
    return lambda: forms.IntegerField(label=label, min_value=least, max_value=most, required=False, help_text=hint)


def _percent(label: str) -> Callable[[], forms.Field]:
    return lambda: forms.FloatField(label=label, min_value=0, max_value=100, required=False)


def _until(label: str) -> Callable[[], forms.Field]:
    return lambda: forms.DateField(label=label, required=False)


def _column(label: str, hint: str = "The name of the column.") -> Callable[[], forms.Field]:
    return lambda: forms.CharField(label=label, max_length=60, required=False, help_text=hint)


FACTS: dict[str, Callable[[], forms.Field]] = {
    "interval_minutes": _whole("Minutes between the readings of a device", 1, 527_040),
    "completeness_percent": _percent("Share of the readings that will arrive, in percent"),
    "retention_days": _whole("Days after which personal data are deleted", 0, 36_500),
    "availability_percent": _percent("Availability of the service, in percent"),
    "p95_ms": _whole("95 of 100 requests are answered within this many milliseconds", 1, 600_000),
    "least_count": _whole("Smallest count that may be published", 2, 1000, "5 unless you say otherwise."),
    "count_column": _column("Which columns count people", "Their names, separated by commas."),
    "identifier_column": _column("Which column holds public identifiers"),
    "boundary": lambda: BoundaryField(
        label="The area in which positions lie", required=False,
        help_text="West, south, east, north in degrees: -0.3, 51.2, 0.1, 51.6",
    ),
    "stars": _whole("Stars of open data that were offered", 0, 5),
    "support_until": _until("Security updates are promised until"),
    "contract_ends_on": _until("The proposed contract would end on"),
    "certificate_until": _until("The Cyber Essentials certificate ends on"),
}  # fmt: skip
