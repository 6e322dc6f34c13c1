"""Is this for us? What a challenge asks, in two minutes and without an account; and why firms say no."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from audit import clock
from audit.transitions import Refused
from challenges.models import Challenge
from challenges.rules import is_open, takes_questions
from suppliers import actions, declarations, queries
from suppliers.forms import ReasonsForm
from suppliers.views.lookup import council_challenge, public_challenge

TOLD = "told"
DAYS_REMEMBERED = 60


@require_http_methods(["GET", "HEAD", "POST"])
def fit(request: HttpRequest, slug: str) -> HttpResponse:
    """What the challenge asks, how much work that is, and what is paid when; reasons for not answering are counted."""
    challenge = public_challenge(slug)
    if request.method != "POST":
        return _page(request, challenge, ReasonsForm())
    form = ReasonsForm(request.POST)
    if not form.is_valid():
        return _page(request, challenge, form, 422)
    try:
        _count(request, challenge, form)
    except Refused as refused:
        form.add_error("reasons", refused.sentences[0])
        return _page(request, challenge, form, 409)
    messages.success(request, "Thank you. Your reasons are counted; nothing about you was kept.")
    response = redirect("fit", slug)
    # The browser remembers that it told, for this page alone; the marketplace does not.
    response.set_signed_cookie(
        TOLD, str(challenge.public_id), max_age=DAYS_REMEMBERED * 86_400, path=reverse("fit", args=[slug]),
        httponly=True, samesite="Lax", secure=request.is_secure(),
    )  # fmt: skip
    return response


@login_required
@require_safe
def council_fit(request: HttpRequest, slug: str) -> HttpResponse:
    """Why suppliers do not answer, for the council's people: counts in steps of five."""
    challenge = council_challenge(request, slug)
    page = {"challenge": challenge, "told": queries.reasons_told(challenge), "now": clock.now()}
    return render(request, "suppliers/council_fit.html", page)


def _count(request: HttpRequest, challenge: Challenge, form: ReasonsForm) -> None:
    if _has_told(request, challenge):
        raise Refused("You told your reasons for this challenge before. They are counted.")
    actions.tell_reasons(challenge=challenge, reasons=form.cleaned_data["reasons"], at=clock.now())


def _has_told(request: HttpRequest, challenge: Challenge) -> bool:
    return request.get_signed_cookie(TOLD, "") == str(challenge.public_id)


def _page(request: HttpRequest, challenge: Challenge, form: ReasonsForm, code: int = 200) -> HttpResponse:
    at = clock.now()
    asked = queries.questionnaire(challenge)
    is_taking = is_open(challenge, at)
    page = {
        "challenge": challenge, "asked": asked, "later": queries.due_later(asked), "now": at,
        "effort": queries.effort_of(asked), "is_open": is_taking, "phase": challenge.phase(at),
        "asks_platform": declarations.REGISTRATION
        in declarations.needed(is_above_threshold=challenge.is_above_threshold),
        "takes_questions": takes_questions(challenge, at),
        "form": form if is_taking and (form.is_bound or not _has_told(request, challenge)) else None,
        "has_told": _has_told(request, challenge),
    }  # fmt: skip
    return render(request, "suppliers/fit.html", page, status=code)
