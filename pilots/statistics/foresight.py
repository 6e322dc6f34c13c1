"""What a plan would say, in plain words, before anything is measured; and what would help where that is too little."""

from pilots.statistics.plan import COMPARED, Plan
from pilots.statistics.power import VerdictChances, minimum_detectable_effect, units_needed, verdict_chances
from pilots.statistics.rates import MINIMUM_MEAN_COUNT
from pilots.statistics.sentences import design_words, size_words
from pilots.statistics.simulation import Assumptions, longer, needed_periods
from pilots.statistics.staggered import MINIMUM_TREATED, MINIMUM_UNITS, MINIMUM_UNTREATED
from pilots.statistics.synthetic import places_needed
from pilots.statistics.welch import MINIMUM_UNITS as UNITS_OF_AN_ARM

CANNOT = "This design gives no interval, so whatever happens its verdict will be inconclusive."
LENGTHS = (2, 3, 4)


def registration_words(plan: Plan, assumptions: Assumptions) -> tuple[str, ...]:
    """The power section of a registration, one sentence each: what the design can show, and how often it would."""
    words = [_design(plan)]
    detectable = minimum_detectable_effect(plan, assumptions)
    if detectable is None:
        return (*words, CANNOT + _remedy(plan))
    size = size_words(plan, detectable)
    words.append(
        f"It would notice an improvement of {size} or more four times in five ({_counted(plan, assumptions)})."
    )
    if plan.looks > 1:
        words.append(_shared(plan))
    words += [_case(chances, plan) for chances in verdict_chances(plan, assumptions)]
    if assumptions.expected is None:
        words.append("No expected improvement is given, so its chances are not shown.")
    warning = registration_warning(plan, assumptions)
    return (*words, *([warning] if warning else []), *_cautions(plan))


def registration_warning(plan: Plan, assumptions: Assumptions) -> str | None:
    """The sentence shown at registration when the design cannot show what the council cares about, else None."""
    detectable = minimum_detectable_effect(plan, assumptions)
    if detectable is None:
        return CANNOT + _remedy(plan)
    if detectable <= plan.minimum_worthwhile_effect:
        return None
    start = "With this many sites and periods the pilot could not reliably detect the improvement you care about"
    asked = size_words(plan, plan.minimum_worthwhile_effect)
    middle = f": it would notice {size_words(plan, detectable)} or more, and you asked for {asked}."
    return start + middle + _advice(plan, assumptions)


def _design(plan: Plan) -> str:
    words = design_words(plan)
    if plan.design_level >= 3:
        return f"{words[0].upper()}{words[1:]}: a design that can show that the pilot caused a change."
    best = "extend" if plan.design != "before_after" else "inconclusive"
    return (
        f"{words[0].upper()}{words[1:]}: a design that cannot show that the pilot caused a change. "
        f"The best verdict it can reach is “{best}”, never “scale”."
    )


def _counted(plan: Plan, assumptions: Assumptions) -> str:
    if plan.design not in COMPARED:
        return "one series"
    return f"{assumptions.units_pilot} pilot beside {assumptions.units_comparison} comparison sites"


def _shared(plan: Plan) -> str:
    each = f"{(1 - plan.alpha_per_look) * 100:.4g}%"
    if plan.sharing == "equal":
        return f"{plan.looks} registered looks share the error allowed: each gives a {each} range, and these chances."
    looks = f"{plan.looks} registered looks share the error allowed, the earlier ones little of it"
    return f"{looks}: the one on the last date that is named gives a {each} range, and these chances."


def _case(chances: VerdictChances, plan: Plan) -> str:
    if chances.case == "zero":
        return (
            "If the pilot changed nothing at all, a wrong verdict would come out: “scale” "
            f"{_times(chances.scale)}, “stop” for harm {_times(chances.stop_for_harm)}."
        )
    effect = size_words(plan, chances.true_effect)
    start = f"If it improved things by {effect}, "
    start += "just what you ask for" if chances.case == "worthwhile" else "as is expected"
    good = "scale" if plan.design_level >= 3 else "extend"
    share = chances.scale if good == "scale" else chances.extend
    return f"{start}, the verdict would be “{good}” {_times(share)} and “inconclusive” {_times(chances.inconclusive)}."


def _times(share: float) -> str:
    number = round(100 * share)
    if number == 0:
        return "hardly ever" if share > 0 else "never"
    return f"{number} time{'' if number == 1 else 's'} in 100"


def _remedy(plan: Plan) -> str:
    if plan.design == "comparison":
        return f" It needs at least {UNITS_OF_AN_ARM} units in each group."
    if plan.design == "before_after":
        return " A comparison group would change that."
    if plan.design == "staggered":
        kinds = f"{MINIMUM_TREATED} that begin and {MINIMUM_UNTREATED} that never do"
        return f" It needs at least {MINIMUM_UNITS} units, among them {kinds}."
    before, after = needed_periods(plan)
    periods = f" It needs at least {before} periods before the start and {after} after"
    also = {
        "synthetic_control": f", and {places_needed(plan)} other places",
        "counts": f", and {MINIMUM_MEAN_COUNT} events in a usual period: more sites, or longer periods",
    }
    return f"{periods}{also.get(plan.design, '')}."


def _advice(plan: Plan, assumptions: Assumptions) -> str:
    if plan.design == "comparison":
        needed = units_needed(plan, assumptions.sd)
        return (
            f" It would need about {needed} sites in each group." if needed else " No realistic number of sites would."
        )
    if plan.design == "staggered":
        return _more_units(plan, assumptions)
    enough = next((times for times in LENGTHS if _shows(longer(plan, times), assumptions)), None)
    if enough:
        return f" A baseline and a pilot about {enough} times as long would do{_beside(plan)}."
    return f" Even {LENGTHS[-1]} times the length would not do{_instead(plan)}."


def _more_units(plan: Plan, assumptions: Assumptions) -> str:
    for times in LENGTHS:
        more = Assumptions(
            assumptions.sd, times * assumptions.units_pilot, times * assumptions.units_comparison, assumptions.rho
        )
        if _shows(plan, more):
            return f" It would need about {times} times as many sites."
    return f" Even {LENGTHS[-1]} times as many sites would not do."


def _shows(plan: Plan, assumptions: Assumptions) -> bool:
    detectable = minimum_detectable_effect(plan, assumptions)
    return detectable is not None and detectable <= plan.minimum_worthwhile_effect


def _beside(plan: Plan) -> str:
    return "" if plan.design in COMPARED else "; comparison sites would help, too, and could show cause"


def _instead(plan: Plan) -> str:
    return "; use several pilot sites" if plan.design in COMPARED else "; use comparison sites"


def _cautions(plan: Plan) -> list[str]:
    if plan.design == "synthetic_control":
        return [
            "The pilot's place must not be chosen because it did worst in the baseline: it would recover by itself."
        ]
    if plan.design in COMPARED:
        return [
            "Pilot sites must not be chosen because they did worst in the baseline: they would recover by themselves.",
            "Sites that share weather, works or staff count as one: name the area as the site then.",
        ]
    return ["Whatever else happens at the start would look like the pilot; a season needs its own terms in the plan."]
