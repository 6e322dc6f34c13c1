"""How much work an answer is, estimated from what the challenge asks. Pure.

The rates are our own, for a small firm that knows its product and answers here for the second time; every page that
shows the estimate shows how it was computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WORDS_AN_HOUR = 200
READING = 20
YES_OR_NO, GRADED = 10, 20
PRICES = 45
CHECKING = 30
REGISTERING = 15


@dataclass(frozen=True)
class Part:
    """One part of the work: what it is, how its minutes were computed, and the minutes."""

    what: str
    how: str
    minutes: int


@dataclass(frozen=True)
class Estimate:
    """The whole work of one answer, part by part."""

    parts: tuple[Part, ...]

    @property
    def minutes(self) -> int:
        return sum(part.minutes for part in self.parts)

    @property
    def words(self) -> str:
        """The whole, rounded up to half an hour: `about 6½ hours`."""
        halves = -(-self.minutes // 30)
        hours, half = divmod(halves, 2)
        figure = f"{hours or ''}{'½' if half else ''}"
        return f"about {figure} hour{'' if halves <= 2 else 's'}"


def estimate(word_limits: Sequence[int], *, yes_or_no: int, graded: int) -> Estimate:
    """The work of answering criteria with these word limits, and so many clauses that are due with the submission."""
    words = sum(word_limits)
    clauses = yes_or_no + graded
    return Estimate((
        Part("Reading the challenge, its questions and its terms", f"{READING} minutes", READING),
        Part(
            f"{len(word_limits)} answer{_s(len(word_limits))} in words",
            f"at most {words:,} words at {WORDS_AN_HOUR} words an hour, thinking included",
            round(words * 60 / WORDS_AN_HOUR),
        ),
        Part(
            f"{clauses} clause{_s(clauses)} to answer now",
            f"{YES_OR_NO} minutes for a yes or no with evidence, {GRADED} for a graded one",
            yes_or_no * YES_OR_NO + graded * GRADED,
        ),
        Part("Two prices", f"{PRICES} minutes", PRICES),
        Part("Previewing, checking and submitting", f"{CHECKING} minutes", CHECKING),
        Part("Registering and declaring, the first time only", f"{REGISTERING} minutes", REGISTERING),
    ))  # fmt: skip


def _s(count: int) -> str:
    return "" if count == 1 else "s"
