"""Forms around what people see and say: series beside the measure, field notes, surveys and their answers."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from pilots import saying
from pilots.actions import MOST_QUESTIONS, Asked, Occasion, Said
from pilots.actions.beside import Accompaniment, read_days
from pilots.forms import ReadNumberField, day_field, words_field
from pilots.models import AnswerMode, DeviceEvent, FindingKind, Happening, Method, Metric, Site, Survey
from pilots.reading_files import FileRefusedError
from pilots.rules import in_words
from pilots.tables import Table, read_table

MOST_BYTES = 1_000_000
SHOWN = 10


_words = partial(words_field, most=5000)
_lines = partial(words_field, most=5000, required=False)


def _table(file: Any, instead: str) -> Table:
    if file.size > MOST_BYTES:
        raise forms.ValidationError(f"The file is larger than 1 MB: {instead}.")
    try:
        return read_table(file.read())
    except FileRefusedError as refused:
        raise forms.ValidationError(str(refused)) from None


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
        try:
            days, wrong = read_days(_table(file, "leave out what lies outside the pilot"))
        except forms.ValidationError as refused:
            self.add_error("file", refused)
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


class NoteForm(forms.Form):
    """One occasion; `occasion` has it once the form is valid. What was said stands in the rows of `FindingsFormSet`."""

    method = forms.ChoiceField(label="How people were listened to", choices=Method.choices, widget=forms.RadioSelect)
    held_on = day_field("On which day")
    people = forms.IntegerField(label="How many people", min_value=1, max_value=100_000)
    who = _words("Who they were", "In words that name nobody: eight tenants of two blocks, three of them over 70.", 2)
    recruited = _words("How they were found", "For example: every fourth door; a notice in the stairwell.", 2)
    is_serious = forms.BooleanField(
        label="Somebody told of a serious harm: it has to be looked into before anything is decided", required=False
    )

    @property
    def occasion(self) -> Occasion:
        names = ("method", "held_on", "people", "who", "recruited", "is_serious")
        return Occasion(**{name: self.cleaned_data[name] for name in names})


class FindingForm(forms.Form):
    """One thing that was said: what kind of thing, in which words, by how many."""

    words = forms.CharField(label="What was said, in a few words", max_length=200)
    said_by = forms.IntegerField(label="By how many of them", min_value=1, max_value=100_000)
    kind = forms.ChoiceField(label="What it is", initial=FindingKind.THEME, choices=[
        (FindingKind.THEME, "A theme: what people talk about"),
        (FindingKind.NEGATIVE, "A negative case: it did not work, or made something worse"),
        (FindingKind.EQUITY, "Equity and digital inclusion: somebody could not take part, or gained less"),
    ])  # fmt: skip
    quotation = forms.CharField(
        label="A quotation", max_length=500, required=False, help_text="In their own words, and naming nobody.",
    )  # fmt: skip

    def has_changed(self) -> bool:
        """A row in which only the kind stands, as every row has one, is empty."""
        return bool(set(self.changed_data) - {"kind"})


class Rows(BaseFormSet):
    """Rows of which empty ones are passed over."""

    @property
    def filled_in(self) -> list[Any]:
        """What the filled rows say, in their order."""
        return [self.read(form.cleaned_data) for form in self.forms if form.has_changed() and form.cleaned_data]

    def with_more(self) -> BaseFormSet:
        """The same rows as they were typed, and empty ones below."""
        typed = [{name: form[name].value() for name in form.fields} for form in self.forms if form.has_changed()]
        return type(self)(initial=typed)

    def read(self, row: dict[str, Any]) -> Any:
        return row


class BaseFindings(Rows):
    row_name = "What was said:"

    def read(self, row: dict[str, Any]) -> Said:
        return Said(**row)


FindingsFormSet = formset_factory(FindingForm, formset=BaseFindings, extra=3, min_num=1, max_num=40)


class WithdrawForm(forms.Form):
    reason = _words("Why the note is withdrawn", "Published. Its words are deleted.", 2)


class SurveyForm(forms.Form):
    """A survey to open; its questions stand in the rows of `QuestionsFormSet`."""

    title = forms.CharField(label="What it is about", max_length=120)
    introduction = _lines("What people should know before they answer", "Two or three plain sentences.")
    controller = forms.CharField(label="Who is responsible for the answers (the controller)", max_length=200)
    lawful_basis = forms.CharField(
        label="The lawful basis", max_length=200,
        help_text="For example: public task, article 6(1)(e) of the UK GDPR. Ask your data protection officer.",
    )  # fmt: skip
    contact = forms.CharField(
        label="Whom people can ask, and how they can answer otherwise", max_length=200,
        help_text="An office and a telephone number: whoever has no internet answers there, and you type it in.",
    )  # fmt: skip
    keep_until = day_field("The day on which every answer is deleted", "Counts stay.")

    def asked(self, questions: Sequence[dict[str, Any]]) -> Asked:
        """What is asked, with these questions."""
        return Asked(questions=questions, **self.cleaned_data)


class QuestionForm(forms.Form):
    """One question; `question` has it once the form is valid."""

    text = forms.CharField(label="The question", max_length=saying.LONGEST_QUESTION)
    options = forms.CharField(
        label="Answers to choose from", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, two to eight of them. With none, people answer in their own words.",
    )  # fmt: skip

    def clean_options(self) -> list[str]:
        options = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if sentence := saying.options_problem(options):
            raise forms.ValidationError(sentence)
        return options


class BaseQuestions(Rows):
    row_name = "Question"


QuestionsFormSet = formset_factory(QuestionForm, formset=BaseQuestions, extra=3, min_num=1, max_num=MOST_QUESTIONS)


class AnswerForm(forms.Form):
    """The questions of one survey; `answers` has them in their order. Typed in, it asks how they came."""

    def __init__(self, *args: Any, survey: Survey, is_typed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        modes = [choice for choice in AnswerMode.choices if choice[0] != AnswerMode.ONLINE]
        if is_typed:
            self.fields["mode"] = forms.ChoiceField(label="How it came", choices=modes, widget=forms.RadioSelect)
        self.questions = [f"question-{place}" for place in range(len(survey.questions))]
        for name, question in zip(self.questions, survey.questions, strict=True):
            self.fields[name] = _question(question["text"], question["options"])

    @property
    def answers(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.questions]

    @property
    def written(self) -> list[str]:
        """What was sent, in its order, valid or not; so that a refusal can give it back."""
        return [text for name in self.questions if (text := str(self[name].value() or "").strip())]


def _question(text: str, options: Sequence[str]) -> forms.Field:
    if options:
        choices = [(option, option) for option in options]
        return forms.ChoiceField(label=text, choices=choices, widget=forms.RadioSelect, required=False)
    return forms.CharField(
        label=text, max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Please name nobody, and write no address or telephone number.",
    )  # fmt: skip


class AskResidentsForm(forms.Form):
    """What residents are asked to measure, and how."""

    metric = forms.ModelChoiceField(label="What they measure", queryset=Metric.objects.none(), empty_label=None)
    how = _words("How somebody takes a reading", "For example: count the lamps in your street that are dark at ten.", 3)

    def __init__(self, *args: Any, metrics: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["metric"]
        chosen.queryset = metrics


class ResidentReadingForm(forms.Form):
    """One value: where, on which day, how much."""

    site = forms.ModelChoiceField(label="Where", queryset=Site.objects.none(), empty_label="Choose a place")
    taken_on = day_field("On which day")
    value = ReadNumberField(label="The value")

    def __init__(self, *args: Any, sites: Any, metric: Metric, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["site"]
        chosen.queryset = sites
        chosen.label_from_instance = lambda site: site.name or site.code
        self.fields["value"].help_text = f"In {metric.unit}."


class JudgeForm(forms.Form):
    """Why readings are not shown."""

    reason = forms.CharField(
        label="If you keep them off the page: why", max_length=300, required=False,
        help_text="For example: ten times what any lamp can be.",
    )  # fmt: skip


class DevicesForm(forms.Form):
    """A register of devices as a file; `rows` has its rows once the form is valid."""

    file = forms.FileField(
        label="CSV file or workbook (.xlsx)",
        help_text="Columns: device, what, on, site, detail, and time (London) where it is known. "
        "A row: pump-7,calibrated,2026-05-31,,by hand,14:30",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )  # fmt: skip

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        table = _table(file, "send it in parts")
        if missing := [name for name in ("device", "what", "on") if name not in table.header]:
            raise forms.ValidationError(f"The first line has to name device, what and on; {missing[0]} is missing.")
        self.rows = [dict(zip(table.header, line, strict=False)) for line in table.lines]
        return file


class HappenedForm(forms.Form):
    """One thing that happened to a device; `row` has it once the form is valid. `sites` are for who places devices."""

    device = forms.ChoiceField(label="Which device")
    what = forms.ChoiceField(label="What happened", widget=forms.RadioSelect)
    on = day_field("On which day")
    time = forms.TimeField(
        label="At which time", required=False, help_text="In London. Leave it out where nobody knows."
    )
    detail = forms.CharField(
        label="In a few words", max_length=120, required=False, help_text="The new firmware, say, or how it was done."
    )

    def __init__(self, *args: Any, devices: Sequence[str], sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        known = [(code, code) for code in devices]
        fields["device"].choices = [("", "Choose a device"), *known]
        fields["what"].choices = [each for each in Happening.choices if sites or each[0] != Happening.MOVED]
        if sites:
            fields["device"].required = False
            fields["new_device"] = forms.CharField(
                label="Or the name of a new one", max_length=60, required=False,
                help_text="Where a broken device is replaced: the new one is installed at its site.",
            )  # fmt: skip
            fields["site"] = forms.ChoiceField(
                label="At which site", required=False, help_text="For a new device, and for one that was moved.",
                choices=[("", "Where it stands"), *((site.code, site.name or site.code) for site in sites)],
            )  # fmt: skip
            self.order_fields(["device", "new_device", "what", "on", "time", "site", "detail"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = [name for name in ("device", "new_device") if cleaned.get(name, "").strip()]
        if len(named) != 1 and "device" not in self.errors:
            self.add_error("device", "Choose a device, or name a new one.")
        return cleaned

    @property
    def row(self) -> dict[str, str]:
        given = self.cleaned_data
        return {
            "device": given["device"] or given["new_device"].strip(), "what": given["what"],
            "on": given["on"].isoformat(), "site": given.get("site", ""), "detail": given["detail"],
            "time": f"{given['time']:%H:%M}" if given["time"] else "",
        }  # fmt: skip


class TakeBackForm(forms.Form):
    """What was noted wrongly of a device, and why it is taken back."""

    happened = forms.ModelChoiceField(
        label="What was noted", queryset=DeviceEvent.objects.none(), empty_label="Choose what is wrong"
    )
    reason = _words("What is wrong with it", "Published. Name no person.", 2)

    def __init__(self, *args: Any, happened: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["happened"]
        chosen.queryset = happened
        chosen.label_from_instance = lambda each: (
            f"{each.device.code}: {each.get_what_display().lower()} on {in_words(each.on)}"
            + (f" at {each.clock}" if each.time else "")
            + (f", {each.detail}" if each.detail else "")
        )
