"""How the measure went: the arms in one chart, each site in a small one."""

from pilots.charts import (
    NARROW,
    Line,
    SeriesChart,
    SmallMultiples,
    axis_words,
    describe,
    draw_series,
    draw_small_multiples,
    mean,
    scale_words,
)
from pilots.figures.sheets import ARM_NAMES, ARM_OF_ONE, Figure, PlannedPlace, Sheet, rounded, safe, words_of

MOST_PANELS = 60


def changes(sheet: Sheet) -> Figure:
    """The mean of each arm from period to period, with the baseline and the start."""
    arms = [arm for arm in ARM_NAMES if arm == "pilot" or any(place.arm == arm for place in sheet.places)]
    lines = [Line(ARM_NAMES[arm], sheet.of_arm(arm), arm == "comparison") for arm in arms]
    title, period = sheet.plan["metric"]["name"], sheet.plan["period"]
    words = describe(lines, sheet.start, sheet.unit)
    chart = SeriesChart("series", title, words, sheet.unit, sheet.labels, sheet.start, lines)
    return Figure(
        id="series",
        title=title,
        svg=safe(draw_series(chart)),
        narrow=safe(draw_series(chart, NARROW)),
        caption=f"Mean of the sites in each {period}, in {sheet.unit}. "
        f"The pilot starts on {words_of(sheet.whole.start)}. {axis_words(lines)}".rstrip(),
        head=[f"{period.capitalize()} from", "Part", *[line.name for line in lines]],
        rows=[
            [label, _part(sheet, place), *[rounded(line.values[place]) for line in lines]]
            for place, label in enumerate(sheet.labels)
        ],
    )


def sites(sheet: Sheet) -> Figure:
    """Each site on its own, so that nobody has to trust a mean."""
    shown = sheet.places[:MOST_PANELS]
    panels = [Line(place.name or place.code, _points(sheet, place), place.arm == "comparison") for place in shown]
    chart = SmallMultiples("sites", "Each site", _words(sheet), len(sheet.spans), sheet.spans_before, panels)
    more = len(sheet.places) - len(shown)
    notes = [f"{more} more sites are in the table alone."] if more > 0 else []
    return Figure(
        id="sites",
        title="Each site on its own",
        svg=safe(draw_small_multiples(chart)),
        narrow=safe(draw_small_multiples(chart, NARROW)),
        caption=f"{scale_words(chart, sheet.unit)} A point is the mean of {sheet.span_words}. "
        "Whole lines: pilot sites. Dashed: comparison sites.",
        head=["Site", "Part", "Mean before the start", "Mean since", "Change"],
        rows=[_row(sheet, place) for place in sheet.places],
        notes=notes,
    )


def _points(sheet: Sheet, place: PlannedPlace) -> list[float | None]:
    """A value for each span: a panel has no room for every day of a year."""
    values = sheet.of_site(place.code)
    return [mean(values[span.start : span.stop]) for span in sheet.spans]


def _row(sheet: Sheet, place: PlannedPlace) -> list[object]:
    before, since = _means(sheet, place)
    change = None if before is None or since is None else since - before
    return [place.name or place.code, ARM_OF_ONE[place.arm], rounded(before), rounded(since), rounded(change)]


def _means(sheet: Sheet, place: PlannedPlace) -> tuple[float | None, float | None]:
    values = sheet.of_site(place.code)
    return mean(values[: sheet.start]), mean(values[sheet.start :])


def _words(sheet: Sheet) -> str:
    """The panels in words: how many sites went which way."""
    found = []
    for arm, name in ARM_NAMES.items():
        moved = [_means(sheet, place) for place in sheet.places if place.arm == arm]
        both = [(before, since) for before, since in moved if before is not None and since is not None]
        if both:
            higher = sum(since > before for before, since in both)
            found.append(f"{name}: higher than before the start at {higher} of {len(both)}.")
    return " ".join(found) or "No site has reported both before and after the start."


def _part(sheet: Sheet, place: int) -> str:
    return "Baseline" if place < sheet.start else "Pilot"
