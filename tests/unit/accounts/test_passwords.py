"""Which passwords are guessed from their looks."""

import pytest

from accounts.passwords import COMMON, IN_ORDER, TOO_FEW, why_guessable

KNOWN = {"password", "dragon", "liverpool"}


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("aaaaaaaaaaaa", TOO_FEW), ("abababababab", TOO_FEW), ("hunterhunter", TOO_FEW), ("112211221122", TOO_FEW),
        ("qwertyuiop12", IN_ORDER), ("abcdefghijkl", IN_ORDER), ("1234567890ab", IN_ORDER), ("lkjhgfdsa987", IN_ORDER),
        ("Password2026!", COMMON), ("123p4ssw0rd456", COMMON), ("!!Liverpool99", COMMON),
        ("correct horse battery", None), ("TwOnWXnT4v8T4hNu", None), ("my-dragon-eats-soup", None),
        ("ferry at half past nine", None),
    ],
)  # fmt: skip
def test_repetition_order_and_common_words_are_seen_and_good_ones_pass(password: str, sentence: str | None) -> None:
    assert why_guessable(password, KNOWN) == sentence
