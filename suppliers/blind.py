"""What is read of a submission by people who may know neither its name nor its price (A6). Shapes only.

The panel's pages and the supplier's own preview are drawn from these by one template, so that they cannot differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from challenges.models import ClauseRequirement
from clauses.models import Due, Mode

KINDS = {"application/pdf": "PDF", "text/csv": "CSV", "text/plain": "text", "image/png": "image", "image/jpeg": "image"}


@dataclass(frozen=True)
class BlindPassage:
    """Words that the supplier asks to be kept out of anything published, and why."""

    passage: str
    reason: str


@dataclass(frozen=True)
class BlindAnswer:
    """The answer to one criterion."""

    code: str
    criterion: str
    text: str
    confidential: tuple[BlindPassage, ...] = ()


@dataclass(frozen=True)
class BlindAddition:
    """Evidence that was missing, asked for by the panel and given later; what was submitted stands as it was (A13)."""

    at: datetime
    text: str
    url: str
    has_link: bool
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class BlindResponse:
    """The response to one clause. The link to evidence is the chair's alone: an address often names its owner."""

    requirement_id: int
    code: str
    title: str
    requirement: str
    is_mandatory: bool
    due: str
    due_words: str
    is_accepted: bool | None
    level: int | None
    text: str
    url: str
    has_link: bool
    files: tuple[str, ...] = ()
    confidential: tuple[BlindPassage, ...] = ()
    addition: BlindAddition | None = None

    @property
    def waits(self) -> bool:
        """Whether it is due later and nothing was said to it yet."""
        said = self.is_accepted is not None or self.level is not None or self.text or self.has_link or self.files
        return self.due != Due.BID and not said


@dataclass(frozen=True)
class BlindFile:
    """An attachment under a neutral name: what its sender called it may name the sender."""

    reference: UUID
    name: str
    size: int
    is_checked: bool


@dataclass(frozen=True)
class BlindSubmission:
    """All that a panel sees of a submission before it is ranked."""

    pseudonym: str
    slug: str
    answers: tuple[BlindAnswer, ...] = ()
    clause_responses: tuple[BlindResponse, ...] = ()
    attachments: tuple[BlindFile, ...] = ()

    @property
    def responses_now(self) -> tuple[BlindResponse, ...]:
        """What was answered, and what should have been by now."""
        return tuple(each for each in self.clause_responses if not each.waits)

    @property
    def due_later(self) -> tuple[BlindResponse, ...]:
        """The clauses that nobody had to answer yet, and that were not answered."""
        return tuple(each for each in self.clause_responses if each.waits)


@dataclass(frozen=True)
class Attached:
    """A file as it is known before it gets its neutral name."""

    reference: UUID
    content_type: str
    size: int
    is_checked: bool


def neutral(files: Iterable[Attached], word: str = "Attachment") -> tuple[BlindFile, ...]:
    """The files under neutral names, in the order of their random ids."""
    return tuple(
        BlindFile(each.reference, f"{word} {number}{_kind(each.content_type)}", each.size, each.is_checked)
        for number, each in enumerate(sorted(files, key=lambda each: each.reference.hex), start=1)
    )


def due_words(due: str) -> str:
    """When a clause is due, in words."""
    return str(Due(due).label)


def is_mandatory(mode: str) -> bool:
    """Whether a clause is passed or failed, not graded."""
    return mode == Mode.MANDATORY


def _kind(content_type: str) -> str:
    kind = KINDS.get(content_type)
    return f" ({kind})" if kind else ""


def asked_of(requirement: ClauseRequirement) -> dict[str, Any]:
    """The half of a BlindResponse that is what was asked, by field: the same in the preview and before the panel."""
    return {
        "requirement_id": requirement.pk,
        "code": requirement.code,
        "title": requirement.title,
        "requirement": requirement.requirement,
        "is_mandatory": is_mandatory(requirement.mode),
        "due": requirement.due,
        "due_words": due_words(requirement.due),
    }
