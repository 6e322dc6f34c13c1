"""What people said, counted. Pure: questions and answers in, counts out; and what may not be written of a person."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_QUESTION, LONGEST_OPTION, MOST_OPTIONS = 200, 80, 8
FEW = 10  # counts of fewer answers could point at somebody, so they are not published

# Every pattern has bounded quantifiers: whatever is written, looking at it takes a moment.
_NAMING = {
    "an e-mail address": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
    "a telephone number": re.compile(r"(?<![\d.])(?:\+44\s?\(?0?\)?|0)(?:\d[\s-]?){9,10}(?![\d.])"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s?[0-9][A-Z]{2}\b"),
}


@dataclass(frozen=True)
class Counted:
    """How one question was answered: the number of answers, and of each option; free texts are only numbered."""

    text: str
    answered: int
    options: Sequence[tuple[str, int]]

    @property
    def is_told(self) -> bool:
        """Whether everybody may read the counts: options were given, and enough people chose among them."""
        return bool(self.options) and self.answered >= FEW

    @property
    def shares(self) -> list[tuple[str, int, int]]:
        """Each option with its number and its share in whole per cents."""
        return [(option, number, round(100 * number / self.answered)) for option, number in self.options]


def identifying(*texts: str) -> str:
    """What in these texts would point at a person, such as “a telephone number”; empty where nothing does."""
    return next((words for words, pattern in _NAMING.items() for text in texts if pattern.search(text)), "")


def count(questions: Sequence[Mapping[str, Any]], answers: Iterable[Sequence[str]]) -> list[Counted]:
    """The answers to each question, counted; an empty answer counts for nothing."""
    given = list(answers)
    return [
        _count(question, [each[place] for each in given if each[place]]) for place, question in enumerate(questions)
    ]


def options_problem(options: Sequence[str]) -> str:
    """Why these cannot be the answers to choose from, in a sentence; empty where they can, none at all included."""
    if len(options) == 1 or len(set(options)) < len(options) or len(options) > MOST_OPTIONS:
        return f"Name two to {MOST_OPTIONS} different answers, or none for an answer in words."
    if any(len(option) > LONGEST_OPTION for option in options):
        return f"An answer to choose from has at most {LONGEST_OPTION} characters."
    return ""


def _count(question: Mapping[str, Any], given: Sequence[str]) -> Counted:
    numbers = Counter(given)
    return Counted(question["text"], len(given), [(option, numbers[option]) for option in question["options"]])
