"""Writing an answer: the task list, and the page of its files."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import clock
from files.checks import ALLOWED_WORDS, FileRefused
from files.models import FileState, StoredFile
from suppliers import actions, attachments, queries
from suppliers.attachments import MOST_FILES
from suppliers.drafts import Draft
from suppliers.forms import FileForm
from suppliers.models import Submission
from suppliers.states import closed_sentence
from suppliers.status import has_newer_draft, status
from suppliers.told import words_for
from suppliers.views.lookup import actor, own_submission
from suppliers.views.task_list import linked, tasks

WHY: dict[str, Callable[[StoredFile], str]] = {
    FileState.CLEAN: lambda stored: "",
    FileState.QUARANTINED: lambda stored: (
        f"{stored.waits_because or 'The virus scanner will look at it in a moment.'} You can submit all the same."
    ),
    FileState.REFUSED: lambda stored: (
        f"{stored.refusal}. Nobody can open it, and the panel will not get it. Remove it, and attach a clean one."
    ),
}


@login_required
@require_safe
def submission(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The task list: what is missing, time left, last saved."""
    at = clock.now()
    own = own_submission(request, public_id)
    draft = queries.read_draft(own, request.user)
    asked = queries.questionnaire(own.challenge)
    gaps = queries.missing(own, draft, at, asked)
    page = {
        "now": at, "gaps": linked(own, gaps), "status": status(own, own.challenge, at),
        "tasks": tasks(own, draft, asked, gaps),
        "to_confirm": queries.to_confirm(own), "amended": queries.amended_since_saved(own),
        "has_newer_draft": has_newer_draft(own),
        "is_open": closed_sentence(own.challenge, at) is None, "words": words_for(own, at),
    }  # fmt: skip
    return _page(request, "submission", own, draft, page)


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
    closed = closed_sentence(own.challenge, clock.now())
    page = {
        "form": form, "files": _files(own, draft, may_remove=closed is None), "allowed": ALLOWED_WORDS,
        "most": MOST_FILES, "code": code, "closed": closed,
    }  # fmt: skip
    return _page(request, "files", own, draft, page)


@login_required
@require_POST
def remove_file(request: HttpRequest, public_id: UUID, file_id: UUID) -> HttpResponse:
    """Take a file out of the answer."""
    own = own_submission(request, public_id)
    actions.detach_file(submission=own, public_id=str(file_id), actor=actor(request), at=clock.now())
    messages.success(request, "The file is removed.")
    return redirect("submission_files", own.public_id)


def _files(own: Submission, draft: Draft, *, may_remove: bool) -> list[dict[str, Any]]:
    stored = {str(each.public_id): each for each in attachments.of(own)}
    rows = [_file(own, each, stored[each["id"]]) for each in draft.files if each["id"] in stored]
    return rows if may_remove else [row | {"remove_url": ""} for row in rows]


def _file(own: Submission, entry: dict[str, Any], stored: StoredFile) -> dict[str, Any]:
    is_open = stored.state == FileState.CLEAN
    told = "; ".join(f"{what}: {text}" for what, text in entry.get("properties", {}).items())
    notes = [
        f"Its properties say {told}. The panel gets the file with them." if told else "",
        WHY[stored.state](stored),
    ]
    return {
        "name": entry["name"], "size": entry["size"], "url": reverse("file", args=[entry["id"]]) if is_open else "",
        "remove_url": reverse("submission_remove_file", args=[own.public_id, entry["id"]]),
        "state": "" if is_open else stored.state, "word": stored.get_state_display(),
        "note": " ".join(filter(None, notes)), "names": bool(told),
    }  # fmt: skip


def _page(request: HttpRequest, name: str, own: Submission, draft: Draft, page: dict[str, Any]) -> HttpResponse:
    form = page.get("form")
    code = page.get("code") or (422 if form is not None and form.is_bound and not form.is_valid() else 200)
    shared = {"submission": own, "challenge": own.challenge, "draft": draft}
    return render(request, f"suppliers/{name}.html", shared | page, status=code)
