"""`manage.py print_visibility > docs/visibility.md`: who sees what of a round, asked of the wall itself."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from assessment.visibility import (
    MarkRecord,
    Part,
    Phase,
    Role,
    Viewer,
    may_see_spread,
    parts_in,
    visible_fields,
    visible_marks,
)

INTRODUCTION = """\
# Who sees what of an assessment

Printed from `assessment/visibility.py` by `./run manage print_visibility > docs/visibility.md`; a test says that it is
current, and another plants marked words in every field and looks for them behind every address, for every role, in
every phase. Everybody is taken to have declared their interests and to be recused from nothing: before a declaration,
and of a submission they are recused from, people see nothing. A sift reads what marking reads. A deputy chair sees what
the chair sees, of the submissions that the chair is kept out of. Officers, suppliers, the public and those who run the
site are outsiders to a round.
"""
MINE, THEIRS = MarkRecord("me", "it", is_submitted=True), MarkRecord("they", "it", is_submitted=True)
DRAFT, VOIDED = MarkRecord("they", "it"), MarkRecord("they", "it", is_submitted=True, is_voided=True)
Sees = Callable[[Role, Phase], bool]


def _viewer(role: Role, *, has_finished: bool = False) -> Viewer:
    return Viewer(role, "me", has_declared=True, has_finished=has_finished)


def _part(wanted: Part, *, is_admissible: bool = True) -> Sees:
    return lambda role, phase: (
        wanted in parts_in(visible_fields(_viewer(role), phase, "it", is_admissible=is_admissible))
    )


def _mark(mark: MarkRecord, *, has_finished: bool = False) -> Sees:
    return lambda role, phase: mark in visible_marks(_viewer(role, has_finished=has_finished), phase, [mark])


WHAT: tuple[tuple[str, Sees], ...] = (
    ("Answers, clause responses and attachments, under a pseudonym", _part(Part.ANSWERS)),
    ("Prices", _part(Part.PRICES)),
    ("Prices of what was disregarded", _part(Part.PRICES, is_admissible=False)),
    ("Which supplier it is", _part(Part.NAMES)),
    ("One's own marks", _mark(MINE)),
    ("Others' marks, before one's own are all in", _mark(THEIRS)),
    ("Others' marks, once one's own are all in", _mark(THEIRS, has_finished=True)),
    ("Others' marks that are not handed in", _mark(DRAFT, has_finished=True)),
    ("Marks that were set aside", _mark(VOIDED, has_finished=True)),
    ("How far assessors differ", lambda role, phase: may_see_spread(_viewer(role), phase, "it", [MINE, THEIRS])),
)


class Command(BaseCommand):
    help = "Print who sees what of an assessment, by role and phase, as Markdown."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")


def document() -> str:
    """The whole of docs/visibility.md."""
    return "\n".join([INTRODUCTION, *(line for what in WHAT for line in _table(*what))]).rstrip() + "\n"


def _table(title: str, sees: Sees) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"| | {' | '.join(phase.name.lower() for phase in Phase)} |"
    yield f"|---{'|---' * len(Phase)}|"
    for role in Role:
        yield f"| {role} | {' | '.join('yes' if sees(role, phase) else '–' for phase in Phase)} |"
    yield ""
