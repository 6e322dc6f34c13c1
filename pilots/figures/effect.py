"""The effect with its interval, beside what was asked for: the registered result, or provisional and marked so (P3)."""

from collections.abc import Mapping
from typing import Any

from pilots.charts import NARROW, EffectChart, Interval, draw_effect
from pilots.figures.sheets import Figure, rounded, safe

PROVISIONAL = "So far: provisional, not a result"


def effect(plan: Mapping[str, Any], result: Mapping[str, Any], *, is_result: bool) -> Figure | None:
    """The chart of a result document, or of a look between the dates; None where there is no interval."""
    span = result["improvement"]
    if span["low"] is None or span["high"] is None:
        return None
    share = f"{result['confidence'] * 100:.4g}% range"
    times, unit = (100.0, "per cent") if result["scale"] == "rate_ratio" else (1.0, plan["metric"]["unit"])
    asked, harm = (float(plan[name]) * times for name in ("minimum_worthwhile_effect", "harm_limit"))
    low, middle, high = (times * span[name] for name in ("low", "estimate", "high"))
    name = f"Registered result, {share}" if is_result else f"{PROVISIONAL}; {share}"
    words = f"{name}: between {low:.3g} and {high:.3g} {unit}, best estimate {middle:.3g}; asked for: {asked:.3g}."
    chart = EffectChart(
        "effect", "The effect", words, unit, asked, harm, [Interval(name, low, middle, high, is_result)]
    )  # fmt: skip
    return Figure(
        id="effect",
        title="The effect, and what was asked for",
        svg=safe(draw_effect(chart)),
        narrow=safe(draw_effect(chart, NARROW)),
        caption=f"Plus is better. The line is the {share}: the true effect may lie anywhere in it. "
        f"Worth paying for: {asked:.4g} {unit} or more. Harm: worse by more than {harm:.4g}.",
        head=["Measure", "Role", "Low end", "Best estimate", "High end", "Unit"],
        rows=[
            [plan["metric"]["name"], "Decides", *map(rounded, (low, middle, high)), unit],
            *_others(plan, result),
        ],
    )


def _others(plan: Mapping[str, Any], result: Mapping[str, Any]) -> list[list[Any]]:
    """Guardrails and secondaries, as far as a registered result has them."""
    units = {each["name"]: each["unit"] for each in [*plan.get("guardrails", []), *plan.get("secondaries", [])]}
    limits = [
        [each["name"], "Must not get worse", rounded(each["low"]), None, rounded(each["high"]), units.get(each["name"])]
        for each in result.get("guardrails", [])
    ]
    others = [
        [each["name"], "Described only", *(rounded(each["improvement"][end]) for end in ("low", "estimate", "high")),
         each["unit"]]
        for each in result.get("secondaries", [])
    ]  # fmt: skip
    return limits + others
