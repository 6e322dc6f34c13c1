"""Passages and their places: what stands in an answer, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment import quoting
from assessment.quoting import ADDITION, ANSWER, NotInAnswerError, Quotation

TEXT = "We count first.\nThen we count 😀 again, and\n\npublish both counts. We count first, always."
TEXTS = {ANSWER: TEXT, ADDITION: "The certificate came later."}


def test_pasted_words_get_the_place_where_they_first_stand():
    assert quoting.find("We count first", TEXTS) == Quotation(ANSWER, 0, 14, "We count first")


def test_pasted_words_may_be_spaced_otherwise_and_stand_in_quotation_marks():
    found = quoting.find("“again, and publish   both”", TEXTS)

    assert (found.text, TEXT[found.start : found.end]) == ("again, and\n\npublish both", found.text)


@pytest.mark.parametrize("gap", ["…", " ... ", " […] "])
def test_first_and_last_words_stand_for_all_between(gap):
    assert quoting.find(f"We count first.{gap}publish both", TEXTS).text == TEXT[: TEXT.index(" counts. We")]


def test_words_of_the_addition_are_found_there():
    assert quoting.find("certificate came", TEXTS).place == "addition:4-20"


@pytest.mark.parametrize("words", ["We counted", "first … zebra", "ab", "always. We", "…"])
def test_words_that_do_not_stand_there_are_refused(words):
    with pytest.raises(NotInAnswerError):
        quoting.find(words, TEXTS)


@pytest.mark.parametrize(
    "place",
    ["answer:0-9999", "answer:5-2", "answer:3-3", "price:0-9", "answer:-1-9", "answer:0-14;", "", "answer:14-16"],
)
def test_a_place_at_which_nothing_stands_is_refused(place):
    with pytest.raises(NotInAnswerError):
        quoting.at(place, TEXTS)


def test_a_place_counts_characters_beyond_an_emoji_and_leaves_white_space_out():
    start = TEXT.index("😀")

    assert quoting.at(f"answer:{start - 1}-{start + 7}", TEXTS) == Quotation(ANSWER, start, start + 7, "😀 again")


def test_a_passage_that_is_too_long_is_refused():
    with pytest.raises(NotInAnswerError, match="at most 2,000 characters"):
        quoting.at("answer:0-2500", {ANSWER: "x" * 3000})


@given(st.text(min_size=1, max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_pieces_are_the_text_and_quoted_ones_are_covered(text, places):
    quotes = [Quotation(ANSWER, a, b, text[a:b]) for a, b in places]
    pieces = list(quoting.parts(text, ANSWER, quotes))
    quoted = {n for q in quotes if quoting.is_true(q, {ANSWER: text}) for n in range(q.start, q.end)}

    assert "".join(words for words, _ in pieces) == text
    assert [is_quoted for words, is_quoted in pieces for _ in words] == [n in quoted for n in range(len(text))]


def test_what_is_stored_is_read_again_once_each_in_order():
    first, second = quoting.find("We count", TEXTS), quoting.find("publish both", TEXTS)

    assert quoting.read(quoting.stored([second, first, second])) == (first, second)
