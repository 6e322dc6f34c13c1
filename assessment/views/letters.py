"""Letters: the supplier's own, those that go out with the decision, and the reasons of who was dropped before."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from assessment import actions, letters, queries, rules
from assessment.forms import ExplanationsForm
from assessment.models import Letter, Round, RoundState
from assessment.queries import Standing
from assessment.views.doors import chair, round_by, submission_named
from assessment.visibility import IDENTITY_FIELDS, visible_fields
from audit import clock
from audit.transitions import NotPermitted, Refused
from suppliers import copies
from suppliers.models import Submission
from suppliers.views.lookup import own_submission


@login_required
@require_safe
def submission_result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the supplier was told about its submission: its own letters, the newest first."""
    own = own_submission(request, public_id)
    context = {"submission": own, "challenge": own.challenge, "letters": _own_letters(own)[::-1]}
    return render(request, "assessment/submission_result.html", context)


@login_required
@require_safe
def submission_result_pdf(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """One of the supplier's letters as a PDF."""
    found = next((each for each in _own_letters(own_submission(request, public_id)) if each.kind == kind), None)
    if found is None:
        raise Http404
    return _pdf(found.copy, f"{found.kind}.pdf")


@login_required
@require_safe
def round_letters(request: HttpRequest, slug: str) -> HttpResponse:
    """Every letter of the round for its readers: as it would go out, or as it went out."""
    round_, standing = _for_reader(request, slug)
    rows = [each for each in standing.submissions if _may_read(standing, each)]
    gaps = list(letters.gaps_of(letters.facts_of(round_)))
    context = {
        "round": round_, "challenge": round_.challenge, "rows": rows, "gaps": gaps,
        "is_sent": round_.state == RoundState.DECIDED, "is_member": standing.member is not None,
        "may_explain": rules.may_moderate(person(request), round_) and round_.state in actions.BEFORE_LETTERS,
    }  # fmt: skip
    return render(request, "assessment/letters.html", context)


@login_required
@require_safe
def round_letter(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """One letter on a page."""
    round_, standing = _for_reader(request, slug)
    submission = _readable(standing, pseudonym)
    context = {"round": round_, "challenge": round_.challenge, "submission": submission}
    return render(request, "assessment/letter.html", context | _content(round_, submission))


@login_required
@require_safe
def round_letter_pdf(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """The same letter as a PDF."""
    round_, standing = _for_reader(request, slug)
    content = _content(round_, _readable(standing, pseudonym))["letter"]
    return _pdf(content, f"{slug.replace('/', '-')}-{pseudonym}.pdf")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def explanations(request: HttpRequest, slug: str) -> HttpResponse:
    """The chair writes the explanations that marks and grades lack; the marks stay (D3)."""
    standing = chair(request, slug)
    round_ = standing.round
    if round_.state not in actions.BEFORE_LETTERS:
        raise Refused("Explanations are written between the freeze and the decision.")
    gaps = [
        gap for gap in letters.gaps_of(letters.facts_of(round_)) if gap.submission.pk not in standing.viewer.recused
    ]
    form = ExplanationsForm(request.POST or None, gaps=gaps)
    if request.method == "POST" and form.is_valid():
        take = partial(actions.explain, round=round_, texts=form.texts(), actor=person(request), at=clock.now())
        if attempt(form, take):
            messages.success(request, "The explanations are kept.")
            return redirect("assess_explanations", slug=slug)
    context = {"round": round_, "challenge": round_.challenge, "form": form, "gaps": gaps}
    return render(request, "assessment/explanations.html", context)


@login_required
@require_POST
def tell_dropped(request: HttpRequest, slug: str) -> HttpResponse:
    """Send their reasons to everybody who was dropped and does not know it yet."""
    count = actions.tell_dropped(round=round_by(slug), actor=person(request), at=clock.now())
    messages.success(request, f"{count} supplier{'' if count == 1 else 's'} got the reasons.")
    return redirect("prices", slug=slug)


def _own_letters(own: Submission) -> list[Letter]:
    found = list(Letter.objects.filter(submission=own))
    if not found:
        raise Http404
    return found


def _content(round_: Round, submission: Submission) -> dict[str, Any]:
    """The letter that went out, or the one that would."""
    sent = Letter.objects.filter(round=round_, submission=submission).order_by("-issued_at").first()
    if sent is not None:
        return {"letter": sent.copy, "sent": sent}
    return {"letter": letters.letter_of(letters.facts_of(round_), submission, clock.now()), "sent": None}


def _for_reader(request: HttpRequest, slug: str) -> tuple[Round, Standing]:
    """The round and its reader, where the result is theirs to read; the wall is asked (A16)."""
    round_ = round_by(slug)
    standing = queries.standing_of(round_, person(request))
    if visible_fields(standing.viewer, standing.phase, None) >= IDENTITY_FIELDS:
        return round_, standing
    if standing.member is None and not rules.may_approve(person(request), round_):
        raise NotPermitted("Letters are open to the panel, to whoever decides and, after the decision, to the auditor.")
    raise Refused("The letters can be read once the result is there and you declared your interests.")


def _may_read(standing: Standing, submission: Submission) -> bool:
    return visible_fields(standing.viewer, standing.phase, submission.pk) >= IDENTITY_FIELDS


def _readable(standing: Standing, pseudonym: str) -> Submission:
    found = submission_named(standing, pseudonym)
    if not _may_read(standing, found):
        raise NotPermitted("You declared an interest in this submission, so its letter is not yours to read.")
    return found


def _pdf(content: copies.Copy, name: str) -> HttpResponse:
    response = HttpResponse(copies.pdf(content), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
