"""After the gates: what is said about a finished pilot, and opening the panel's round over finished pilots."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.attempting import attempt
from accounts.signed_in import person
from assessment import queries as assessing
from assessment import rules as assessing_rules
from assessment.models import RoundKind
from audit import clock
from audit.transitions import NotPermitted
from challenges.models import Challenge
from pilots import actions, handing, rules
from pilots.account_forms import AccountsForm
from pilots.views.desk import pilot_for

UNPROCESSABLE = 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pilot_accounts(request: HttpRequest, slug: str) -> HttpResponse:
    """What one side says on each criterion that the panel judges; each reads only its own."""
    pilot, actor = pilot_for(request, slug), person(request)
    side, criteria = rules.side_of(actor, pilot), actions.judged_on(pilot.challenge)
    if side is None:
        raise NotPermitted("Only the council's pilot manager and the supplier's own people write about a pilot.")
    if not criteria:
        raise Http404
    written = {row.criterion_id: row.text for row in pilot.accounts.filter(side=side)}
    form = AccountsForm(request.POST or None, criteria=criteria, written=written)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"pilot": pilot, "texts": form.texts(), "actor": actor, "at": clock.now()}
        if attempt(form, lambda: actions.write_accounts(**given)):
            messages.success(request, "What you wrote is kept. You can change it until the panel begins.")
            return redirect("pilot_workspace", slug=slug)
    context = {
        "pilot": pilot, "form": form, "side": side, "criteria": [(row, written.get(row.pk, "")) for row in criteria],
        "is_frozen": hasattr(pilot.submission, "pilot_evidence"), "is_time": pilot.state in actions.FINISHED,
    }  # fmt: skip
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "pilots/accounts.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def finished_pilots(request: HttpRequest, slug: str) -> HttpResponse:
    """Every finished pilot with what is missing, and the step that freezes the evidence and opens the round."""
    challenge, actor = get_object_or_404(Challenge.objects.select_related("council"), slug=slug), person(request)
    if not assessing_rules.may_set_up_panel(actor, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can open the assessment.")
    at = clock.now()
    if request.method == "POST":
        actions.hand_down_pilots(challenge=challenge, actor=actor, at=at)
        messages.success(request, "The evidence is frozen and the assessment is open: the panel declares first.")
        return redirect("finished_pilots", slug=slug)
    round_ = assessing.round_of(challenge, RoundKind.PILOTS)
    pilots = [(pilot, handing.why_not_proven(pilot)) for pilot in actions.finished_pilots(challenge)]
    context = {
        "challenge": challenge, "round": round_, "pilots": pilots, "criteria": actions.judged_on(challenge),
        "obstacles": [] if round_ else actions.in_the_way_of_handing_down(challenge, at),
        "proven": sum(not reason for _, reason in pilots),
        "may_decide": round_ is not None and assessing_rules.may_approve(actor, round_),
    }  # fmt: skip
    return render(request, "pilots/finished.html", context)
