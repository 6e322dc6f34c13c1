"""The terms that a council asks of everybody on its panels."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.attempting import attempt, status_of
from accounts.models import Council
from accounts.signed_in import person
from assessment import actions, queries, rules
from assessment.forms import CouncilTermsForm
from assessment.terms import HOUSE, parsed, written
from audit import clock
from audit.transitions import NotPermitted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def panel_terms(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version, and for a procurement lead the form that sets the next one."""
    council, user = get_object_or_404(Council, slug=slug), person(request)
    if not rules.may_read_terms(user, council):
        raise NotPermitted("Only the council's officers and its auditor can open this page.")
    now, may_set = queries.terms_now(council.pk), rules.may_set_terms(user, council)
    if request.method == "POST" and not may_set:
        raise NotPermitted("Only a procurement lead of the council sets the terms of its panels.")
    form = CouncilTermsForm(request.POST or None, initial={"text": written(now.parts)})
    text = request.POST.get("text", "")
    if request.method == "POST" and attempt(
        form, lambda: actions.set_panel_terms(council=council, text=text, actor=user, at=clock.now())
    ):
        messages.success(request, "The terms are set. Whoever joins a panel from now on accepts them.")
        return redirect("panel_terms", slug=slug)
    versions = [(row, parsed(row.text) if row.text else HOUSE.parts) for row in queries.versions_of(council.pk)]
    context = {
        "council": council, "now": now, "is_house": now == HOUSE, "versions": versions, "form": form,
        "may_set": may_set,
    }  # fmt: skip
    return render(request, "assessment/panel_terms.html", context, status=status_of(form))


@login_required
@require_POST
def panel_terms_house(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to the marketplace's own terms, as a new version."""
    council = get_object_or_404(Council, slug=slug)
    actions.set_panel_terms(council=council, text="", actor=person(request), at=clock.now())
    messages.success(request, "From now on the marketplace’s own terms are accepted.")
    return redirect("panel_terms", slug=slug)
