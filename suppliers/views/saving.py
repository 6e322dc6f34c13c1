"""The short answers to a page that saves itself while it is written (static_src/autosave.js)."""

from datetime import datetime

from django.forms import Form
from django.http import JsonResponse

from audit.transitions import Refused


def saved_by_itself(at: datetime | None, version: int, form: Form) -> JsonResponse:
    """When it was saved, the version that the page writes upon next, and what is wrong with what was typed."""
    problems = [str(sentence) for errors in form.errors.values() for sentence in errors]
    return JsonResponse({"saved_at": at.isoformat() if at else "", "version": version, "problems": problems})


def not_saved(refused: Refused, *, is_kept: bool) -> JsonResponse:
    """Why it was not saved; `is_kept`: the text waits beside the saved one, to be put together with it."""
    return JsonResponse({"refused": str(refused), "is_kept": is_kept}, status=409)
