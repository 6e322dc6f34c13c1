"""Choosing who moves up to a place that a chosen supplier gave up."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.attempting import attempt
from assessment import actions, queries
from assessment.forms import MoveUpForm
from assessment.views.deciding import not_now, round_for_approver
from audit import clock


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Who gave a place up, who is next by the published rule, and the approver's reason."""
    round_, user = round_for_approver(request, slug)
    board = queries.result_board(queries.standing_of(round_, user))
    if board is None:
        return not_now(round_, user)
    waiting = {each.pk: each for each in queries.next_in_line(round_)}
    rows = [row for row in board.rows if row.submission_id in waiting]
    form = MoveUpForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        chosen, reason = waiting[form.chosen()], form.cleaned_data["reason"]
        given = {"round": round_, "submission": chosen, "reason": reason, "actor": user, "at": clock.now()}
        if attempt(form, lambda: actions.move_up(**given)):
            messages.success(request, "Chosen. The supplier, and everybody who was assessed, are being told.")
            return redirect("result", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "rows": rows, "form": form,
        "free": queries.place_given_up(round_) if board.decision else None,
    }  # fmt: skip
    return render(request, "assessment/move_up.html", context, status=409 if form.errors else 200)
