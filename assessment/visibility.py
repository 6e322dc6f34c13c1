"""The wall between assessors, and between the panel and what it may not know yet. Pure: no Django, no queries.

Everything here answers from what it is given and closes when in doubt: whoever has not declared interests, is recused
from the submission, or has no role in the round sees nothing.
"""

from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, Protocol, TypeVar


class Role(StrEnum):
    """What the viewer is in this round. Officers, suppliers, superusers and the public are all outsiders to it."""

    CHAIR = "chair"
    ASSESSOR = "assessor"
    OBSERVER = "observer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    OUTSIDER = "outsider"


class Phase(IntEnum):
    """How far the round has come. From MODERATING every mark is locked; from RANKED the panel may know names."""

    DECLARING = 1
    MARKING = 2
    MODERATING = 3
    PRICES = 4
    RANKED = 5
    DECIDED = 6


BLIND_SUBMISSION_FIELDS: Final = frozenset({"pseudonym", "answers", "clause_responses", "attachments"})
"""All that a panel may see of a submission while quality is assessed (A6). Attachments carry neutral file names."""

PRICE_FIELDS: Final = frozenset({"price", "price_breakdown", "corrected_price"})
IDENTITY_FIELDS: Final = frozenset({"supplier", "supplier_name", "supplier_identifier"})


class Part(StrEnum):
    """What a submission has for a reader, each part open as a whole or not at all."""

    ANSWERS = "answers"
    PRICES = "prices"
    NAMES = "names"


FIELDS_OF: Final = {Part.ANSWERS: BLIND_SUBMISSION_FIELDS, Part.PRICES: PRICE_FIELDS, Part.NAMES: IDENTITY_FIELDS}
NOTHING: Final[frozenset[str]] = frozenset()
OTHERS_MARKS_FROM: Final = {
    # Progress is all the chair needs before the marks are locked (A14).
    Role.CHAIR: Phase.MODERATING,
    # Follows the progress, and reads what came out once moderation is over.
    Role.OBSERVER: Phase.PRICES,
    # Reads the reasons of a finished round.
    Role.APPROVER: Phase.RANKED,
}


@dataclass(frozen=True)
class Viewer:
    """Who is looking. ``has_finished``: every mark the viewer owes is submitted, as ``is_finished`` tells."""

    role: Role
    id: Hashable = None
    has_declared: bool = False
    has_finished: bool = False
    recused: frozenset[Hashable] = frozenset()


class Mark(Protocol):
    """One assessor's mark for one submission on one criterion: a model row or a ``MarkRecord`` will do."""

    @property
    def assessor_id(self) -> Hashable: ...
    @property
    def submission_id(self) -> Hashable: ...
    @property
    def is_submitted(self) -> bool: ...
    @property
    def is_voided(self) -> bool: ...


@dataclass(frozen=True)
class MarkRecord:
    """The plainest Mark. A voided mark is one kept after a recusal, which counts for nothing (A3)."""

    assessor_id: Hashable
    submission_id: Hashable
    is_submitted: bool = False
    is_voided: bool = False


SomeMark = TypeVar("SomeMark", bound=Mark)


def is_finished(owed: Set[tuple[Hashable, str]], submitted: Set[tuple[Hashable, str]]) -> bool:
    """Whether every (submission, criterion) owed is submitted. Who owes nothing has not finished: they never began."""
    return bool(owed) and owed <= submitted


def visible_marks(viewer: Viewer, phase: Phase, marks: Sequence[SomeMark]) -> Iterator[SomeMark]:
    """Yield the individual marks that the viewer may see now, in the order given.

    An assessor counts as finished only if ``viewer.has_finished`` says so and no unsubmitted mark of theirs is in the
    list, so that a reopening by the chair closes the wall again at once.
    """
    if phase is Phase.DECLARING or not _has_role(viewer):
        return
    has_finished = viewer.has_finished and all(m.is_submitted for m in marks if m.assessor_id == viewer.id)
    for mark in marks:
        if mark.submission_id not in viewer.recused and _may_see_mark(viewer, phase, mark, has_finished=has_finished):
            yield mark


def may_see_spread(viewer: Viewer, phase: Phase, submission_id: Hashable, marks: Sequence[Mark]) -> bool:
    """Whether the viewer may see how far assessors differ on a submission (A14).

    Only the chair may, and only once ``marks``, which are all those of the round, are locked.
    """
    if viewer.role is not Role.CHAIR or not viewer.has_declared or submission_id in viewer.recused:
        return False
    return phase >= Phase.MODERATING and all(m.is_submitted or m.is_voided for m in marks)


def visible_fields(
    viewer: Viewer, phase: Phase, submission_id: Hashable, *, is_admissible: bool = True
) -> frozenset[str]:
    """The fields of a submission that may reach the viewer now; whatever is not listed is withheld (A6, A9).

    ``is_admissible`` is false for a disregarded submission, whose price is opened to nobody (A8).
    """
    if not _has_role(viewer) or submission_id in viewer.recused or phase < _content_from(viewer.role):
        return NOTHING
    prices = PRICE_FIELDS if is_admissible and phase >= Phase.PRICES else NOTHING
    identity = IDENTITY_FIELDS if phase >= Phase.RANKED else NOTHING
    return BLIND_SUBMISSION_FIELDS | prices | identity


def parts_in(fields: frozenset[str]) -> frozenset[Part]:
    """The parts of a submission that these fields (see `visible_fields`) make up."""
    return frozenset(part for part, needed in FIELDS_OF.items() if fields >= needed)


def _has_role(viewer: Viewer) -> bool:
    match viewer.role:
        case Role.OUTSIDER:
            # Running the call, supplying to it or administering the site gives no place in the round.
            return False
        case Role.AUDITOR:
            # Takes no part in the outcome, so declares nothing to this panel.
            return True
        case _:
            # Interests first, content afterwards (A3, D7).
            return viewer.has_declared


def _content_from(role: Role) -> Phase:
    match role:
        case Role.APPROVER:
            # Approves a finished ranking and must not have leaned on the marking (D1).
            return Phase.RANKED
        case Role.AUDITOR:
            # Looks back at what was decided (A15, A16).
            return Phase.DECIDED
        case Role.OBSERVER:
            # Judges nothing, so reads nothing before the judging is over.
            return Phase.PRICES
        case _:
            # The panel reads once its members have declared.
            return Phase.MARKING


def _may_see_mark(viewer: Viewer, phase: Phase, mark: Mark, *, has_finished: bool) -> bool:
    match viewer.role:
        case Role.AUDITOR:
            # The only one to see voided marks, which were kept for exactly this.
            return phase >= Phase.DECIDED and mark.is_submitted
        case _ if mark.is_voided:
            # A recused assessor's marks count for nothing and must not colour the moderation (A3).
            return False
        case Role.CHAIR | Role.ASSESSOR if mark.assessor_id == viewer.id:
            # One's own work is always one's own to see.
            return True
        case _ if not mark.is_submitted:
            # A draft mark is its author's alone.
            return False
        case Role.ASSESSOR:
            # Independence first: others' marks only after all of one's own are in (A4).
            return has_finished
        case Role.CHAIR | Role.OBSERVER | Role.APPROVER:
            return phase >= OTHERS_MARKS_FROM[viewer.role]
        case _:
            # Everyone else is told by the assessment summary, never by individual marks.
            return False
