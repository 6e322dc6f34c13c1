"""A draft: sections that are saved one by one, each with the version at which it last changed. Encrypted at rest.

Sections are named by where they stand: "answers/<criterion code>", "clauses/<clause code>", "price", "confidential",
"partners". A save says which version of its section it started from; if somebody changed the section since, the later
text is kept aside, under its writer and the version they saw, until they put the two together.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from suppliers import vault
from suppliers.models import Submission
from work import late_texts

PRICE = "price"
CONFIDENTIAL = "confidential"
PARTNERS = "partners"
EMPTY_CLAUSE: dict[str, Any] = {"accepted": None, "level": None, "text": "", "url": "", "files": []}
BY_SECTION = ("sections", "versions", "savers", "aside")


def answer_section(code: str) -> str:
    """The section of a criterion's answer."""
    return f"answers/{code}"


def clause_section(code: str) -> str:
    """The section of a clause response."""
    return f"clauses/{code}"


@dataclass(frozen=True)
class Saver:
    """Who last saved a section, and when (ISO 8601, UTC)."""

    name: str
    at: str


@dataclass
class Draft:
    """What is written so far. `sections` maps a name to its value, `versions` to when it last changed.

    `savers` maps a section to {"name", "at"}; `aside` to texts that wait to be put together, by their key:
    {"value", "by", "name", "at"}.
    """

    version: int
    saved_at: datetime | None
    sections: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    savers: dict[str, dict[str, str]] = field(default_factory=dict)
    aside: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, code: str) -> str:
        return str(self.sections.get(answer_section(code), ""))

    def clause(self, code: str) -> dict[str, Any]:
        return {**EMPTY_CLAUSE, **self.sections.get(clause_section(code), {})}

    @property
    def partners(self) -> list[dict[str, str]]:
        """Organisations that answer together with the supplier: name, company_number, role."""
        return list(self.sections.get(PARTNERS, []))

    @property
    def price(self) -> dict[str, str]:
        return dict(self.sections.get(PRICE, {}))

    @property
    def passages(self) -> list[dict[str, str]]:
        """The passages marked confidential: {"id", "section", "passage", "reason"}."""
        return list(self.sections.get(CONFIDENTIAL, []))

    def text_of(self, section: str) -> str:
        """The words of an answer or a clause response."""
        value = self.sections.get(section, "")
        return str(value["text"]) if isinstance(value, dict) else str(value)

    def section_version(self, section: str) -> int:
        return self.versions.get(section, 0)

    def saver(self, section: str) -> Saver | None:
        """Who last saved this section; None where nobody did."""
        found = self.savers.get(section)
        return Saver(found["name"], found["at"]) if found else None

    def set(self, section: str, value: Any, version: int, by: Saver | None = None) -> None:
        self.sections[section], self.versions[section], self.version = value, version, version
        if by is not None:
            self.savers[section] = {"name": by.name, "at": by.at}

    def keep_aside(self, section: str, key: str, value: Any, by: Saver) -> None:
        """Keep a text that came too late; the oldest goes when a section has too many."""
        self.aside[section] = late_texts.keep(self.aside.get(section, {}), key, value, name=by.name, at=by.at)

    def forget_aside(self, section: str, key: str) -> bool:
        """Drop a text that was put together with the other; whether there was one."""
        found = self.aside.get(section, {}).pop(key, None)
        if not self.aside.get(section):
            self.aside.pop(section, None)
        return found is not None

    def aside_of(self, section: str, actor_key: str) -> tuple[str, dict[str, Any]] | None:
        """The newest text that this person has to put together with the saved one, and its key."""
        return late_texts.newest_of(self.aside.get(section, {}), actor_key)


def read(submission: Submission) -> Draft:
    """Open a submission's draft. Only `queries` and the actions call this, after asking who wants it."""
    stored = _open(submission, "draft_box", vault.CONTENT)
    price = _open(submission, "draft_price_box", vault.PRICE)
    parts = {name: {**stored.get(name, {}), **price.get(name, {})} for name in BY_SECTION}
    return Draft(
        version=submission.draft_version, saved_at=submission.draft_saved_at, files=stored.get("files", []), **parts
    )


def write(submission: Submission, draft: Draft, at: datetime) -> None:
    """Close the draft in its two boxes, price apart, and save the row."""
    content = {name: _only(getattr(draft, name), is_price=False) for name in BY_SECTION}
    apart = {name: _only(getattr(draft, name), is_price=True) for name in BY_SECTION}
    submission.draft_box = _close(submission, "draft_box", {**content, "files": draft.files}, vault.CONTENT)
    submission.draft_price_box = _close(submission, "draft_price_box", apart, vault.PRICE)
    submission.draft_version, submission.draft_saved_at = draft.version, at
    submission.save(update_fields=["draft_box", "draft_price_box", "draft_version", "draft_saved_at"])


def _open(submission: Submission, column: str, purpose: str) -> dict[str, Any]:
    box = getattr(submission, column)
    if box is None:
        return {}
    opened: dict[str, Any] = vault.open_up(submission, column, box, vault.key_for(submission, purpose))
    return opened


def _close(submission: Submission, column: str, value: dict[str, Any], purpose: str) -> bytes:
    return vault.close(submission, column, value, vault.key_for(submission, purpose))


def _only(values: dict[str, Any], *, is_price: bool) -> dict[str, Any]:
    return {name: value for name, value in values.items() if (name == PRICE) is is_price}
