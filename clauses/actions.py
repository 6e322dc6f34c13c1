"""The only writer of the clause library: it takes the texts from the files into numbered versions."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import append_event
from clauses.models import Clause, ClauseSet
from clauses.reading import ClauseText, SetText, read_library

LIBRARY = Path(__file__).parent / "library"


@transaction.atomic
def load_library(*, at: datetime, folder: Path = LIBRARY) -> int:
    """Take in the library's files; a text that differs from its newest version becomes the next version.

    Returns how many new versions were written (45 the first time, 0 when nothing changed). Raises LibraryError.
    """
    library = read_library(folder)
    newest = {text.code: _newest(text, at) for text in library.clauses}
    for chosen in library.sets:
        _write_set(chosen, {code: clause for code, (clause, _) in newest.items()})
    return sum(is_new for _, is_new in newest.values())


def _newest(text: ClauseText, at: datetime) -> tuple[Clause, bool]:
    values = _values(text)
    last = Clause.objects.filter(code=text.code).order_by("-version").first()
    if last is not None and all(getattr(last, name) == value for name, value in values.items()):
        return last, False
    clause = Clause.objects.create(code=text.code, version=last.version + 1 if last else 1, **values)
    append_event(
        verb="clause.versioned", subject=clause, actor=SYSTEM, at=at, challenge_id=None, visibility=Visibility.PUBLIC,
        data={"code": clause.code, "version": clause.version},
    )  # fmt: skip
    return clause, True


def _values(text: ClauseText) -> dict[str, Any]:
    copied = ("family", "title", "requirement", "why", "mode", "default_weight", "response_type", "due", "applies_when")
    return {name: getattr(text, name) for name in copied} | {
        "evidence": list(text.evidence),
        "descriptors": {str(level): words for level, words in enumerate(text.descriptors)},
        "sources": [asdict(source) for source in text.sources],
        "check_kind": text.check.kind,
        "checks": [asdict(step) | {"inputs": list(step.inputs)} for step in text.check.steps],
        "check_limits": text.check.limits,
    }


def _write_set(chosen: SetText, clauses: dict[str, Clause]) -> None:
    facts = {
        "name": chosen.name, "description": chosen.description, "yes_no_at_submission": chosen.yes_no_at_submission,
        "most_at_submission": chosen.asked_at_submission_at_most,
    }  # fmt: skip
    row, _ = ClauseSet.objects.update_or_create(code=chosen.code, defaults=facts)
    row.clauses.set([clauses[code] for code in chosen.codes])
