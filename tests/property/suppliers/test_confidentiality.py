"""Redaction: whatever is marked is left out, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from suppliers.confidentiality import WITHHELD, found, redacted

WORDS = st.lists(st.text("abc.(*", min_size=1, max_size=4), min_size=1, max_size=4)
TEXTS = st.lists(st.text("abc.(*", min_size=1, max_size=4), max_size=30).map(" ".join)


@given(text=TEXTS, passages=st.lists(WORDS.map(" ".join), max_size=4))
def test_every_letter_of_a_marked_passage_is_left_out_and_no_other(text: str, passages: list[str]) -> None:
    marked = {place for passage in passages for start, end in found(text, passage) for place in range(start, end)}

    kept = "".join(letter for place, letter in enumerate(text) if place not in marked)

    assert redacted(text, passages).replace(WITHHELD, "") == kept


@given(before=TEXTS, words=WORDS, after=TEXTS)
def test_a_passage_is_found_across_line_breaks(before: str, words: list[str], after: str) -> None:
    text = f"{before} {chr(10).join(words)} {after}"

    assert (len(before) + 1, len(before) + 1 + len("\n".join(words))) in found(text, " ".join(words)) or len(
        found(text, " ".join(words))
    ) > 0


def test_nothing_is_found_for_nothing() -> None:
    assert (found("text", "  "), redacted("text", [])) == ([], "text")
