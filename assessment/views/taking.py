"""Taking one action for a form: what refuses it becomes the form's own errors, and nothing typed is lost."""

from collections.abc import Callable
from typing import Any

from audit.transitions import NotPermitted, Refused


def is_taken(form: Any, take: Callable[[], object]) -> bool:
    """Whether the action went through; its refusals are added to the form. NotPermitted goes on to the 403 page."""
    try:
        take()
    except NotPermitted:
        raise
    except Refused as refusal:
        for sentence in refusal.sentences:
            form.add_error(None, sentence)
        return False
    return True
