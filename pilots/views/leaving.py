"""A supplier withdraws from a procedure whose submissions are unsealed."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted, Refused, objections
from pilots import actions
from pilots.forms import LeaveForm
from suppliers.models import Submission, SubmissionState
from suppliers.rules import may_submit
from suppliers.views.lookup import own_submission


@login_required
@require_http_methods(["GET", "POST"])
def submission_leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What follows from withdrawing now, and the one button that does it."""
    own = own_submission(request, public_id)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions.leave_procedure(submission=own, actor=person(request), at=clock.now(), reason=reason)
        except NotPermitted:
            raise
        except Refused as refused:
            return _page(request, own, form, refused.sentences, status=409)
        messages.success(request, "Withdrawn. The council goes on without your submission.")
        return redirect("submission_receipt", own.public_id)
    return _page(request, own, form, [], status=422 if request.method == "POST" else 200)


def _page(request: HttpRequest, own: Submission, form: LeaveForm, sentences: list[str], *, status: int) -> HttpResponse:
    is_chosen = own.state == SubmissionState.SELECTED
    context = {
        "submission": own, "challenge": own.challenge, "form": form, "sentences": sentences, "is_chosen": is_chosen,
        "why_not": objections(own, "leave_chosen" if is_chosen else "leave", at=clock.now()),
        "may_leave": may_submit(request.user, own),
    }  # fmt: skip
    return render(request, "suppliers/leave_procedure.html", context, status=status)
