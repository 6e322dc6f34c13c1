"""Check, submit, receipt, withdraw."""

import json
import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.whole_numbers import whole
from audit import clock
from audit.transitions import NotPermitted, Refused
from challenges.differences import Line
from challenges.models import Amendment
from challenges.queries import lines_of, names_of
from suppliers import actions, queries, rules
from suppliers.actions import Incomplete, KeyReused
from suppliers.completeness import TERMS, Missing
from suppliers.forms import SubmitForm
from suppliers.models import Submission, SubmissionState
from suppliers.states import closed_sentence
from suppliers.status import can_leave, has_newer_draft, status
from suppliers.views.lookup import actor, own_submission
from suppliers.views.task_list import linked, warnings


@login_required
@require_safe
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything that is missing, and the way to submit once nothing is."""
    own = own_submission(request, public_id)
    draft = queries.read_draft(own, request.user)
    asked = queries.questionnaire(own.challenge)
    first = SubmitForm(initial={"version": draft.version})
    more = {"warnings": warnings(own, draft, asked)}
    return _check_page(request, own, first, queries.missing(own, draft, clock.now(), asked), more)


@login_required
@require_POST
def submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Submit. A repeat of the same POST leads to the same receipt; a late one is refused, and the draft kept."""
    own = own_submission(request, public_id)
    form = SubmitForm(request.POST)
    key = request.POST.get("request_key", "")[:80]
    accepts = form.is_valid() and form.cleaned_data["accepts_terms"]
    try:
        actions.submit(
            submission=own, actor=actor(request), at=clock.now(), accepts_terms=accepts, version=form.seen_version(),
            request_key=key,
        )  # fmt: skip
    except Incomplete as refused:
        return _check_page(request, own, form, refused.missing, code=422)
    except KeyReused as refused:
        return _check_page(request, own, form, [], {"sentences": refused.sentences}, code=422)
    except Refused as refused:
        return _refused(request, own, form, refused)
    return redirect("submission_receipt", own.public_id)


@login_required
@require_safe
def receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was received, when, and how to prove it."""
    own = own_submission(request, public_id)
    if own.receipt is None:
        raise Http404
    at = clock.now()
    page = {
        "submission": own, "challenge": own.challenge, "receipt": own.receipt, "now": at,
        "status": status(own, own.challenge, at), "has_newer_draft": has_newer_draft(own),
        "may_withdraw": _may_withdraw(request, own) and closed_sentence(own.challenge, at) is None,
        "earlier": own.earlier_versions.defer("content_box", "price_box"), "to_confirm": queries.to_confirm(own),
        "may_leave": can_leave(own, own.challenge) and rules.may_submit(request.user, own),
    }  # fmt: skip
    return render(request, "suppliers/receipt.html", page)


@login_required
@require_safe
def receipt_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The receipt as a file."""
    own = own_submission(request, public_id)
    if own.receipt is None:
        raise Http404
    return _download(json.dumps(own.receipt, indent=2, sort_keys=True).encode() + b"\n", "receipt.json")


@login_required
@require_safe
def content_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was submitted, exactly as the receipt's fingerprint covers it."""
    own = own_submission(request, public_id)
    content = queries.read_submitted(own, request.user)
    if content is None:
        raise Http404
    return _download(content, "submission.json")


@login_required
@require_safe
def earlier_receipt(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """The receipt of a version that was replaced or taken back."""
    version = get_object_or_404(own_submission(request, public_id).earlier_versions, number=number)
    return _download(json.dumps(version.receipt, indent=2, sort_keys=True).encode() + b"\n", f"receipt-{number}.json")


@login_required
@require_http_methods(["GET", "POST"])
def reconfirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm a submission under a call that was amended; what happens without it is said first (C2)."""
    own = own_submission(request, public_id)
    waiting = queries.to_confirm(own)
    sentences: list[str] = []
    if request.method == "POST":
        try:
            number = whole(request.POST.get("amendment", ""))
            actions.reconfirm(submission=own, amendment=number, actor=actor(request), at=clock.now())
        except NotPermitted:
            raise
        except Refused as refused:
            sentences = refused.sentences
        else:
            messages.success(request, "Confirmed: your submission stands under the amended call.")
            return redirect("submission_receipt", own.public_id)
    page = {
        "submission": own, "challenge": own.challenge, "amendments": _with_lines(own, waiting), "sentences": sentences,
        "last": waiting[-1].number if waiting else 0, "may_confirm": rules.may_submit(request.user, own),
        "closed": closed_sentence(own.challenge, clock.now()), "now": clock.now(),
    }  # fmt: skip
    return render(request, "suppliers/reconfirm.html", page, status=409 if sentences else 200)


def _with_lines(own: Submission, waiting: list[Amendment]) -> list[tuple[Amendment, list[Line]]]:
    names = names_of(own.challenge) if waiting else None
    return [(each, lines_of(own.challenge, each, names)) for each in waiting]


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a submission back."""
    own = own_submission(request, public_id)
    if request.method == "POST":
        actions.withdraw(submission=own, actor=actor(request), at=clock.now())
        messages.success(request, "Your submission is withdrawn. The draft is kept, and you can submit again in time.")
        return redirect("submission", own.public_id)
    page = {
        "submission": own, "challenge": own.challenge, "may_withdraw": _may_withdraw(request, own),
        "closed": closed_sentence(own.challenge, clock.now()),
    }  # fmt: skip
    return render(request, "suppliers/withdraw.html", page)


def _may_withdraw(request: HttpRequest, own: Submission) -> bool:
    return own.state == SubmissionState.SUBMITTED and rules.may_submit(request.user, own)


def _refused(request: HttpRequest, own: Submission, form: SubmitForm, refused: Refused) -> HttpResponse:
    if not rules.may_submit(request.user, own):
        raise refused
    return _check_page(request, own, form, [], {"sentences": refused.sentences}, code=409)


def _check_page(
    request: HttpRequest, own: Submission, form: SubmitForm, missing: list[Missing],
    more: dict[str, Any] | None = None, code: int = 200,
) -> HttpResponse:  # fmt: skip
    at = clock.now()
    closed = closed_sentence(own.challenge, at)
    page = {
        "submission": own, "challenge": own.challenge, "form": form, "now": at,
        "missing": linked(own, missing),
        "sentences": [closed] if closed else [], "is_open": closed is None,
        "is_whole": all(each == TERMS for each in missing),
        "may_submit": rules.may_submit(request.user, own), "request_key": uuid.uuid4().hex,
    }  # fmt: skip
    return render(request, "suppliers/check.html", page | (more or {}), status=code)


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
