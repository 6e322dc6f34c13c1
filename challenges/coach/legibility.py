"""How long a problem statement is, and how easily it reads."""

import re
from dataclasses import dataclass
from typing import Final

from challenges.coach.statement import Statement, texts

WORD_LIMIT: Final = 400
PLAIN_FROM: Final = 50
BANDS: Final = ((70, "easy to read"), (60, "plain English"), (PLAIN_FROM, "fairly hard to read"), (30, "hard to read"))


@dataclass(frozen=True)
class Legibility:
    """Words on the page, Flesch reading ease (about 0 to 100, higher is easier; None without words), and its label."""

    words: int
    ease: float | None
    label: str

    @property
    def is_hard(self) -> bool:
        """Whether most adults would have to read it twice."""
        return self.ease is not None and self.ease < PLAIN_FROM


def legibility(statement: Statement) -> Legibility:
    """Length and reading ease of all written fields together."""
    # A title or strapline has no full stop of its own, but ends a sentence all the same.
    whole = "\n".join(texts(statement).values())
    ease = reading_ease(whole)
    return Legibility(words=len(words_of(whole)), ease=ease, label=_label(ease))


def reading_ease(text: str) -> float | None:
    """Flesch's reading ease of an English text: short sentences and short words score high."""
    words = words_of(text)
    if not words:
        return None
    sentences = max(1, len(sentences_of(text)))
    syllables = sum(_syllables(word) for word in words)
    return round(206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words), 1)


def words_of(text: str) -> list[str]:
    """The words and numbers of a text; "two-thirds" and "don't" are one word each."""
    return re.findall(r"\w+(?:[-’'.,]\w+)*", text)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, split after . ! ? and at line ends."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", text)
    return [part.strip() for part in parts if re.search(r"\w", part)]


def _syllables(word: str) -> int:
    # Groups of vowels, less a silent final e; exact counting needs a dictionary and changes the score little.
    letters = re.sub(r"(?<=[^aeiouyl])e$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", letters)))


def _label(ease: float | None) -> str:
    if ease is None:
        return "nothing written yet"
    return next((label for limit, label in BANDS if ease >= limit), "very hard to read")
