"""Everything that is wrong with a registration, each at its field."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from challenges.models import Design, Direction
from pilots.models import Arm
from pilots.plans.designs import COMPARED, STRENGTH, relative
from pilots.plans.registration import ALPHA_CEILING, COMPLETENESS_FLOOR, Context, Problem, Registration
from pilots.rules import may_be_decider
from pilots.statistics.sharing import SHARINGS

Check = tuple[bool, str, str]
MOST_DAYS = 3650
MOST_EARLIER = 2


def problems(registration: Registration, context: Context, today: date) -> list[Problem]:
    """Everything that is wrong with it, not only the first thing; empty when it can be registered."""
    checks = (
        *_date_checks(registration, today),
        *_measure_checks(registration, context),
        *_gate_checks(registration),
        *_chance_checks(registration),
        *_design_checks(registration, context),
        *_keeping_checks(registration, context),
    )
    return [Problem(name, sentence) for is_right, name, sentence in checks if not is_right]


def plain(number: Decimal | None) -> str | None:
    """An exact number as text, without an exponent."""
    return None if number is None else f"{number.normalize():f}"


def _date_checks(given: Registration, today: date) -> Iterable[Check]:
    yield (
        given.starts_on > today,
        "starts_on",
        "The pilot has to start after today: measures are registered beforehand.",
    )
    yield (
        given.baseline_starts_on < given.starts_on,
        "baseline_starts_on",
        "The baseline has to begin before the pilot starts.",
    )
    yield given.starts_on <= given.ends_on, "ends_on", "The pilot cannot end before it starts."
    yield given.ends_on < given.analysis_on, "analysis_on", "The analysis comes after the last day of the pilot."
    is_within = all(given.starts_on < day <= given.ends_on for day in given.earlier_looks)
    yield is_within, "earlier_looks", "An earlier analysis date lies after the start, and not after the last day."
    is_few = len(set(given.earlier_looks)) == len(given.earlier_looks) <= MOST_EARLIER
    yield is_few, "earlier_looks", f"Name at most {MOST_EARLIER} earlier analysis dates, each once."
    yield given.analysis_on <= given.decision_on, "decision_on", "The decision cannot come before the analysis."


def _gate_checks(given: Registration) -> Iterable[Check]:
    floor = given.completeness_floor
    yield (
        COMPLETENESS_FLOOR <= floor <= 1,
        "completeness_floor",
        f"At least {plain(100 * COMPLETENESS_FLOOR)}% of the readings have to arrive, and at most all of them.",
    )


def _measure_checks(given: Registration, context: Context) -> Iterable[Check]:
    outcome = context.outcome
    least, harm, unit = outcome.minimum_worthwhile_effect, outcome.harm_limit, outcome.unit
    yield (
        given.minimum_worthwhile_effect >= least,
        "minimum_worthwhile_effect",
        f"The published minimum is {plain(least)} {unit}: a plan may ask for more, never less.",
    )
    yield (
        0 <= given.harm_limit <= harm,
        "harm_limit",
        f"The harm limit published is {plain(harm)} {unit}: a plan may be stricter, never looser.",
    )
    yield 0 < given.alpha <= ALPHA_CEILING, "alpha", "The error allowed (alpha) lies above 0 and is at most 0.05."
    yield (
        given.strength >= STRENGTH[Design(outcome.design)],
        "design",
        f"Published is “{outcome.get_design_display()}”: a plan may compare more strictly, never less.",
    )
    yield (
        given.lowest is None or given.highest is None or given.lowest < given.highest,
        "highest",
        "The highest possible value has to be above the lowest.",
    )
    yield (
        may_be_decider(given.decider, context.pilot.challenge.council_id),
        "decider",
        "The decision is made by a problem owner or procurement lead of the council.",
    )


def _chance_checks(given: Registration) -> Iterable[Check]:
    is_varied = given.design not in (Design.COUNTS, Design.BEFORE_AFTER)
    yield not is_varied or given.spread > 0, "spread", "How much the measure varies has to be above zero."
    yield 0 <= given.resemblance < 1, "resemblance", "How alike neighbouring periods are lies between 0 and 1."
    yield given.looks in (1, 2), "looks", "A pilot is looked at once, or twice where it is extended."
    yield given.sharing in SHARINGS, "sharing", "Dates share the error allowed equally, or late."
    yield given.transition_periods >= 0, "transition_periods", "The number of periods left out cannot be negative."


def _design_checks(given: Registration, context: Context) -> Iterable[Check]:
    arms = {site.arm for site in context.sites}
    is_compared = given.design not in COMPARED or arms == set(Arm.values)
    yield is_compared, "design", "This design compares: name comparison sites beside the pilot sites first."
    yield (
        not given.is_randomised or bool(given.assignment.strip()),
        "assignment",
        "Say how the draw was made, by whom and when: it is what makes the evidence strong.",
    )
    if given.design == Design.STAGGERED:
        yield from _start_checks(given, context)
    if given.design == Design.SYNTHETIC:
        is_one = len(context.of_arm(Arm.PILOT)) == 1
        yield is_one, "design", "A mix of other places stands beside one pilot site: name exactly one."
    if given.design == Design.COUNTS:
        yield from _count_checks(given, context)


def _start_checks(given: Registration, context: Context) -> Iterable[Check]:
    for site in context.of_arm(Arm.PILOT):
        day, name = given.starts.get(site.code), start_field(site.code)
        yield day is not None, name, f"Say when {site.name or site.code} begins."
        is_within = day is None or given.starts_on <= day <= given.ends_on
        yield is_within, name, f"{site.name or site.code} has to begin within the dates of the pilot."
    days = set(given.starts.values())
    begun = not days or all(max(days) < look for look in given.earlier_looks)
    yield begun, "earlier_looks", "The last site has begun before an earlier analysis date: else too few are judged."
    if days and min(days) >= given.starts_on:
        yield min(days) == given.starts_on, "starts_on", "The pilot starts on the day on which its first site begins."
    yield len(days) != 1, "design", "All sites begin on one day: register matched or random comparison instead."


def _count_checks(given: Registration, context: Context) -> Iterable[Check]:
    outcome, codes = context.outcome, {metric.code for metric in context.others}
    yield (
        outcome.baseline_value > 0,
        "design",
        "Counts are judged by their relative change, and the figure published for today is not above zero.",
    )
    yield (
        not given.exposure or given.exposure in codes,
        "exposure",
        "Choose a measure published with the call.",
    )
    yield given.events is not None and given.events > 0, "events", "Say how many events a usual period has."
    yield given.lowest is not None and given.lowest >= 0, "lowest", "Events are counted: no value lies below 0."
    is_possible = outcome.direction == Direction.INCREASE or not outcome.baseline_value or (
        relative(given.minimum_worthwhile_effect, Design.COUNTS, outcome) < 1
    )  # fmt: skip
    yield is_possible, "minimum_worthwhile_effect", "Events cannot become fewer by more than there are today."


def _keeping_checks(given: Registration, context: Context) -> Iterable[Check]:
    """Raw readings stay at least until the decision, so that whoever decides can look at them."""
    names = {metric.code: metric.name for metric in (context.primary, *context.others)}
    least = (given.decision_on - given.analysis_on).days
    for code, days in given.keep_days.items():
        words = f"Readings are kept at least until the decision ({least} days), and at most {MOST_DAYS:,} days."
        yield code in names and least <= days <= MOST_DAYS, keep_field(code), words
    is_known = set(given.residents) <= set(names)
    yield is_known, "residents", "Residents send readings of measures that were published with the call."


def keep_field(code: str) -> str:
    """The name of the field that asks for how long a measure's readings are kept."""
    return f"keep_{code}"


def start_field(code: str) -> str:
    """The name of the field that asks when a site begins."""
    return f"start_{code}"
