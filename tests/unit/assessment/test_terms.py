"""A council's own terms, from plain text to rules and back."""

import pytest

from assessment.terms import HOUSE, Part, Terms, TermsError, parsed, written


def test_rules_are_parted_by_empty_lines_and_read_back_as_written():
    text = "\r\n\r\nSilence\r\nYou tell nobody.\r\nNot later either.\r\n  \r\n\r\nGifts\r\nYou take none.\r\n"

    parts = parsed(text)

    assert parts == (Part("Silence", "You tell nobody. Not later either."), Part("Gifts", "You take none."))
    assert parsed(written(parts)) == parts
    assert parsed(written(HOUSE.parts)) == HOUSE.parts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n \n", "Write at least one rule"),
        ("Silence\n\nYou tell nobody.", "“Silence” has no text below its title"),
        (f"{'x' * 101}\nText.", "is too long"),
    ],
    ids=["nothing", "without-text", "long-title"],
)
def test_a_text_that_is_no_list_of_rules_is_told(text: str, sentence: str):
    with pytest.raises(TermsError, match=sentence):
        parsed(text)


def test_the_fingerprint_changes_with_version_and_words():
    other = Terms("own-1", HOUSE.parts)

    assert len({HOUSE.fingerprint, other.fingerprint, Terms("own-1", HOUSE.parts[1:]).fingerprint}) == 3
