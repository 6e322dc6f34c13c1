"""Calling an action for a form: what refuses it becomes the form's own errors, and nothing typed is lost."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError

from audit.transitions import NotPermitted, Refused

REFUSED = "refused"


def attempt(form: forms.BaseForm, act: Callable[[], object], *, field: str | None = None) -> bool:
    """Call the action if the form is valid; whether it went through. NotPermitted goes on to the page for a 403.

    What refuses it is said beside `field`, or above the form.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except NotPermitted:
        raise
    except Refused as refused:
        form.add_error(field, ValidationError([ValidationError(each, code=REFUSED) for each in refused.sentences]))
        return False
    return True


def status_of(form: forms.BaseForm) -> int:
    """How the page of a form answers: 409 where an action refused it, 422 where it is not filled in well, else 200."""
    codes = {error.code for errors in form.errors.as_data().values() for error in errors} if form.is_bound else set()
    return 409 if REFUSED in codes else 422 if codes else 200
