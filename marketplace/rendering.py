"""The form renderer: every Django form comes out in the house's own markup.

Only forms drawn with `{{ form }}`, `{{ formset }}` or `as_field_group` are touched. The widget templates stay Django's
own, so that the Wagtail admin, which draws its widgets itself, keeps its look.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input
from django.utils.safestring import SafeString

_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.RadioSelect, "choices"),  # CheckboxSelectMultiple is one of these
    (forms.CheckboxInput, "checkbox"),
    (forms.FileInput, "file"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.MultiWidget, "group"),
    (forms.SelectDateWidget, "group"),
)
# What an empty or unreadable field asks for. Django says that it is required, or invalid, and not what to do.
_EMPTY: dict[type[forms.Field], str] = {
    forms.Field: "Fill this in.",
    forms.ChoiceField: "Choose one.",
    forms.MultipleChoiceField: "Choose at least one.",
    forms.ModelMultipleChoiceField: "Choose at least one.",
    forms.BooleanField: "Tick this to go on.",
    forms.FileField: "Choose a file.",
    forms.IntegerField: "Give a number.",
    forms.DecimalField: "Give a number.",
    forms.FloatField: "Give a number.",
    forms.DateField: "Give the day.",
    forms.DateTimeField: "Give the day and the time.",
}
_UNREADABLE: dict[type[forms.Field], str] = {
    forms.DateField: "This cannot be read as a day. Write it like 31/12/2027.",
    forms.DateTimeField: "This cannot be read as a day and a time. Write them like 31/12/2027 12:00.",
    forms.URLField: "This is no web address. Write it whole, like https://example.org/page.",
    forms.EmailField: "This is no e-mail address. Write it like name@example.org.",
    forms.IntegerField: "Write a whole number in digits, such as 12.",
    forms.FloatField: "Write a number in digits, such as 12 or 12.5.",
    forms.DecimalField: "Write a number in digits, such as 12 or 12.5.",
}
_NUL = "There is a character in it that nobody can see and that cannot be kept. Delete what you pasted and type it."
# What is outside its limits. Django says what to ensure of a value.
_OUTSIDE: dict[str, dict[type[forms.Field], str]] = {
    "min_value": {forms.IntegerField: "Give %(limit_value)s or more."},
    "max_value": {forms.IntegerField: "Give %(limit_value)s at most."},
    "max_digits": {forms.DecimalField: "This number has too many digits: at most %(max)s are kept."},
    "max_whole_digits": {forms.DecimalField: "This number is too large."},
    "max_decimal_places": {forms.DecimalField: "Write at most %(max)s digits after the point."},
    "max_length": {forms.CharField: "This has %(show_value)s characters; at most %(limit_value)s are kept."},
    "null_characters_not_allowed": {forms.CharField: _NUL},
}
_CLASSES = {
    "file": "govuk-file-upload",
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "checkbox": "govuk-checkboxes__input",
}
_NARROW = {"number": "10", "date": "10", "time": "10", "datetime-local": "20", "tel": "20"}
# Days and times are asked with the browser's own fields, whose values have one form everywhere.
_PICKED: tuple[tuple[type[forms.Widget], str, str], ...] = (
    (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (forms.DateInput, "date", "%Y-%m-%d"),
    (forms.TimeInput, "time", "%H:%M"),
)


class HouseFormRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"


@dataclass(frozen=True)
class ErrorLink:
    """One line of the error summary: the sentence, and where it leads (empty when it concerns the whole form)."""

    message: str
    href: str = ""


def ask_plainly() -> None:
    """Give Django's own fields the house's words for what is missing, unreadable or too much; called once, at start."""
    for code, said in {"required": _EMPTY, "invalid": _UNREADABLE, **_OUTSIDE}.items():
        for field, words in said.items():
            field.default_error_messages = {**vars(field).get("default_error_messages", {}), code: words}


def kind(field: BoundField) -> str:
    """Which markup a bound field needs: choices, checkbox, file, select, textarea, group or input."""
    widget = field.field.widget
    return next((name for type_, name in _KINDS if isinstance(widget, type_)), "input")


def anchor(field: BoundField) -> str:
    """The id of the element that an error about this field leads to."""
    return field.id_for_label or f"{field.auto_id}_0"


def is_optional(field: BoundField) -> bool:
    """Whether to say "(optional)": only where the same form also asks for something that is not."""
    return not field.field.required and any(other.required for other in field.form.fields.values())


def word_limit(field: BoundField) -> str:
    """The `data-maxwords` of a textarea, or an empty string."""
    return str(field.field.widget.attrs.get("data-maxwords", ""))


def draw(field: BoundField) -> SafeString:
    """A bound field's control with the house's classes, described by its hint, its error and its word limit."""
    # With `maxlength` a browser cuts what is pasted and says nothing; without it, all comes back with its error.
    attrs: dict[str, Any] = {"class": _class_of(field), "placeholder": False, "maxlength": False}
    if word_limit(field):
        attrs["aria-describedby"] = f"{field.auto_id}-info {field.aria_describedby or ''}".strip()
    if isinstance(field.field.widget, forms.SplitDateTimeWidget):
        for part, name in zip(field.field.widget.widgets, ("date", "time"), strict=True):
            part.attrs.setdefault("aria-label", f"{field.label}: {name}")
    if isinstance(field.field.widget, forms.NumberInput):
        return field.as_widget(widget=_as_text(field), attrs={**attrs, **_number_attrs(field)})
    return field.as_widget(widget=_picked(field.field.widget), attrs=attrs)


def error_links(form: forms.BaseForm | BaseFormSet) -> list[ErrorLink]:
    """Every error of a form, or of a formset and its forms, in the order in which the page shows the fields."""
    if isinstance(form, BaseFormSet):
        whole = [ErrorLink(str(message)) for message in form.non_form_errors()]
        return whole + [link for number, each in enumerate(form.forms, 1) for link in _of_a_row(form, number, each)]
    whole = [
        ErrorLink(str(message), getattr(error.message, "url", ""))
        for error in form.non_field_errors().as_data()
        for message in error
    ]
    return whole + [link for field in form for link in _links_of(field)]


def _of_a_row(rows: BaseFormSet, number: int, form: forms.BaseForm) -> list[ErrorLink]:
    """Its errors, each with the row's name before it: twelve rows have a field of the same name."""
    name = f"{getattr(rows, 'row_name', 'Row')} {number}"  # as its legend says
    first = f"#{anchor(form.visible_fields()[0])}"
    return [ErrorLink(f"{name}: {link.message}", link.href or first) for link in error_links(form)]


