"""The register of interests, what the public sees of it, and who could see what at an instant."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.signed_in import person
from assessment import archives, queries, rules
from assessment.forms import InstantForm
from assessment.models import Round, RoundState
from assessment.queries import RegisterRow, Table
from assessment.views.doors import round_by
from audit import clock
from audit.transitions import NotPermitted

HEAD = (
    "Person", "Role", "About", "Interest", "In their words", "Declared at", "Outcome", "Reason", "Decided by",
    "Decided at", "Last confirmed at",
)  # fmt: skip


@login_required
@require_safe
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Who declared what, and what was decided about it."""
    round_ = _for_reader(request, slug)
    rows = queries.register_of(round_)
    context = {
        "round": round_, "challenge": round_.challenge, "rows": rows, "undecided": queries.undecided(round_),
        "interests": [row for row in rows if row.interest == "Interest"],
    }  # fmt: skip
    return render(request, "assessment/register.html", context)


@login_required
@require_safe
def register_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The register as a table."""
    rows = queries.register_of(_for_reader(request, slug))
    table = Table("interests", "", HEAD, lambda: [_cells(row) for row in rows])
    response = StreamingHttpResponse(archives.csv_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-register-of-interests.csv"'
    return response


@login_required
@require_safe
def register_json(request: HttpRequest, slug: str) -> JsonResponse:
    """The register as data."""
    round_ = _for_reader(request, slug)
    rows = [asdict(row) for row in queries.register_of(round_)]
    response = JsonResponse({"challenge": slug, "round": round_.state, "declarations": rows})
    response["Content-Disposition"] = f'attachment; filename="{slug}-register-of-interests.json"'
    return response


@require_safe
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    """What the public may know of the interests of a decided round: counts by role, nobody's name."""
    round_ = _published(slug)
    context = {"round": round_, "challenge": round_.challenge, "published": queries.published_register(round_)}
    return render(request, "assessment/statement.html", context)


@require_safe
def statement_json(request: HttpRequest, slug: str) -> JsonResponse:
    """The same as data."""
    return JsonResponse(queries.published_register(_published(slug)))


@login_required
@require_safe
def who_could_see(request: HttpRequest, slug: str) -> HttpResponse:
    """Who could see what of the submissions and marks at an instant, from the record and the wall."""
    round_ = _for_reader(request, slug)
    form = InstantForm(request.GET or None)
    now = clock.now()
    asked: datetime | None = form.cleaned_data["at"] if form.is_bound and form.is_valid() else None
    at = min(asked or now, now)
    context = {
        "round": round_, "challenge": round_.challenge, "form": form, "sight": queries.sight_at(round_, at),
        "changes": queries.changes_of(round_, now),
    }  # fmt: skip
    return render(request, "assessment/who_could_see.html", context)


def _for_reader(request: HttpRequest, slug: str) -> Round:
    round_ = round_by(slug)
    if not rules.may_read_register(person(request), round_):
        raise NotPermitted("Only the council's officers and its auditor who are not on the panel can open this page.")
    return round_


def _published(slug: str) -> Round:
    round_ = round_by(slug)
    if round_.state != RoundState.DECIDED:
        raise Http404
    return round_


def _cells(row: RegisterRow) -> list[Any]:
    return [each.isoformat() if isinstance(each, datetime) else each for each in asdict(row).values()]
