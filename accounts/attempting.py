"""Calling an action for a form: what refuses it becomes the form's own errors, and nothing typed is lost."""

from collections.abc import Callable

from django import forms

from audit.transitions import NotPermitted, Refused


def attempt(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Call the action if the form is valid; whether it went through. NotPermitted goes on to the page for a 403."""
    if not form.is_valid():
        return False
    try:
        act()
    except NotPermitted:
        raise
    except Refused as refused:
        form.add_error(None, refused.sentences)
        return False
    return True
