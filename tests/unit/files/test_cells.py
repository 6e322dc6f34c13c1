"""No text becomes a formula in a spreadsheet."""

import pytest

from files.cells import LONGEST, harmless, printable


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_begins_like_a_formula_is_led_by_an_apostrophe(start):
    assert harmless(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "plain", "a=b", " =1", "1-2"])
def test_any_other_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_control_characters_go_and_long_texts_are_cut():
    assert printable("a\x00b\tc\nd\x1f") == "ab\tc\nd"
    assert len(printable("x" * 99_999)) <= LONGEST + 40
