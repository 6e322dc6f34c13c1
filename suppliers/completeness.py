"""What a draft still needs before it can be submitted: the whole list, not the first item (O2). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from suppliers.drafts import PRICE, Draft, answer_section, clause_section
from suppliers.prices import VAT, is_amount

GRADED = "graded"
EVIDENCE_WORDS = 300
VAT_TREATMENT = "vat_treatment"


@dataclass(frozen=True)
class Asked:
    """A criterion to be answered in words."""

    code: str
    name: str
    word_limit: int


@dataclass(frozen=True)
class ClauseAsked:
    """A clause to be answered with the submission."""

    code: str
    title: str
    response_type: str
    needs_evidence_now: bool = True


@dataclass(frozen=True)
class Missing:
    """One thing to do: which section, and the sentence that says what."""

    section: str
    sentence: str


TERMS = Missing("terms", "Confirm that you accept the terms of this call and may submit for your organisation.")


def count_words(text: str) -> int:
    """How many words a text has: runs of anything but white space, as the page counts them."""
    return len(text.split())


def too_long(text: str, limit: int, what: str = "This answer") -> str | None:
    """The sentence about a text over its limit; None when it fits."""
    words = count_words(text)
    if words <= limit:
        return None
    over = words - limit
    return f"{what} has {words:,} words; at most {limit:,} are read. Take out {over:,} word{'' if over == 1 else 's'}."


def missing(draft: Draft, criteria: Iterable[Asked], clauses: Iterable[ClauseAsked]) -> list[Missing]:
    """Everything that stands between this draft and its submission, in the order of the task list."""
    found = [line for asked in criteria for line in _answer(draft, asked)]
    found += [line for asked in clauses for line in _clause(draft, asked)]
    return found + _price(draft)


def _answer(draft: Draft, asked: Asked) -> list[Missing]:
    text, section = draft.answer(asked.code), answer_section(asked.code)
    if not text.strip():
        return [Missing(section, f"Answer “{asked.name}”.")]
    over = too_long(text, asked.word_limit)
    return [Missing(section, f"Shorten “{asked.name}”. {over}")] if over else []


def _clause(draft: Draft, asked: ClauseAsked) -> list[Missing]:
    given, section = draft.clause(asked.code), clause_section(asked.code)
    what = f"clause {asked.code}, “{asked.title}”"
    if asked.response_type == GRADED and given["level"] is None:
        return [Missing(section, f"Say which level you reach in {what}.")]
    if asked.response_type != GRADED and given["accepted"] is None:
        return [Missing(section, f"Say yes or no to {what}.")]
    if asked.needs_evidence_now and _needs_evidence(given) and not _has_evidence(given):
        return [Missing(section, f"Give evidence, or an address where it is, for {what}.")]
    over = too_long(given["text"], EVIDENCE_WORDS, "Your evidence")
    return [Missing(section, f"Shorten {what}. {over}")] if over else []


def _needs_evidence(given: dict[str, Any]) -> bool:
    return given["accepted"] is True or bool(given["level"])


def _has_evidence(given: dict[str, Any]) -> bool:
    return bool(given["text"].strip() or given["url"] or given["files"])


def _price(draft: Draft) -> list[Missing]:
    names = {"pilot": "the price of the pilot", "contract": "the price of the full contract"}
    amounts = [
        Missing(PRICE, f"Give {words}, without VAT.")
        for name, words in names.items()
        if not is_amount(draft.price.get(name, ""))
    ]
    vat = [] if draft.price.get(VAT_TREATMENT) in VAT else [Missing(PRICE, "Say what VAT comes on top of your prices.")]
    return amounts + vat
