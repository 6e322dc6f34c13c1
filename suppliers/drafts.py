"""A draft: sections that are saved one by one, each with the version at which it last changed. Encrypted at rest.

Sections are named by where they stand: "answers/<criterion code>", "clauses/<clause code>", "price". A save says which
version of its section it started from; if somebody changed the section since, both texts are kept.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from suppliers import vault
from suppliers.models import Submission

PRICE = "price"
EMPTY_CLAUSE: dict[str, Any] = {"accepted": None, "level": None, "text": "", "url": ""}


def answer_section(code: str) -> str:
    """The section of a criterion's answer."""
    return f"answers/{code}"


def clause_section(code: str) -> str:
    """The section of a clause response."""
    return f"clauses/{code}"


@dataclass
class Draft:
    """What is written so far. `sections` maps a name to its value, `versions` to when it last changed."""

    version: int
    saved_at: datetime | None
    sections: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, code: str) -> str:
        return str(self.sections.get(answer_section(code), ""))

    def clause(self, code: str) -> dict[str, Any]:
        return {**EMPTY_CLAUSE, **self.sections.get(clause_section(code), {})}

    @property
    def price(self) -> dict[str, str]:
        return dict(self.sections.get(PRICE, {}))

    def section_version(self, section: str) -> int:
        return self.versions.get(section, 0)

    def set(self, section: str, value: Any, version: int) -> None:
        self.sections[section], self.versions[section], self.version = value, version, version


def read(submission: Submission) -> Draft:
    """Open a submission's draft. Only `queries.read_draft` and the actions call this, after asking who wants it."""
    stored = _open(submission, "draft_box", vault.CONTENT)
    price = _open(submission, "draft_price_box", vault.PRICE)
    return Draft(
        version=submission.draft_version,
        saved_at=submission.draft_saved_at,
        sections={**stored.get("sections", {}), **price.get("sections", {})},
        versions={**stored.get("versions", {}), **price.get("versions", {})},
        files=stored.get("files", []),
    )


def write(submission: Submission, draft: Draft, at: datetime) -> None:
    """Close the draft in its two boxes, price apart, and save the row."""
    price = {PRICE} & set(draft.sections)
    content = {"sections": _only(draft.sections, price, False), "versions": _only(draft.versions, price, False)}
    apart = {"sections": _only(draft.sections, price, True), "versions": _only(draft.versions, price, True)}
    submission.draft_box = _close(submission, "draft_box", {**content, "files": draft.files}, vault.CONTENT)
    submission.draft_price_box = _close(submission, "draft_price_box", apart, vault.PRICE)
    submission.draft_version, submission.draft_saved_at = draft.version, at
    submission.save(update_fields=["draft_box", "draft_price_box", "draft_version", "draft_saved_at"])


def _open(submission: Submission, column: str, purpose: str) -> dict[str, Any]:
    box = getattr(submission, column)
    if box is None:
        return {}
    opened: dict[str, Any] = vault.open_up(submission, column, box, vault.key_of(submission.challenge, purpose))
    return opened


def _close(submission: Submission, column: str, value: dict[str, Any], purpose: str) -> bytes:
    return vault.close(submission, column, value, vault.key_of(submission.challenge, purpose))


def _only(values: dict[str, Any], names: set[str], wanted: bool) -> dict[str, Any]:
    return {name: value for name, value in values.items() if (name in names) is wanted}
