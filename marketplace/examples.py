"""What the components page shows each component with: invented figures, fixed instants, no record touched."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe

from challenges.models import Phase, Theme
from marketplace import words

NOW = datetime(2026, 6, 9, 11, 0, tzinfo=UTC)
CLOSES = datetime(2026, 6, 12, 11, 0, tzinfo=UTC)
FINGERPRINT = "9f2c4b7e1d0a5c83f6e1b2a4978d3c60e5f41b7a8c92d0364be17fa5c8d20913"
_READINGS = (("April", 41, 40), ("May", 37, 41), ("June", 29, 39), ("July", 24, 40))


class ExampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label="What should be different?", help_text="The outcome, not the product.", max_length=120
    )
    statement = forms.CharField(label="Why it matters", widget=forms.Textarea(attrs={"data-maxwords": 60, "rows": 4}))
    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    budget = forms.DecimalField(label="Pilot budget in pounds", min_value=Decimal(1), max_digits=9, decimal_places=2)
    closes_on = forms.DateField(label="Closing date", required=False)
    route = forms.ChoiceField(
        label="How will you buy?", widget=forms.RadioSelect, choices=[("A", "One procedure with a pilot"), ("B", "Two")]
    )
    places = forms.MultipleChoiceField(
        label="Where can it be tried?",
        widget=forms.CheckboxSelectMultiple,
        choices=[("streets", "On streets"), ("parks", "In parks")],
        required=False,
    )
    evidence = forms.FileField(
        help_text="PDF, at most 20 MB.", widget=forms.FileInput(attrs={"data-max-bytes": 20_971_520}), required=False
    )
    is_confirmed = forms.BooleanField(label="A second person has read this")


class ExampleFilter(forms.Form):
    """The column beside a list."""

    text = forms.CharField(label="Words", required=False)
    theme = forms.ChoiceField(choices=[("", "All themes"), *Theme.choices], required=False)


def examples() -> dict[str, Any]:
    """The context of the components page."""
    return {
        "now": NOW,
        "closes_at": CLOSES,
        "starts_on": date(2026, 9, 1),
        "amount": Decimal(30_000),
        "phases": Phase.values,
        "fingerprint": FINGERPRINT,
        "example_form": ExampleForm({"title": "", "statement": "Bicycles vanish.", "budget": "much", "route": "A"}),
        "example_filter": ExampleFilter(),
        **_cards(),
        **_lists(),
        **_chart(),
    }


def _cards() -> dict[str, Any]:
    return {
        "cards": [
            {
                "outcome": "Half as many bicycles stolen around the stations",
                "council": "Northmoor Council",
                "money": words.money(30_000),
                "time_left": words.time_left(CLOSES, NOW),
                "phase": Phase.OPEN,
                "strapline": "People who cycle to the train come back to a bicycle.",
            },
            {
                "outcome": "Lamps repaired before anyone reports them",
                "council": "Eastwater Council",
                "money": words.money(48_500),
                "time_left": words.time_left(CLOSES - timedelta(days=9), NOW),
                "phase": Phase.PILOTING,
                "strapline": "Streets that stay lit, and fewer calls.",
            },
        ]
    }


def _lists() -> dict[str, Any]:
    return {
        "tasks": [
            {"title": "Problem statement", "url": "#tasks", "state": "done"},
            {
                "title": "Criteria and weights",
                "url": "#tasks",
                "state": "attention",
                "hint": "They total 90 of 100.",
            },
            {"title": "Panel", "url": "#tasks", "state": "todo", "word": "Not started"},
            {"title": "Ask for approval", "url": "", "state": "cannot", "word": "Cannot start yet"},
        ],
        "summary": [
            {"key": "Pilot budget", "value": words.money(30_000), "url": "#summary"},
            {"key": "Closes", "value": words.when(CLOSES), "note": words.time_left(CLOSES, NOW)},
        ],
        "files": [
            {"name": "method.pdf", "url": "#files", "size": 2_400_000, "state": "clean", "word": "Checked"},
            {
                "name": "prices.pdf",
                "url": "",
                "size": 90_000,
                "state": "refused",
                "word": "Refused",
                "note": "No PDF.",
            },
        ],
        "steps": [
            {"title": "Published", "state": "done", "when": "4 May 2026"},
            {"title": "Open for answers", "state": "now", "when": f"until {words.when(CLOSES)}"},
            {"title": "Pilots", "state": "later", "when": "from September 2026"},
        ],
    }


def _chart() -> dict[str, Any]:
    return {
        "chart_svg": _lines(),
        "chart_head": ["Month", "Pilot streets", "Comparison streets"],
        "chart_rows": [list(reading) for reading in _READINGS],
    }


def _lines() -> SafeString:
    """The readings as two lines in a drawing of 600 by 220 units."""

    def points(column: int) -> str:
        return " ".join(f"{60 + 160 * i},{190 - 4 * int(row[column])}" for i, row in enumerate(_READINGS))

    months = "".join(
        f'<text x="{60 + 160 * i}" y="212" text-anchor="middle">{row[0]}</text>' for i, row in enumerate(_READINGS)
    )
    return mark_safe(  # noqa: S308 - built from the constants above
        '<svg viewBox="0 0 600 220" role="img" aria-label="Thefts fall on pilot streets and stay level elsewhere">'
        '<path class="chart-grid" d="M40 30H580M40 110H580"/><path class="chart-axis" d="M40 190H580"/>'
        f'<polyline class="chart-line chart-line--comparison" points="{points(2)}"/>'
        f'<polyline class="chart-line" points="{points(1)}"/>{months}'
        '<text class="chart-label" x="545" y="72" text-anchor="end">Pilot streets</text>'
        '<text x="540" y="22" text-anchor="end">Comparison streets</text></svg>'
    )