def _as_text(field: BoundField) -> forms.Widget:
    # A number input shows nothing when what was typed is no number; a text input gives it back to be corrected.
    widget = copy(field.field.widget)
    widget.input_type = "text"
    return widget


def _picked(widget: Any) -> Any:
    """The widget itself, or for a day or a time one that the browser lets people pick it in."""
    for type_, input_type, form in _PICKED:
        if isinstance(widget, type_):
            widget = copy(widget)
            widget.input_type, widget.format = input_type, form
    return widget


def _number_attrs(field: BoundField) -> dict[str, Any]:
    mode = "numeric" if type(field.field) is forms.IntegerField else "decimal"
    return {"inputmode": mode, "min": False, "max": False, "step": False}


def _links_of(field: BoundField) -> list[ErrorLink]:
    if field.is_hidden:
        return [ErrorLink(str(message)) for message in field.errors]
    return [ErrorLink(_named(field, str(message)), f"#{anchor(field)}") for message in field.errors]


def _named(field: BoundField, message: str) -> str:
    """The message with the field's name before it: away from the field, "Enter a number." says too little."""
    label = str(field.label).rstrip(":")
    return f"{label}{' ' if label.endswith('?') else ': '}{message}"


def _class_of(field: BoundField) -> str:
    what = kind(field)
    classes = [_CLASSES.get(what, "govuk-input"), str(field.field.widget.attrs.get("class", ""))]
    if field.errors:
        classes.append(f"{classes[0]}--error")
    if width := _width_of(field):
        classes.append(f"govuk-input--width-{width}")
    return " ".join(name for name in classes if name)


def _width_of(field: BoundField) -> str:
    widget = _picked(field.field.widget)
    if kind(field) == "group":
        return "10"
    if not isinstance(widget, Input) or kind(field) != "input":
        return ""
    return _NARROW.get(str(widget.attrs.get("type", widget.input_type)), "")
