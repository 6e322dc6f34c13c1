"""The answer as others will read it: the panel, without name and price; the public, without confidential passages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempting import attempt, status_of
from audit import clock
from suppliers import actions, queries
from suppliers.confidentiality import redacted
from suppliers.drafts import Draft, answer_section, clause_section
from suppliers.forms import PassageForm
from suppliers.models import Submission
from suppliers.queries.preview import lost_passages, what_names
from suppliers.queries.preview import preview as preview_of
from suppliers.states import closed_sentence
from suppliers.views.lookup import actor, own_submission


@login_required
@require_safe
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The draft exactly as assessors will read it, and what in it names the supplier."""
    own = own_submission(request, public_id)
    draft = queries.read_draft(own, request.user)
    asked = queries.questionnaire(own.challenge)
    page = {
        "submission": own, "challenge": own.challenge, "shown": preview_of(draft, asked),
        "named": what_names(own.supplier, draft, asked),
    }  # fmt: skip
    return render(request, "suppliers/preview.html", page)


@login_required
@require_http_methods(["GET", "POST"])
def confidential(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The passages that stay out of anything published; marking another."""
    own = own_submission(request, public_id)
    draft = queries.read_draft(own, request.user)
    sections = _written(own, draft)
    form = PassageForm(request.POST or None, sections=list(sections.items()))
    about: dict[str, Any] = {"submission": own, "actor": actor(request), "at": clock.now()}
    if not attempt(form, lambda: actions.mark_confidential(**about, **form.cleaned_data)):
        return _page(request, own, draft, form)
    messages.success(request, "The passage is marked. It stays out of anything published.")
    return redirect("submission_confidential", own.public_id)


@login_required
@require_POST
def unmark(request: HttpRequest, public_id: UUID, passage_id: str) -> HttpResponse:
    """Take a mark away."""
    own = own_submission(request, public_id)
    actions.unmark_confidential(submission=own, passage_id=passage_id, actor=actor(request), at=clock.now())
    messages.success(request, "The mark is removed.")
    return redirect("submission_confidential", own.public_id)


def _page(request: HttpRequest, own: Submission, draft: Draft, form: PassageForm) -> HttpResponse:
    sections, lost = _written(own, draft), {each["id"] for each in lost_passages(draft)}
    rows = [
        each
        | {
            "where": sections.get(each["section"], each["section"]), "is_lost": each["id"] in lost,
            "remove_url": reverse("submission_unmark", args=[own.public_id, each["id"]]),
        }
        for each in draft.passages
    ]  # fmt: skip
    page = {
        "submission": own, "challenge": own.challenge, "rows": rows, "published": _published(draft, sections),
        "is_open": closed_sentence(own.challenge, clock.now()) is None, "form": form if sections else None,
    }  # fmt: skip
    return render(request, "suppliers/confidential.html", page, status=status_of(form))


def _written(own: Submission, draft: Draft) -> dict[str, str]:
    """The parts of the answer that say something, by section."""
    asked = queries.questionnaire(own.challenge)
    answers = {answer_section(row.code): row.name for row in asked.criteria}
    clauses = {clause_section(row.code): f"{row.code}: {row.title}" for row in asked.clauses}
    return {section: name for section, name in (answers | clauses).items() if draft.text_of(section).strip()}


def _published(draft: Draft, sections: dict[str, str]) -> list[dict[str, str]]:
    """The parts with a marked passage, as they would read in public."""
    marked: dict[str, list[str]] = {}
    for each in draft.passages:
        marked.setdefault(each["section"], []).append(each["passage"])
    return [
        {"where": sections[section], "text": redacted(draft.text_of(section), passages)}
        for section, passages in marked.items()
        if section in sections
    ]
