"""Writing an answer: the task list, and one page per criterion, per clause, for the price and for the files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import clock
from audit.transitions import Refused
from challenges.models import ClauseRequirement, Criterion, CriterionKind
from clauses.models import Due
from files.checks import ALLOWED_WORDS, FileRefused
from suppliers import actions, queries
from suppliers.actions import StaleDraft
from suppliers.attachments import MOST_FILES
from suppliers.completeness import count_words
from suppliers.drafts import PRICE, Draft, answer_section, clause_section
from suppliers.forms import NO, YES, AnswerForm, ClauseForm, FileForm, PriceForm, VersionedForm
from suppliers.models import Submission
from suppliers.states import closed_sentence
from suppliers.status import has_newer_draft, status
from suppliers.views.lookup import actor, own_submission
from suppliers.views.task_list import tasks

SAVED = "Saved. Only your organisation can read it."


@login_required
@require_safe
def submission(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The task list: what is missing, time left, last saved."""
    at = clock.now()
    own = own_submission(request, public_id)
    draft = queries.read_draft(own, request.user)
    asked = queries.questionnaire(own.challenge)
    gaps = asked.missing(draft)
    page = {
        "now": at, "gaps": gaps, "status": status(own, own.challenge, at), "tasks": tasks(own, draft, asked, gaps),
        "has_newer_draft": has_newer_draft(own), "is_open": closed_sentence(own.challenge, at) is None,
    }  # fmt: skip
    return _page(request, "submission", own, draft, page)


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """The answer to one criterion; a text over its limit is shown as too long, and kept."""
    own = own_submission(request, public_id)
    criterion = get_object_or_404(Criterion, challenge=own.challenge, code=code, kind=CriterionKind.QUALITY)
    section, draft = answer_section(code), queries.read_draft(own, request.user)
    first = {"text": draft.answer(code), "version": draft.section_version(section)}
    form = AnswerForm(request.POST or None, initial=first, criterion=criterion)
    page = {"form": form, "criterion": criterion, "words": count_words(str(form["text"].value() or ""))}
    if request.method == "GET":
        return _page(request, "answer", own, draft, page)
    refusal = _save(request, own, section, form.typed(), form)
    if "autosave" in request.POST:
        return _autosaved(own, section, refusal)
    return _after(request, own, page | {"template": "answer"}, refusal)


@login_required
@require_http_methods(["GET", "POST"])
def clause(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """The response to one clause that is due with the submission."""
    own = own_submission(request, public_id)
    requirement = get_object_or_404(ClauseRequirement, challenge=own.challenge, code=code, due=Due.BID)
    section, draft = clause_section(code), queries.read_draft(own, request.user)
    given = draft.clause(code)
    accepted = {True: YES, False: NO}.get(given["accepted"], "")
    first = given | {"accepted": accepted, "version": draft.section_version(section)}
    form = ClauseForm(request.POST or None, initial=first, requirement=requirement)
    page = {"form": form, "requirement": requirement, "sources": requirement.clause.sources}
    if not form.is_valid():
        return _page(request, "clause", own, draft, page)
    return _after(request, own, page | {"template": "clause"}, _save(request, own, section, form.value(), form))


@login_required
@require_http_methods(["GET", "POST"])
def price(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The two prices, sealed apart from everything else."""
    own = own_submission(request, public_id)
    draft = queries.read_draft(own, request.user)
    form = PriceForm(request.POST or None, initial=draft.price | {"version": draft.section_version(PRICE)})
    page: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return _page(request, "price", own, draft, page)
    return _after(request, own, page | {"template": "price"}, _save(request, own, PRICE, form.value(), form))


@login_required
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The attached files; a refused one says why."""
    own = own_submission(request, public_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    code = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            actions.attach_file(
                submission=own, name=upload.name, data=upload.read(), actor=actor(request), at=clock.now()
            )
        except FileRefused as refused:
            form.add_error("file", refused.sentences[0])
            code = refused.status
        else:
            messages.success(request, "The file is attached, and sealed with your answer.")
            return redirect("submission_files", own.public_id)
    draft = queries.read_draft(own, request.user)
    page = {"form": form, "files": _files(own, draft), "allowed": ALLOWED_WORDS, "most": MOST_FILES, "code": code}
    return _page(request, "files", own, draft, page)


@login_required
@require_POST
def remove_file(request: HttpRequest, public_id: UUID, file_id: UUID) -> HttpResponse:
    """Take a file out of the answer."""
    own = own_submission(request, public_id)
    actions.detach_file(submission=own, public_id=str(file_id), actor=actor(request), at=clock.now())
    messages.success(request, "The file is removed.")
    return redirect("submission_files", own.public_id)


def _save(request: HttpRequest, own: Submission, section: str, value: Any, form: VersionedForm) -> Refused | None:
    """Save a section; a refusal is returned, so that the page can keep what was typed."""
    try:
        actions.save_draft(
            submission=own, section=section, value=value, version=form.seen_version(), actor=actor(request),
            at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return refused
    return None


def _after(request: HttpRequest, own: Submission, page: dict[str, Any], refusal: Refused | None) -> HttpResponse:
    """Where a save leads: on to the task list; or back to the same page with the reason, and what was typed."""
    form = page["form"]
    if refusal is None and form.is_valid():
        messages.success(request, SAVED)
        return redirect("submission", own.public_id)
    draft = queries.read_draft(own, request.user)
    if isinstance(refusal, StaleDraft):
        form.data = form.data.copy()
        form.data["version"] = refusal.version
        page["theirs"] = refusal.theirs
    return _page(request, page["template"], own, draft, page | {"refusal": refusal, "code": 409 if refusal else 422})


def _autosaved(own: Submission, section: str, refusal: Refused | None) -> JsonResponse:
    """The short answer to a page that saves itself."""
    if refusal is not None:
        return JsonResponse({"refused": str(refusal)}, status=409)
    at = own.draft_saved_at
    return JsonResponse({"saved_at": at.isoformat() if at else "", "version": own.draft_version})


def _files(own: Submission, draft: Draft) -> list[dict[str, Any]]:
    return [
        {
            "name": each["name"], "size": each["size"], "url": reverse("file", args=[each["id"]]),
            "remove_url": reverse("submission_remove_file", args=[own.public_id, each["id"]]),
        }
        for each in draft.files
    ]  # fmt: skip


def _page(request: HttpRequest, name: str, own: Submission, draft: Draft, page: dict[str, Any]) -> HttpResponse:
    form = page.get("form")
    code = page.get("code") or (422 if form is not None and form.is_bound and not form.is_valid() else 200)
    shared = {"submission": own, "challenge": own.challenge, "draft": draft}
    return render(request, f"suppliers/{name}.html", shared | page, status=code)
