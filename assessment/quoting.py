"""Passages that an assessor quotes: words of an answer, with their place in it. Pure: no Django.

`texts` maps a source ("answer", or "addition" for evidence that was asked for later) to what it says, with line ends
of one kind, as `one_line_end` makes them. Places count characters (code points) of that text, from 0, the end left out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ANSWER, ADDITION = "answer", "addition"
MOST_QUOTES, LONGEST, SHORTEST = 12, 2000, 3
PLACE = re.compile(r"([a-z]{1,20}):([0-9]{1,7})-([0-9]{1,7})")
GAP = re.compile(r"\s*(?:…|\[\.\.\.\]|\[…\]|\.\.\.)\s*")

Texts = Mapping[str, str]


class NotInAnswerError(ValueError):
    """Words that do not stand in the answer; the message is for the person who gave them."""


@dataclass(frozen=True, order=True)
class Quotation:
    """Words of a source, from `start` to `end`."""

    source: str
    start: int
    end: int
    text: str

    @property
    def place(self) -> str:
        """The place as pages write it: answer:12-60."""
        return f"{self.source}:{self.start}-{self.end}"


def one_line_end(text: str) -> str:
    """The text as pages show it: every line ends the same way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def at(place: str, texts: Texts) -> Quotation:
    """The words at a place; white space around them is left out. Raises NotInAnswerError."""
    match = PLACE.fullmatch(place)
    if match is None or match[1] not in texts:
        raise NotInAnswerError("A passage has no place in this answer. Select it again, or paste it.")
    start, end = int(match[2]), int(match[3])
    words = texts[match[1]][start:end]
    if end > len(texts[match[1]]) or len(words.strip()) < SHORTEST:
        raise NotInAnswerError("A passage does not stand where it is said to. Select it again, or paste it.")
    start += len(words) - len(words.lstrip())
    return _sound(Quotation(match[1], start, start + len(words.strip()), words.strip()))


def find(words: str, texts: Texts) -> Quotation:
    """Where pasted words stand: spacing may differ, and “first words … last words” stands for all between.

    The first place counts, in the order of the sources. Raises NotInAnswerError.
    """
    given = words.strip().strip('“”"').strip()
    if len(given) < SHORTEST:
        raise NotInAnswerError("Give a few words of the answer.")
    for pieces in _readings(given):
        for source, text in texts.items():
            if place := _span(pieces, text):
                return _sound(Quotation(source, *place, text[slice(*place)]))
    shown = given if len(given) <= 80 else f"{given[:80]}…"
    raise NotInAnswerError(f"“{shown}” does not stand in the answer. Copy the words exactly as they are there.")


def is_true(quotation: Quotation, texts: Texts) -> bool:
    """Whether these words stand at their place."""
    return texts.get(quotation.source, "")[quotation.start : quotation.end] == quotation.text != ""


def in_order(quotations: Iterable[Quotation]) -> tuple[Quotation, ...]:
    """Each place once, in the order of the text."""
    return tuple(sorted(set(quotations)))


def stored(quotations: Iterable[Quotation]) -> list[dict[str, Any]]:
    """The quotations as plain data."""
    return [{"source": q.source, "start": q.start, "end": q.end, "text": q.text} for q in in_order(quotations)]


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Quotation, ...]:
    """What `stored` wrote."""
    return tuple(Quotation(row["source"], row["start"], row["end"], row["text"]) for row in rows)


def parts(text: str, source: str, quotations: Sequence[Quotation]) -> Iterator[tuple[str, bool]]:
    """The text cut into pieces, each with whether it is quoted; together they are the text."""
    done = 0
    for quotation in sorted(q for q in quotations if q.source == source and is_true(q, {source: text})):
        start = max(done, quotation.start)
        if start > done:
            yield text[done:start], False
        if quotation.end > start:
            yield text[start : quotation.end], True
            done = quotation.end
    if done < len(text):
        yield text[done:], False


def _readings(given: str) -> Iterator[list[str]]:
    """The words as they stand, and then as the two ends of a longer passage."""
    yield [given]
    if len(ends := [piece for piece in GAP.split(given) if piece]) > 1:
        yield ends


def _span(pieces: Sequence[str], text: str) -> tuple[int, int] | None:
    """From the first piece to the last, each after the one before; one walk through the text."""
    start, end = -1, 0
    for piece in pieces:
        match = re.compile(r"\s+".join(map(re.escape, piece.split()))).search(text, end)
        if match is None:
            return None
        start, end = (match.start() if start < 0 else start), match.end()
    return start, end


def _sound(quotation: Quotation) -> Quotation:
    if len(quotation.text) > LONGEST:
        raise NotInAnswerError(f"A passage has at most {LONGEST:,} characters: quote what matters in it.")
    return quotation
