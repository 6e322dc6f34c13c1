"""Copies of an answer to keep, and earlier answers to use again: for the organisation's own people."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit import clock
from suppliers import actions, copies, queries
from suppliers.models import Submission
from suppliers.queries import reuse as earlier_answers
from suppliers.states import closed_sentence
from suppliers.views.lookup import actor, own_submission, section_url

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@login_required
@require_safe
def pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answer as a PDF."""
    return _file(copies.pdf(_copy(request, public_id)), "application/pdf", "answer.pdf")


@login_required
@require_safe
def word(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answer as a Word document."""
    return _file(copies.word(_copy(request, public_id)), WORD, "answer.docx")


@login_required
@require_http_methods(["GET", "POST"])
def reuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Earlier answers: their clause responses at once, or one text for one section."""
    own = own_submission(request, public_id)
    if request.method == "POST":
        mine = Submission.objects.visible_to(request.user).select_related("challenge__sealing_key")
        source = get_object_or_404(mine, public_id=_uuid(request.POST.get("source", "")))
        count = actions.reuse_clauses(submission=own, source=source, actor=actor(request), at=clock.now())
        messages.success(
            request, f"{count} clause response{'s' if count > 1 else ''} copied. Read them before you submit."
        )
        return redirect("submission", own.public_id)
    return render(request, "suppliers/reuse.html", _page(request, own, request.GET.get("section", "")))


def _page(request: HttpRequest, own: Submission, section: str) -> dict[str, Any]:
    draft, asked = queries.read_draft(own, request.user), queries.questionnaire(own.challenge)
    found = earlier_answers.earlier(own, request.user)
    texts = earlier_answers.texts_for(own, section, request.user) if section else []
    return {
        "submission": own, "challenge": own.challenge, "section": section,
        "back": section_url(own, section), "is_open": closed_sentence(own.challenge, clock.now()) is None,
        "rows": [(each.submission, len(each.clauses_for(draft, asked))) for each in found],
        "texts": [(text, f"{section_url(own, section)}?{_chosen(text)}") for text in texts],
    }  # fmt: skip


def _chosen(text: earlier_answers.EarlierText) -> str:
    return urlencode({"reuse": text.source, "of": text.section})


def _copy(request: HttpRequest, public_id: UUID) -> copies.Copy:
    own = own_submission(request, public_id)
    return copies.copy_of(own, queries.read_draft(own, request.user), queries.questionnaire(own.challenge))


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    """A file made for this one answer: kept by nobody on the way, and never run by a browser."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
