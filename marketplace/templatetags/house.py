"""Template filters and tags of the house; available in every template without a load."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from challenges.models import Phase
from marketplace import rendering, words

register = template.Library()


@register.simple_tag
def money(amount: Decimal | int | str | None, currency: str = "GBP") -> str:
    """`{% money challenge.pilot_budget "GBP" %}` -> £30,000."""
    return words.money(amount, currency)


@register.filter
def figure(number: Decimal | int | float | None) -> str:
    """`{{ criterion.weight|figure }}` -> 40."""
    return words.figure(number)


@register.filter
def when(instant: datetime | None) -> str:
    """`{{ challenge.closes_at|when }}` -> Friday 12 June 2026, 12:00 noon BST."""
    return words.when(instant) if instant else ""


@register.filter
def by(deadline: datetime | None) -> str:
    """`Answer by {{ asked.due_at|by }}` -> Answer by the end of Thursday 11 June 2026."""
    return words.by(deadline) if deadline else ""


@register.filter
def day(moment: date | datetime | None) -> str:
    """`{{ pilot.starts_on|day }}` -> 12 June 2026."""
    return words.day(moment) if moment else ""


@register.filter
def time_left(until: datetime | None, now: datetime) -> str:
    """`{{ challenge.closes_at|time_left:now }}` -> 3 days left."""
    return words.time_left(until, now) if until else ""


@register.inclusion_tag("components/tag.html")
def state_tag(state: str, word: str = "") -> dict[str, str]:
    """`{% state_tag pilot.state pilot.get_state_display %}`: the state's word with its shape."""
    shape, tone = words.look(state)
    return {"shape": shape, "tone": tone, "word": word or str(state).replace("_", " ").capitalize()}


@register.inclusion_tag("components/tag.html")
def phase_tag(phase: str) -> dict[str, str]:
    """`{% phase_tag phase %}`: what readers see of a challenge's state."""
    return state_tag(phase, str(Phase(phase).label))


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*pairs: str) -> dict[str, Any]:
    """`{% breadcrumbs "/challenges/" "Challenges" challenge.url challenge.title %}`: address and words, in turn."""
    return {"items": _links(pairs)}


@register.inclusion_tag("components/section_nav.html", takes_context=True)
def section_nav(context: template.Context, label: str, *pairs: str) -> dict[str, Any]:
    """`{% section_nav "Your work" "/workspace/" "Desk" ... %}`: the pages of one section; the current one is marked."""
    path = getattr(context.get("request"), "path", "")
    return {"label": label, "items": [{**item, "is_current": item["url"] == path} for item in _links(pairs)]}


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, url: str, text: str) -> SafeString:
    """A link of the header, marked when the page stands at or below it."""
    path = getattr(context.get("request"), "path", "")
    current = SafeString(' aria-current="true"') if path.startswith(url) else ""
    return format_html('<a class="pf-nav__link" href="{}"{}>{}</a>', url, current, text)


@register.filter
def is_number(cell: Any) -> bool:
    """Whether a table cell is to be set as a figure, to the right."""
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


@register.filter
def column_is_number(rows: Iterable[Sequence[Any]], index: int) -> bool:
    """Whether a table's column holds figures by its first filled cell; its heading then stands to the right too."""
    cells = (row[index] for row in rows if index and len(row) > index)
    return is_number(next((cell for cell in cells if cell is not None), None))


@register.filter
def kind(field: BoundField) -> str:
    return rendering.kind(field)


@register.filter
def is_optional(field: BoundField) -> bool:
    return rendering.is_optional(field)


@register.filter
def word_limit(field: BoundField) -> str:
    return rendering.word_limit(field)


@register.filter
def draw(field: BoundField) -> SafeString:
    return rendering.draw(field)


@register.filter
def error_links(form: forms.BaseForm | BaseFormSet | None) -> Iterable[rendering.ErrorLink]:
    return rendering.error_links(form) if form else []


def _links(pairs: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"url": url, "title": title} for url, title in zip(pairs[::2], pairs[1::2], strict=True)]
