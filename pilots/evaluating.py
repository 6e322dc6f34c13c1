"""What a due evaluation computes: indicators between the dates, the registered result on its date. Writes nothing."""

import csv
import io
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pilots import queries
from pilots.formats import (
    PlanDocument,
    Readings,
    at_look,
    evaluate_documents,
    monitored_document,
    read_plan,
    readings_lines,
)  # fmt: skip
from pilots.models import Pilot
from pilots.statistics import AnalysisTable, analysis_table, evaluate, individuals_chart
from pilots.statistics.charts import CAUTION
from pilots.statistics.drift import drifting
from pilots.statistics.segmented import pilot_series

ABOUT_DATA = ("completeness", "balance", "units_kept", "flatline", "out_of_range", "one_value_each", "one_arm_each")
NOT_A_RESULT = "Monitoring between analysis dates: not a result."


@dataclass(frozen=True)
class Computed:
    """What is stored of an evaluation; monitoring has no `verdict` (P3) and keeps no `readings`, its CSV."""

    verdict: str
    completeness: float
    result: dict[str, Any]
    snapshot: str
    readings: str = ""


def registered_result(pilot: Pilot, look: date | None = None) -> Computed:
    """The registered analysis of the whole data, by the code that anybody can repeat it with (P6).

    `look` is an earlier analysis date of the plan; the data then end on the day before.
    """
    document = document_of(pilot, look)
    readings = queries.analysis_readings(pilot, document)
    result = evaluate_documents(document, readings) | {"plan_sha256": pilot.plan_sha256}
    shares = result["completeness"]
    overall = sum(share["present"] for share in shares) / max(1, sum(share["expected"] for share in shares))
    return Computed(result["verdict"], overall, result, result["snapshot"], as_csv(readings))


def monitoring(pilot: Pilot, due_on: date) -> Computed:
    """Indicators up to the day before `due_on`: completeness, signals, a provisional interval. Never a verdict (P3)."""
    document = document_of(pilot)
    last = min(due_on - timedelta(days=1), document.plan.end)
    plan = replace(document.plan, end=last)
    readings = queries.primary_readings(pilot, replace(document, plan=plan))
    rows = readings.rows(document.code)
    found = evaluate(rows, plan, out_of_range_share=readings.out_of_range(document.code))
    table = analysis_table(rows, plan)
    result = monitored_document(found, plan) | {
        "note": NOT_A_RESULT,
        "until": last.isoformat(),
        "signals": _signals(table),
        "alarms": [gate.sentence for gate in found.gates if gate.name in ABOUT_DATA and not gate.passed],
        "drifting": sorted({device for _, device in drifting(table, plan) or []}),
        "caution": CAUTION,
        "plan_sha256": pilot.plan_sha256,
    }
    return Computed("", found.completeness.overall, result, found.snapshot)


def document_of(pilot: Pilot, look: date | None = None) -> PlanDocument:
    """The registered plan as the analysis reads it, cut to an earlier `look`, or to the one that a pilot ended on."""
    if pilot.plan is None:
        raise ValueError(f"{pilot} has no registered plan")
    document = read_plan(pilot.plan)
    day = look or pilot.analysis_on
    return at_look(document, day) if day in document.earlier_looks else document


def as_csv(readings: Readings) -> str:
    """The text of the file that docs/formats/readings.md describes."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(readings_lines(readings))
    return text.getvalue()


def _signals(table: AnalysisTable) -> list[dict[str, Any]]:
    series = pilot_series(table)
    before = series.times < 0
    chart = individuals_chart(series.values[before].tolist(), series.values[~before].tolist())
    after = series.times[~before]
    return [{"period": int(after[signal.index]), "kind": signal.kind} for signal in chart.signals] if chart else []
