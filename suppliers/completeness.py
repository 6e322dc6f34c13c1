"""What a draft still needs before it can be submitted: the whole list, not the first item (O2). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from suppliers.drafts import PRICE, Draft, answer_section, clause_section

GRADED = "graded"
PENNY = Decimal("0.01")


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


@dataclass(frozen=True)
class Missing:
    """One thing to do: which section, and the sentence that says what."""

    section: str
    sentence: str


TERMS = Missing("terms", "Confirm that you accept the terms of this call and may submit for your organisation.")


def count_words(text: str) -> int:
    """How many words a text has: runs of anything but white space, as the page counts them."""
    return len(text.split())


def too_long(text: str, limit: int) -> str | None:
    """The sentence about a text over its limit; None when it fits."""
    words = count_words(text)
    if words <= limit:
        return None
    over = words - limit
    return f"This answer has {words} words; at most {limit} are read. Take out {over} word{'' if over == 1 else 's'}."


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
    if _needs_evidence(given) and not (given["text"].strip() or given["url"]):
        return [Missing(section, f"Give evidence, or an address where it is, for {what}.")]
    return []


def _needs_evidence(given: dict[str, Any]) -> bool:
    return given["accepted"] is True or bool(given["level"])


def _price(draft: Draft) -> list[Missing]:
    names = {"pilot": "the price of the pilot", "contract": "the price of the full contract"}
    return [
        Missing(PRICE, f"Give {words}, without VAT.")
        for name, words in names.items()
        if not is_amount(draft.price.get(name, ""))
    ]


def is_amount(text: str) -> bool:
    """Whether a text is an amount of money: a number from zero up, in whole pence."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and value >= 0 and value == value.quantize(PENNY)
