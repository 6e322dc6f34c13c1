"""The chair's findings on the clauses of one submission, with the evidence beside."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.attempting import attempt
from accounts.models import User
from accounts.signed_in import person
from assessment import actions, queries
from assessment.forms import FindingsForm
from assessment.models import RoundState
from assessment.queries import BlindSubmission, Standing
from assessment.views.doors import blind, chair, submission_named
from audit import clock
from challenges.models import ClauseRequirement
from suppliers.views.typed import keeps_what_is_typed, take


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
def clauses(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """What is asked, what was answered and what shows it, beside the published descriptors (A8)."""
    standing, user = chair(request, slug), person(request)
    round_, shown = standing.round, blind(standing, pseudonym)
    rows = queries.findings_of(round_, shown)
    typed = take(request) if request.method != "POST" else None
    form = FindingsForm(
        request.POST or ({key: values[-1] for key, values in typed.items()} if typed else None), rows=rows
    )
    if request.method == "POST" and _found(form, standing, user, shown):
        messages.success(request, f"The findings on {shown.pseudonym} are recorded.")
        return redirect("assess_moderation" if round_.state == RoundState.MODERATING else "assess_round", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "shown": shown, "form": form, "was_signed_out": bool(typed),
        "files": {file.name: file.reference for file in shown.attachments if file.is_checked},
        "is_open": round_.state in (RoundState.MARKING, RoundState.MODERATING),
    }  # fmt: skip
    return render(request, "assessment/clauses.html", context)


def _found(form: FindingsForm, standing: Standing, user: User, shown: BlindSubmission) -> bool:
    """Whether the findings are recorded; what was typed can be recorded upon what somebody else found meanwhile."""
    requirements = ClauseRequirement.objects.filter(challenge_id=standing.round.challenge_id).in_bulk()
    record = partial(actions.record_findings, round=standing.round, submission=submission_named(standing, shown.slug))
    is_recorded = attempt(
        form, lambda: record(findings=form.findings(requirements), actor=user, at=clock.now(), checks_seen=True)
    )
    if not is_recorded:
        form.show_again(queries.findings_of(standing.round, shown))
    return is_recorded
