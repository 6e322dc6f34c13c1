"""Whether a password can be guessed from its looks. Pure but for the list of common ones that Django brings.

No list of stolen passwords is asked, here or elsewhere: nothing about a password leaves this process.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
RUN, FEWEST_LETTERS, FEWEST_LEFT = 4, 5, 6
REPEATED = re.compile(r"(.{1,6}?)\1+")
TOO_FEW = "This password repeats the same few characters. Use more different ones, such as four words."
IN_ORDER = "This password is mostly letters or digits in the order of the keyboard or the alphabet. Use words instead."
COMMON = "This password is a common one with something put around it. Use words that belong together for you alone."


def why_guessable(password: str, common: frozenset[str] | set[str]) -> str | None:
    """The sentence that says what gives a password away; None when nothing does."""
    plain = password.lower()
    if len(set(plain)) < FEWEST_LETTERS or REPEATED.fullmatch(plain):
        return TOO_FEW
    if len(_without_runs(plain)) < FEWEST_LEFT:
        return IN_ORDER
    return COMMON if any(core in common for core in _cores(plain)) else None


class LooksValidator:
    """Refuse passwords that are guessed from their looks; one of AUTH_PASSWORD_VALIDATORS."""

    def __init__(self) -> None:
        self.common: set[str] = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        if sentence := why_guessable(password, self.common):
            raise ValidationError(sentence, code="password_guessable")

    def get_help_text(self) -> str:
        return "Four words that nobody else would put together are easier to keep than signs."


def _without_runs(plain: str) -> str:
    """The password without its runs of RUN and more characters that stand in a row of the keyboard or the alphabet."""
    left, place = "", 0
    while place < len(plain):
        long = _run_at(plain, place)
        left += "" if long else plain[place]
        place += long or 1
    return left


def _run_at(plain: str, place: int) -> int:
    ways = (row[::step] for row in ROWS for step in (1, -1))
    return max((_shared(plain[place:], way) for way in ways), default=0)


def _shared(text: str, way: str) -> int:
    """How many characters of the text run along this way, if at least RUN do; otherwise 0."""
    start = way.find(text[0])
    along = way[start:] if start >= 0 else ""
    count = next((n for n, (a, b) in enumerate(zip(text, along, strict=False)) if a != b), min(len(text), len(along)))
    return count if count >= RUN else 0


def _cores(plain: str) -> Iterator[str]:
    """What is left of a password when digits and signs around it go, and letters that stand for others are read."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    yield core
    yield core.translate(str.maketrans("0134578@$!", "oleastbasi"))
