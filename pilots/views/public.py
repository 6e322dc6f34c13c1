"""The public page of a pilot, which answers “did it work?”, and the data behind it."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from audit import clock
from files.cells import harmless
from pilots import queries
from pilots.evaluating import as_csv, document_of
from pilots.models import Pilot, PilotEvaluation, PilotState
from pilots.moves import where
from pilots.packages import data_package
from pilots.plans import canonical
from pilots.queries import residents
from pilots.queries.devices import moves_of
from pilots.queries.showing import ended, for_showing, keeping, last_look
from pilots.rules import local_day
from pilots.views.lately import Lately
from pilots.views.showing import shown

COLUMNS = ("site", "arm", "device", "metric", "unit", "taken_at", "value", "source", "version", "received_at")
_pages, _progress = Lately(16), Lately(500)
CORRECTION_COLUMNS = (*COLUMNS[:7], "version", "replaced_at", "reason")


@require_safe
def pilot_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One pilot: the answer, the chart, the interval, the decision date; then everything behind them."""
    asked = {name: request.GET.get(name, "") for name in ("beside", "tables")}
    if request.user.is_authenticated:
        context = _page(slug, asked, clock.now())
    else:
        last, now = queries.last_event(slug)
        context = _pages.get((slug, last, *asked.values()), lambda: _page(slug, asked, _instant(now)))
    return render(request, "pilots/page.html", context)


def forget() -> None:
    """Keep nothing of what the public was shown."""
    _pages.forget()
    _progress.forget()


def _instant(now: str) -> datetime:
    return clock.told(now) if now else clock.now()


def _page(slug: str, asked: Mapping[str, str], at: datetime) -> dict[str, Any]:
    pilot = get_object_or_404(for_showing(Pilot.objects.public()), slug=slug)
    context = shown(pilot, at, asked) | {
        "lead": "The supplier is named when the pilot starts."
        if pilot.state == PilotState.REGISTERED
        else f"Pilot with {pilot.supplier}",
        "ended": ended(pilot),
    }
    del context["days"]  # tens of thousands of rows, drawn already
    return context


@require_safe
def pilot_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """How far a pilot has come, as a piece of its page: an ETag of what it says, so that asking again costs little."""
    tag, words = _progress.get(slug, lambda: _how_far(slug))
    is_known = request.headers.get("If-None-Match") == tag
    response = HttpResponse(status=304) if is_known else HttpResponse(words)
    response["ETag"], response["Cache-Control"] = tag, "public, max-age=60"
    return response


def _how_far(slug: str) -> tuple[str, str]:
    pilot = _public(slug)
    readings, look = queries.number_of_readings(pilot), last_look(pilot)
    context = {"pilot": pilot, "readings": readings, "look": look}
    tag = f'"{pilot.state}-{readings}-{look.pk if look else 0}"'
    return tag, render_to_string("pilots/progress.html", context)


@require_safe
def pilot_clauses_public(request: HttpRequest, slug: str) -> HttpResponse:
    """Where each clause stands, and every time its verdict changed; what was found in detail stays with the parties."""
    pilot = _public(slug)
    changes = queries.verdict_changes(pilot)
    states = [(state, changes.get(state.requirement.pk, [])) for state in queries.clause_states(pilot)]
    return render(request, "pilots/clauses_public.html", {"pilot": pilot, "states": states})


@require_safe
def readings_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All readings of a pilot as open data."""
    pilot = _public(slug)
    response = StreamingHttpResponse(_lines(pilot), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pilot.slug}-readings.csv"'
    return response


@require_safe
def corrections_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """What corrected readings of a pilot said before, and why they were corrected, as open data."""
    pilot = _public(slug)
    response = StreamingHttpResponse(_correction_lines(pilot), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pilot.slug}-corrections.csv"'
    return response


@require_safe
def plan_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The registered plan, byte for byte what was hashed."""
    plan, _ = _look(request, _public(slug))
    return HttpResponse(canonical(plan), content_type="application/json")


@require_safe
def analysis_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """What the analysis reads (docs/formats/readings.md): as it stands, or as the registered result read it (P6)."""
    pilot = _public(slug)
    _, evaluation = _look(request, pilot)
    if evaluation and (stored := queries.analysed(evaluation)):
        text = stored.text
    else:
        text = as_csv(queries.analysis_readings(pilot, document_of(pilot)))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pilot.slug}-analysis.csv"'
    return response


@require_safe
def result_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The registered result (docs/formats/result.schema.json); there is none before the analysis date."""
    _, evaluation = _look(request, _public(slug))
    if evaluation is None:
        raise Http404("The registered result has not been computed yet.")
    text = json.dumps(evaluation.result, indent=2, ensure_ascii=False)
    return HttpResponse(text, content_type="application/json")


@require_safe
def package_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The data package: what there is to download about a pilot, and the schema of each table."""
    pilot = _public(slug)
    evaluation = queries.registered_evaluation(pilot)
    earlier = [each for each in queries.earlier_results(pilot) if each != evaluation]
    results = [local_day(each.due_at).isoformat() for each in earlier] + ([""] if evaluation else [])
    found = data_package(
        pilot, request.build_absolute_uri("/"), results=results,
        has_corrections=queries.corrections(pilot, evaluation).number > 0,
        has_residents=residents.shown(pilot).exists(),
        kept=" ".join(each.words for each in keeping(pilot, pilot.metrics.select_related("kept").order_by("pk"))),
    )  # fmt: skip
    return HttpResponse(json.dumps(found, indent=2, ensure_ascii=False), content_type="application/json")


def _look(request: HttpRequest, pilot: Pilot) -> tuple[dict[str, Any], PilotEvaluation | None]:
    """The plan and its result as they stand.

    With `?look=1` those of the first look at a pilot that was extended; with `?look=2026-06-01` the result of an
    earlier analysis date of the plan.
    """
    extension, look = getattr(pilot, "extension", None), request.GET.get("look", "")
    if extension is not None and look == "1":
        return extension.first_plan, extension.evaluation
    earlier = queries.earlier_results(pilot) if look else []
    if found := next((each for each in earlier if local_day(each.due_at).isoformat() == look), None):
        return pilot.plan or {}, found
    return pilot.plan or {}, queries.registered_evaluation(pilot)


class _Echo:
    def write(self, text: str) -> str:
        return text


def _lines(pilot: Pilot) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    moves = moves_of(pilot.pk)
    yield writer.writerow(COLUMNS)
    for site, arm, device, *others, taken_at, value, source, version, came in queries.readings_for_download(pilot):
        names = [*where(device, site, arm, local_day(taken_at), moves), device, *others]
        taken, received = (each.astimezone(UTC).isoformat() for each in (taken_at, came))
        yield writer.writerow([*map(harmless, names), taken, value, source, version, received])


def _correction_lines(pilot: Pilot) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield writer.writerow(CORRECTION_COLUMNS)
    for *names, taken_at, value, version, replaced_at, reason in queries.corrections_for_download(pilot):
        moments = taken_at.astimezone(UTC).isoformat(), value, version, replaced_at.astimezone(UTC).isoformat()
        yield writer.writerow([*map(harmless, names), *moments, harmless(reason)])


def _public(slug: str) -> Pilot:
    return get_object_or_404(queries.for_page(Pilot.objects.public()), slug=slug)
