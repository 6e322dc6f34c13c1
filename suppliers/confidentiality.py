"""Passages that a supplier asks to be kept out of anything published: finding them, and leaving them out. Pure."""

import re
from collections.abc import Iterable

SHORTEST, LONGEST = 3, 2_000
WITHHELD = "[withheld: confidential]"


def found(text: str, passage: str) -> list[tuple[int, int]]:
    """Where a passage stands in a text, as (start, end); line breaks and runs of spaces count as one space."""
    words = [re.escape(word) for word in passage.split()]
    return [match.span() for match in re.finditer(r"\s+".join(words), text)] if words else []


def redacted(text: str, passages: Iterable[str]) -> str:
    """The text with every occurrence of every passage left out; the only way in which an answer may be published."""
    spans = _merged(span for passage in passages for span in found(text, passage))
    for start, end in reversed(spans):
        text = f"{text[:start]}{WITHHELD}{text[end:]}"
    return text


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
