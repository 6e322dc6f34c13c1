"""Lists of pilots: the public cards, everything public at a glance, and a person's own with what waits."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.whole_numbers import whole
from audit import clock
from pilots import ordering, portfolio, queries
from pilots.filters import PilotFilter
from pilots.models import Pilot, PilotQuerySet
from pilots.rules import local_day

CARDS, ROWS = 20, 60


@require_safe
def pilot_list(request: HttpRequest) -> HttpResponse:
    """Every registered pilot as a card, newest first."""
    chosen = PilotFilter(request.GET, queryset=Pilot.objects.public(), today=local_day(clock.now()))
    return render(request, "pilots/list.html", _page(request, chosen, CARDS, ordering.NEWEST))


@require_safe
def pilot_overview(request: HttpRequest) -> HttpResponse:
    """Every registered pilot as one row of a table: where it stands, what is late, what was measured and decided."""
    return _portfolio(request, Pilot.objects.public(), {"is_own": False})


@require_safe
@login_required
def pilots_of_mine(request: HttpRequest) -> HttpResponse:
    """The pilots of the person's councils and firms, planned ones too, with what waits for whom and since when."""
    return _portfolio(request, Pilot.objects.visible_to(request.user), {"is_own": True})


def _portfolio(request: HttpRequest, pilots: PilotQuerySet, context: dict[str, Any]) -> HttpResponse:
    at = clock.now()
    today = local_day(at)
    chosen = PilotFilter(request.GET, queryset=pilots, today=today, is_public=not context["is_own"], is_ordered=True)
    order = request.GET.get("order", "")
    order = order if order in ordering.KEYS else ordering.ATTENTION
    page = _page(request, chosen, ROWS, order)
    waited = queries.waited_by_pilot(page["pilots"], at) if context["is_own"] else None
    glances = portfolio.at_a_glance(page["pilots"], today, waited)
    if order != ordering.ATTENTION:
        glances.sort(key=lambda glance: page["pilots"].index(glance.pilot))
    context |= page | {"glances": glances, "counted": portfolio.counted(chosen.qs, today), "today": today}
    return render(request, "pilots/portfolio.html", context)


def _page(request: HttpRequest, chosen: PilotFilter, size: int, order: str) -> dict[str, Any]:
    """One page of the filtered pilots in an order; a page is the last pilot of the one before, not a number."""
    asked, before = request.GET.copy(), request.GET.get("before", "")
    asked.pop("before", None)
    pilots = ordering.in_order(portfolio.with_sites(queries.for_list(chosen.qs)), order, chosen.today)
    if last := whole(before):
        pilots = ordering.after(pilots, order, last, chosen.today)
    found = list(pilots[: size + 1])
    return {
        "filter": chosen,
        "pilots": found[:size],
        "older_url": _older(asked, found[size - 1].pk) if len(found) > size else "",
        "newer_url": f"?{asked.urlencode()}" if before else "",
        "is_narrowed": any(value for name, value in asked.items() if name != "order"),
        "asked": asked.urlencode(),
    }


def _older(asked: QueryDict, last: int) -> str:
    older = asked.copy()
    older["before"] = str(last)
    return f"?{older.urlencode()}"
