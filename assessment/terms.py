"""What everybody on a panel accepts before they see anything, and the note on how to mark. Pure.

A change of the words is a new version: who accepted which stays on the record, with the fingerprint of the words.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

VERSION = "2026-11"
LONGEST_TITLE = 100


@dataclass(frozen=True)
class Part:
    """One rule: what it is called, and what it says."""

    title: str
    text: str


TERMS = (
    Part(
        "Confidentiality",
        "You tell nobody outside the panel what you read here, who may have written it, what anybody marked or what "
        "was said in moderation; not afterwards either. You keep no copies, and put no answer into any other service.",
    ),
    Part(
        "Independence",
        "You judge on your own until all your marks are in. You talk to no supplier about this challenge, accept "
        "nothing from any of them, and pass on whatever a supplier sends you to the council, unread where you can.",
    ),
    Part(
        "Interests",
        "You declare every personal, professional or financial link that might look as if it could sway you, direct or "
        "through somebody close to you, as soon as you learn of it. You do not try to find out who wrote an answer.",
    ),
    Part(
        "Your record",
        "Your declarations, marks and reasons stay on the council's record, also when you leave the panel. The council "
        "has to disclose what the law says; your reasons reach the supplier in the chair's words.",
    ),
)

NOTE = (
    Part(
        "Mark the answer, not the writer",
        "Only what stands in the answer counts: not what you know of the field, not how it is written, not its length. "
        "If you believe that you know who wrote it, say so in your declaration.",
    ),
    Part(
        "Start from the descriptors",
        "Read the descriptors of the criterion first, then the answer. Give the mark whose words fit. Do not rank one "
        "answer against another, and do not save marks for later.",
    ),
    Part(
        "Every mark has a reason",
        "Name the passage that led to the mark and say why it is not the next one up or down. A supplier must be able "
        "to learn from it, and a court to follow it.",
    ),
    Part(
        "Nothing is not zero",
        "A mark that you have not given is missing, never nought. You hand in all marks together; afterwards only the "
        "chair can reopen them, with a reason.",
    ),
    Part(
        "What you see",
        "No name and no price while quality is judged, and nobody else's marks until yours are in. Differences are "
        "settled in moderation, with its own reason; your marks stay as you gave them.",
    ),
)


@dataclass(frozen=True)
class Terms:
    """The terms of a council's panels in one version: the marketplace's own, or what the council wrote."""

    version: str
    parts: tuple[Part, ...]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the words, note included, as it goes on the record with each acceptance."""
        words = [self.version, *(f"{part.title}\n{part.text}" for part in (*self.parts, *NOTE))]
        return hashlib.sha256("\n\n".join(words).encode()).hexdigest()


HOUSE = Terms(VERSION, TERMS)


class TermsError(ValueError):
    """A text that is no list of rules; the message says where, to the person who wrote it."""


def parsed(text: str) -> tuple[Part, ...]:
    """Rules from plain text: parted by empty lines, the first line of each its title. Raises TermsError."""
    blocks = [block.strip().splitlines() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if block.strip()]
    if not blocks:
        raise TermsError("Write at least one rule: its title on one line, its text below.")
    if short := [lines[0].strip() for lines in blocks if len(lines) == 1]:
        raise TermsError(f"“{short[0][:80]}” has no text below its title. Leave no empty line between the two.")
    if long := [lines[0].strip() for lines in blocks if len(lines[0].strip()) > LONGEST_TITLE]:
        raise TermsError(f"A title is one short line: “{long[0][:LONGEST_TITLE]}…” is too long.")
    return tuple(Part(lines[0].strip(), " ".join(line.strip() for line in lines[1:])) for lines in blocks)


def written(parts: Iterable[Part]) -> str:
    """Rules as the plain text that `parsed` reads back."""
    return "\n\n".join(f"{part.title}\n{part.text}" for part in parts)
