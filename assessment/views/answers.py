"""Calling an action for a form: what it refuses stands beside the form, with everything that was typed."""

from collections.abc import Callable

from django import forms

from audit.transitions import NotPermitted, Refused


def done(form: forms.Form, action: Callable[[], object]) -> bool:
    """Call the action; a refusal becomes errors of the form. Whoever may not do it at all is answered with a 403."""
    try:
        action()
    except NotPermitted:
        raise
    except Refused as refusal:
        for sentence in refusal.sentences:
            form.add_error(None, sentence)
        return False
    return True
