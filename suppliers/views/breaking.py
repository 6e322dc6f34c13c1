"""The break-glass for a sealed submission: ask, let a second person agree, read for an hour (S1)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.attempting import attempt, status_of
from accounts.rules import runs_the_site
from accounts.signed_in import confirmed_again
from audit import clock
from audit.transitions import NotPermitted
from suppliers import actions
from suppliers.forms.breaking import EmergencyForm
from suppliers.models import EmergencyReading, ReadingState
from suppliers.views.lookup import actor


@login_required
@require_http_methods(["GET", "POST"])
@confirmed_again
def emergencies(request: HttpRequest) -> HttpResponse:
    """Ask to read a sealed submission, and what was asked before."""
    _refuse_strangers(request)
    form, who = EmergencyForm(request.POST or None), actor(request)
    if attempt(form, lambda: actions.ask_to_read(actor=who, at=clock.now(), **form.cleaned_data)):
        messages.success(request, "Asked. Nothing is open yet: a second person must agree.")
        return redirect("emergency", pk=EmergencyReading.objects.filter(asked_by=who).latest("pk").pk)
    readings = EmergencyReading.objects.select_related("asked_by", "submission__challenge")[:50]
    context = {"form": form, "readings": readings}
    return render(request, "suppliers/emergencies.html", context, status=status_of(form))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@confirmed_again
def emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: the second person agrees; then the two read, and each look is on the record."""
    _refuse_strangers(request)
    rows = EmergencyReading.objects.select_related("asked_by", "agreed_by", "submission__challenge__sealing_key")
    found, at = get_object_or_404(rows, pk=pk), clock.now()
    words = None
    if request.method == "POST" and "look" in request.POST:
        words = actions.read_in_emergency(reading=found, actor=actor(request), at=at)
    elif request.method == "POST":
        actions.agree_to_read(reading=found, actor=actor(request), at=at)
        messages.success(request, "Opened for an hour, for the two of you. Supplier and council are being told.")
        return redirect("emergency", pk=pk)
    is_open = found.open_until is not None and at < found.open_until
    context = {
        "reading": found, "challenge": found.submission.challenge, "words": words, "is_open": is_open,
        "waits": found.state == ReadingState.ASKED, "is_mine": found.asked_by_id == actor(request).pk,
        "is_one_of_two": actor(request).pk in (found.asked_by_id, found.agreed_by_id),
    }  # fmt: skip
    return render(request, "suppliers/emergency.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what nobody agreed to."""
    _refuse_strangers(request)
    actions.withdraw_reading(reading=get_object_or_404(EmergencyReading, pk=pk), actor=actor(request), at=clock.now())
    messages.success(request, "Withdrawn. Nothing was opened.")
    return redirect("emergencies")


def _refuse_strangers(request: HttpRequest) -> None:
    if not runs_the_site(request.user):
        raise NotPermitted(actions.ONLY_RUNNERS)
