"""The form of a plan: it asks what the chosen design needs, and nothing else."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import User
from challenges.models import Design
from pilots.forms import day_field, words_field
from pilots.models import Arm, Metric, Site
from pilots.plans import (
    COMPARED,
    COMPLETENESS_FLOOR,
    IN_SERIES,
    Context,
    Longer,
    Registration,
    former,
    keep_field,
    plain,
    problems,
    start_field,
)

SPREAD = {
    Design.MATCHED: "By how much one site’s change differs from another’s (standard deviation).",
    Design.RANDOMISED: "By how much one site’s change differs from another’s (standard deviation).",
    Design.STAGGERED: "How far a site’s value usually lies from its own trend (standard deviation).",
    Design.SYNTHETIC: "How far a place’s value usually lies from its own trend (standard deviation).",
    Design.ONE_SERIES: "How far a period’s value usually lies from its trend (standard deviation).",
}
ALIKE = (Design.STAGGERED, Design.SYNTHETIC, *IN_SERIES)
ONLY_FOR = {
    "assignment": COMPARED,
    "is_random_order": (Design.STAGGERED,),
    "spread": tuple(SPREAD),
    "resemblance": ALIKE,
    "harmonics": IN_SERIES,
    "exposure": (Design.COUNTS,),
    "events": (Design.COUNTS,),
}
# The parts of the form, each by the field that it begins with.
PARTS = (
    ("How the sites were chosen", "assignment"),
    ("Dates, and who decides", "baseline_starts_on"),
    ("What counts", "minimum_worthwhile_effect"),
    ("What is known of the measure", "lowest"),
    ("How careful the verdict is", "completeness"),
    ("Residents, and how long readings are kept", "residents"),
)
EARLIER = ("earlier_1", "earlier_2")
# Where the form asks for something under another name than the plan's.
ASKED_AS = {"earlier_looks": "earlier_1", "completeness_floor": "completeness"}
ROUGHLY = "Not known? Take a quarter of the distance between the lowest and the highest that you would expect."
IN_THE_UNIT = ("minimum_worthwhile_effect", "harm_limit", "lowest", "highest", "spread", "expected_effect")
ASSIGNED = {
    Design.RANDOMISED: ("How the draw was made", "How, by whom and when. Published: it makes the evidence strong."),
    Design.STAGGERED: ("How it was decided which sites begin, and in which order", "Published with the plan."),
    Design.MATCHED: ("How the pilot sites were chosen, and those beside them", "Published with the plan."),
    Design.SYNTHETIC: ("How the pilot’s place was chosen", "Published with the plan."),
}
NOT_THE_WORST = "Sites chosen because they did worst in the baseline would recover by themselves."


class PlanForm(forms.Form):
    """The plan of one design; `registration` holds it once the form is valid."""

    design = forms.ChoiceField(choices=Design.choices, widget=forms.HiddenInput)
    assignment = words_field("How the sites were chosen", rows=3, required=False)
    is_random_order = forms.BooleanField(label="A draw decided the order, and who never begins", required=False)
    baseline_starts_on = day_field(
        "The baseline begins on", "Readings from here to the start show how things are without the pilot."
    )
    starts_on = day_field("The pilot starts on", "It has to be after today: measures are registered beforehand.")
    ends_on = day_field("The last day of the pilot")
    transition_periods = forms.IntegerField(
        label="Periods after the start that do not count", min_value=0, max_value=52, required=False,
        help_text="While things are being set up. Usually 0.",
    )  # fmt: skip
    analysis_on = day_field("The result is computed on", "On this day, with the readings that have arrived by then.")
    earlier_1 = day_field(
        "An earlier analysis date",
        "Usually none. A result of that day is published, too, and whoever decides may end the pilot where it says "
        "scale or stop. All dates share the error allowed, so every range gets wider.",
        required=False,
    )
    earlier_2 = day_field("A second earlier analysis date", required=False)
    decision_on = day_field("The decision is made by")
    decider = forms.ModelChoiceField(
        label="Who decides",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        help_text="Somebody else than you.",
    )
    minimum_worthwhile_effect = forms.DecimalField(label="Smallest improvement worth paying for", max_digits=14)
    harm_limit = forms.DecimalField(label="How much worse counts as harm", max_digits=14)
    lowest = forms.DecimalField(label="Lowest value that is possible", required=False)
    highest = forms.DecimalField(label="Highest value that is possible", required=False)
    exposure = forms.ChoiceField(label="What the events are counted against", required=False)
    harmonics = forms.TypedChoiceField(
        label="Does the measure follow the seasons?", coerce=int, required=False,
        choices=[(0, "No"), (1, "One wave a year"), (2, "Two waves a year")],
    )  # fmt: skip
    events = forms.DecimalField(
        label="Events in a usual period", required=False, min_value=0,
        help_text="At all pilot sites together. For the chances only.",
    )  # fmt: skip
    spread = forms.DecimalField(label="How much the measure varies")
    resemblance = forms.DecimalField(
        label="How alike neighbouring periods are", required=False, min_value=0, max_value=1,
        help_text="0: one week says nothing of the next. 0.4 is usual, 0.7 where things change slowly.",
    )  # fmt: skip
    expected_effect = forms.DecimalField(label="Improvement that the supplier expects", required=False)
    completeness = forms.IntegerField(
        label="Share of the readings that has to arrive, in per cent", required=False,
        help_text="75 at least. With fewer the result is inconclusive, whatever they say. It is so, too, where a group "
        "loses more than a fifth of its sites, completeness differs by more than 10 points between groups or before "
        "and after, more than 1% of readings are impossible, a sensor repeats one value over and over, or more than a "
        "fifth of a group’s devices drift, are recalled, calibrated or given other firmware meanwhile.",
    )  # fmt: skip
    alpha = forms.DecimalField(
        label="Error allowed (alpha)", required=False, help_text="At most 0.05: wrong about an effect 5 times in 100."
    )
    sharing = forms.ChoiceField(
        label="How several dates share it", required=False,
        choices=[("equal", "Equally"), ("late", "Little on an earlier date, nearly all on the last (O’Brien-Fleming)")],
        help_text="Matters only where there is more than one, an extension included.",
    )  # fmt: skip
    is_strict = forms.BooleanField(
        label="“Scale” only where even the low end of the range is worthwhile", required=False
    )
    may_be_extended = forms.BooleanField(
        label="It may be extended once", required=False,
        help_text="A second look at the data shares the error allowed with the first, so each range is a little wider. "
        "An extension that was not foreseen marks the result.",
    )  # fmt: skip

    residents = forms.MultipleChoiceField(
        label="What residents may measure, too", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Readings that anybody can send without a name, looked at by you before they are shown. They stand "
        "beside, and enter no analysis. With nothing chosen, none are taken.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, design: Design, context: Context, today: date, deciders: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chosen, self.context, self.today = design, context, today
        decider: Any = self.fields["decider"]
        decider.queryset = User.objects.filter(pk__in=[person.pk for person in deciders]).order_by("full_name", "pk")
        for name in [name for name, designs in ONLY_FOR.items() if design not in designs]:
            del self.fields[name]
        self._put_in_words(design)
        self._ask_of_measures()
        for heading, name in PARTS:
            if name in self.fields:
                setattr(self.fields[name], "heading", heading)  # noqa: B010 - the form's template reads it
        if design == Design.STAGGERED:
            self._ask_for_starts()
        if design == Design.COUNTS:
            others = [(metric.code, metric.name) for metric in context.others]
            exposure: Any = self.fields["exposure"]
            exposure.choices = [("", "Each reading counts the same stretch of time"), *others]

    def clean(self) -> dict[str, Any]:
        """Say everything that is wrong with the plan, each at its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            for problem in problems(self.registration, self.context, self.today):
                field = ASKED_AS.get(problem.field, problem.field)
                is_shown = field in self.fields and not self[field].is_hidden
                self.add_error(field if is_shown else None, problem.sentence)
        return cleaned

    @property
    def registration(self) -> Registration:
        """What was typed; what was left empty stays as it usually is."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        starts = {site.code: given.pop(start_field(site.code), None) for site in self._pilot_sites}
        looks = 2 if given.pop("may_be_extended") else 1
        keep = {metric.code: given.pop(keep_field(metric.code), None) for metric in self._measures}
        earlier = [given.pop(name) for name in EARLIER if name in given]
        floor = Decimal(given.pop("completeness", 100 * COMPLETENESS_FLOOR)) / 100
        return Registration(
            **given, looks=looks, earlier_looks=earlier, completeness_floor=floor,
            starts={code: day for code, day in starts.items() if day},
            keep_days={code: days for code, days in keep.items() if days is not None},
        )  # fmt: skip

    @property
    def _measures(self) -> list[Metric]:
        return [self.context.primary, *self.context.others]

    @property
    def _pilot_sites(self) -> list[Site]:
        return self.context.of_arm(Arm.PILOT)

    def _put_in_words(self, design: Design) -> None:
        for name in ("spread", "assignment"):
            if name in self.fields:
                label, words = ("", SPREAD[design]) if name == "spread" else ASSIGNED[design]
                self.fields[name].label = label or self.fields[name].label
                self.fields[name].help_text = f"{words} {ROUGHLY}" if name == "spread" else words
        if design in (Design.MATCHED, Design.SYNTHETIC, Design.STAGGERED):
            self.fields["assignment"].help_text += f" {NOT_THE_WORST}"
        if design in COMPARED:
            self.fields["assignment"].required = True
        unit = self.context.outcome.unit
        for name in IN_THE_UNIT:
            if name in self.fields:
                self.fields[name].help_text = f"{self.fields[name].help_text} In {unit}.".strip()
        if design == Design.COUNTS:
            today = plain(self.context.outcome.baseline_value)
            self.fields["minimum_worthwhile_effect"].help_text += f" Judged as a share of today’s {today}."

    def _ask_of_measures(self) -> None:
        """For how long the raw readings of each are kept, and which of them residents may measure."""
        residents: Any = self.fields["residents"]
        residents.choices = [(metric.code, f"{metric.name}, {metric.unit}") for metric in self._measures]
        for metric in self._measures:
            self.fields[keep_field(metric.code)] = forms.IntegerField(
                label=f"Days that raw readings are kept after the result: {metric.name}", required=False, min_value=0,
                help_text="Empty: for ever, as open data. Daily sums, the result and its file stay in any case.",
            )  # fmt: skip

    def _ask_for_starts(self) -> None:
        for site in self._pilot_sites:
            name = start_field(site.code)
            self.fields[name] = day_field(f"{site.name or site.code} begins on")
        ordered = list(self.fields)
        place = ordered.index("ends_on")
        starts = [name for name in ordered if name.startswith("start_")]
        self.order_fields([*[name for name in ordered[:place] if name not in starts], *starts])


class ExtendForm(forms.Form):
    """An extension; `longer` holds it once the form is valid."""

    ends_on = day_field("The new last day of the pilot")
    analysis_on = day_field("The second look is taken on", "Once, on this day, with all readings from the baseline on.")
    decision_on = day_field("The decision is made by")
    decider = forms.ModelChoiceField(
        label="Who decides", queryset=User.objects.none(), empty_label="Choose a person", help_text="Not you."
    )
    reason = words_field("Why you agree that it goes on", "Published with the plan. Name no person.")

    def __init__(self, *args: Any, deciders: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decider: Any = self.fields["decider"]
        decider.queryset = User.objects.filter(pk__in=[person.pk for person in deciders]).order_by("full_name", "pk")

    @property
    def longer(self) -> Longer:
        """The dates and the decider."""
        return Longer(**{name: value for name, value in self.cleaned_data.items() if name != "reason"})


def first_plan(context: Context, today: date, design: Design) -> dict[str, Any]:
    """What the form begins with: the published measure and the dates foreseen with the challenge."""
    challenge, outcome = context.pilot.challenge, context.outcome
    starts_on = max(challenge.pilot_starts_on or today, today + timedelta(days=21))
    ends_on = starts_on + timedelta(weeks=challenge.pilot_weeks or 13, days=-1)
    sites = context.of_arm(Arm.PILOT)
    step = (ends_on - starts_on) * 2 // (3 * max(1, len(sites) - 1))
    return {
        "design": design, "starts_on": starts_on, "ends_on": ends_on,
        "baseline_starts_on": starts_on - timedelta(weeks=26), "analysis_on": ends_on + timedelta(weeks=1),
        "decision_on": ends_on + timedelta(weeks=3), "harm_limit": plain(outcome.harm_limit),
        "minimum_worthwhile_effect": plain(outcome.minimum_worthwhile_effect), "transition_periods": 0,
        "resemblance": "0.4", "alpha": "0.05", "completeness": plain(100 * COMPLETENESS_FLOOR), "may_be_extended": True,
        "lowest": "0" if design == Design.COUNTS else None,
    } | {start_field(site.code): starts_on + number * step for number, site in enumerate(sites)}  # fmt: skip


def former_plan(context: Context) -> dict[str, Any]:
    """The same for a plan that is registered again: what the former one registered; empty before there is one."""
    found = former(context)
    if not found:
        return {}
    looks, starts, keep = found.pop("looks"), found.pop("starts"), found.pop("keep_days")
    found |= dict(zip(EARLIER, found.pop("earlier_looks"), strict=False))
    found["completeness"] = plain(100 * Decimal(found.pop("completeness_floor")))
    found |= {start_field(code): day for code, day in starts.items()}
    return found | {"may_be_extended": looks > 1} | {keep_field(code): days for code, days in keep.items()}
