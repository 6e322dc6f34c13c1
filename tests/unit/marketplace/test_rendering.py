"""The form renderer: labels, hints, errors and limits reach every reader, with or without a screen."""

from datetime import UTC, date, datetime, time

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.forms import formset_factory

from marketplace.rendering import ErrorLink, error_links


class Sample(forms.Form):
    title = forms.CharField(label="What should be different?", help_text="The outcome.")
    text = forms.CharField(widget=forms.Textarea(attrs={"data-maxwords": 20}), help_text="Short.", required=False)
    amount = forms.IntegerField(min_value=1)
    route = forms.ChoiceField(widget=forms.RadioSelect, choices=[("A", "One"), ("B", "Two")])
    places = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=[("s", "Street")], required=False)
    starts_at = forms.SplitDateTimeField(required=False)
    theme = forms.ChoiceField(choices=[("x", "X")], required=False)
    proof = forms.FileField(required=False)
    is_read = forms.BooleanField(label="I have read it")

    def clean(self):
        self.add_error(None, "The whole does not hold together.")


@pytest.fixture
def page():
    return BeautifulSoup(str(Sample({"amount": "much", "places": ["s"]})), "html.parser")


def test_the_summary_names_each_field_and_leads_to_it():
    assert error_links(Sample({"amount": "much"})) == [
        ErrorLink("The whole does not hold together."),
        ErrorLink("What should be different? Fill this in.", "#id_title"),
        ErrorLink("Amount: Write a whole number in digits, such as 12.", "#id_amount"),
        ErrorLink("Route: Choose one.", "#id_route_0"),
        ErrorLink("I have read it: Tick this to go on.", "#id_is_read"),
    ]


def test_every_link_of_the_summary_leads_to_a_control(page):
    targets = [link["href"][1:] for link in page.select(".govuk-error-summary a")]
    assert [page.find(id=target).name for target in targets] == ["input"] * 4


def test_an_error_is_tied_to_its_control(page):
    control = page.find(id="id_title")
    described = [page.find(id=name).get_text(" ", strip=True) for name in control["aria-describedby"].split()]
    assert (control["aria-invalid"], described) == ("true", ["The outcome.", "Error: Fill this in."])


def test_what_was_typed_comes_back_even_when_it_is_no_number(page):
    control = page.find(id="id_amount")
    assert (control["value"], control["type"], control["inputmode"]) == ("much", "text", "numeric")


def test_a_word_limit_is_part_of_the_description(page):
    control = page.find(id="id_text")
    described = [page.find(id=name).get_text(strip=True) for name in control["aria-describedby"].split()]
    assert described == ["At most 20 words.", "Short."]


def test_choices_stand_in_a_fieldset_whose_legend_names_them(page):
    legends = [
        (legend.get_text(" ", strip=True), len(legend.parent.select("input[type=radio], input[type=checkbox]")))
        for legend in page.select("fieldset > legend")
    ]
    assert legends == [("Route", 2), ("Places (optional)", 1), ("Starts at (optional)", 0)]


def test_every_visible_control_has_a_name_that_is_read_out(page):
    labelled = {label["for"] for label in page.select("label[for]")}
    controls = page.select("input:not([type=hidden]), select, textarea")
    assert [c["id"] for c in controls if c["id"] not in labelled and not c.get("aria-label")] == []


def test_a_chosen_box_stays_chosen(page):
    assert page.find(id="id_places_0").has_attr("checked")


def test_nothing_carries_an_inline_style_or_script(page):
    assert page.select("[style], script, [onclick]") == []


def test_optional_is_not_said_where_everything_is():
    class Filters(forms.Form):
        words = forms.CharField(required=False)

    assert BeautifulSoup(str(Filters()), "html.parser").label.get_text(strip=True) == "Words"


class Row(forms.Form):
    weight = forms.IntegerField()


def test_a_formset_has_one_summary_for_all_its_rows():
    rows = formset_factory(Row, extra=2)({
        "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-weight": "x", "form-1-weight": "60",
    })  # fmt: skip
    drawn = BeautifulSoup(str(rows), "html.parser")
    assert [(a["href"], a.get_text()) for a in drawn.select(".govuk-error-summary a")] == [
        ("#id_form-0-weight", "Row 1: Weight: Write a whole number in digits, such as 12."),
    ]  # fmt: skip
    assert [legend.get_text(strip=True) for legend in drawn.select("legend")] == ["Row 1", "Row 2"]


class Days(forms.Form):
    on = forms.DateField()
    at = forms.DateTimeField()
    closes = forms.TimeField()


def test_days_and_times_are_picked_with_the_browsers_own_fields():
    known = {"on": date(2027, 3, 1), "at": datetime(2027, 3, 1, 9, 30, tzinfo=UTC), "closes": time(17, 5)}

    fields = BeautifulSoup(str(Days(initial=known)), "html.parser").select("input")

    assert [(field["type"], field["value"]) for field in fields] == [
        ("date", "2027-03-01"), ("datetime-local", "2027-03-01T09:30"), ("time", "17:05"),
    ]  # fmt: skip
    assert ["govuk-input--width-" in " ".join(field["class"]) for field in fields] == [True] * 3


class Short(forms.Form):
    reason = forms.CharField(max_length=10, widget=forms.Textarea)
    name = forms.CharField(max_length=10)


def test_what_is_too_long_is_never_cut_by_the_browser_but_told_and_given_back():
    form = Short({"reason": "eleven long", "name": "short"})
    drawn = BeautifulSoup(str(form), "html.parser")

    assert [field.get("maxlength") for field in drawn.select("textarea, input")] == [None, None]
    assert form.errors == {"reason": ["This has 11 characters; at most 10 are kept."]}
    assert drawn.textarea.get_text(strip=True) == "eleven long"
