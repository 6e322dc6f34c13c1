"""What people said, counted. Pure: questions and answers in, counts out; and what may not be written of a person."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


def read_questions(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Questions, one a line, with options after a bar: `Is it darker? | Yes | No`; and what is wrong with them."""
    found: list[dict[str, Any]] = []
    wrong = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        words, *options = [part.strip() for part in line.split("|")]
        options = [option for option in options if option]
        if not words or len(words) > 200 or any(len(option) > 80 for option in options):
            wrong.append(f"Question {number} is longer than 200 characters, an option longer than 80, or it is empty.")
        elif len(options) == 1 or len(set(options)) < len(options) or len(options) > 8:
            wrong.append(f"Question {number} needs two to eight different options, or none for an answer in words.")
        found.append({"text": words, "options": options})
    return found, wrong


def _count(question: Mapping[str, Any], given: Sequence[str]) -> Counted:
    numbers = Counter(given)
    return Counted(question["text"], len(given), [(option, numbers[option]) for option in question["options"]])
