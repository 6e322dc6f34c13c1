"""Amending a published challenge: write it, see what follows from it, publish it. And what was amended."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import person
from accounts.whole_numbers import whole
from audit import clock
from audit.transitions import NotPermitted, Refused
from challenges import queries, rules
from challenges.forms import AmendmentForm
from challenges.models import Amendment, Challenge, Phase
from cms import actions
from cms.models import ChallengePage
from suppliers.queries import received

ONLY_LEAD = "Only the council's procurement lead, who does not own the challenge, can amend it."


@login_required
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, slug: str) -> HttpResponse:
    """Write an amendment, look at what follows from it, and publish it."""
    page = get_object_or_404(ChallengePage.objects.select_related("challenge__council"), challenge__slug=slug)
    challenge = page.challenge
    if not rules.may_amend_terms(request.user, challenge):
        raise NotPermitted(ONLY_LEAD)
    if challenge.phase(clock.now()) not in (Phase.UPCOMING, Phase.OPEN):
        return render(request, "challenges/amend.html", {"challenge": challenge, "is_shut": True}, status=409)
    form = AmendmentForm(request.POST or None, challenge=challenge, telling=actions.telling_of(page))
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        return _take(request, page, form)
    is_bad = request.method == "POST" and not form.is_valid() and "back" not in request.POST
    return _form(request, page, form, status=422 if is_bad else 200)


@require_safe
def amendments(request: HttpRequest, slug: str) -> HttpResponse:
    """Every amendment of a challenge: what it was, what it is now, why, and since when."""
    challenge = get_object_or_404(Challenge.objects.public().select_related("council"), slug=slug)
    rows = list(challenge.amendments.order_by("-number"))
    names = queries.names_of(challenge)
    context = {
        "challenge": challenge, "rows": [(row, queries.lines_of(challenge, row, names)) for row in rows],
        "published_hash": queries.hash_at_publication(challenge),
    }  # fmt: skip
    return render(request, "challenges/amendments.html", context)


def _take(request: HttpRequest, page: ChallengePage, form: AmendmentForm) -> HttpResponse:
    challenge = page.challenge
    proposal, who, at = form.proposal(), person(request), clock.now()
    try:
        if "publish" not in request.POST:
            rehearsed = Challenge.objects.get(pk=challenge.pk)
            found = actions.rehearse_amendment(challenge=rehearsed, proposal=proposal, actor=who, at=at)
            return _preview(request, challenge, form, found, rehearsed)
        reason, after = form.cleaned_data["reason"], whole(request.POST.get("after", ""), -1)
        made = actions.amend(challenge=challenge, proposal=proposal, actor=who, at=at, reason=reason, after=after)
    except NotPermitted:
        raise
    except Refused as refused:
        return _form(request, page, form, refused.sentences, status=409)
    messages.success(request, f"Amendment {made.number} is published, and everybody concerned is being told.")
    return redirect("challenge_amendments", slug=challenge.slug)


def _preview(
    request: HttpRequest, challenge: Challenge, form: AmendmentForm, found: Amendment, then: Challenge
) -> HttpResponse:
    context = {
        "challenge": challenge, "amendment": found, "then": then, "received": received(challenge),
        "lines": queries.lines_of(challenge, found, queries.names_of(challenge)), "kept": _kept(form),
        "reason": form.cleaned_data["reason"], "after": found.number - 1, "at": clock.now(),
        "questions_closed": then.questions_close_at is not None and then.questions_close_at <= clock.now(),
    }  # fmt: skip
    return render(request, "challenges/amend_preview.html", context)


def _kept(form: AmendmentForm) -> SafeString:
    """Everything that was typed, as hidden fields: the look before publishing loses nothing."""
    return mark_safe("".join(str(field.as_hidden()) for field in form))  # noqa: S308 - Django drew and escaped each


def _form(
    request: HttpRequest, page: ChallengePage, form: AmendmentForm, sentences: Any = (), *, status: int
) -> HttpResponse:
    context = {"challenge": page.challenge, "page": page, "form": form, "sentences": sentences, "at": clock.now()}
    return render(request, "challenges/amend.html", context, status=status)
