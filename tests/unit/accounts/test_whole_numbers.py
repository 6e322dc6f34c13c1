"""What is read of a number in an address or a form, and what is not."""

from accounts.whole_numbers import whole


def test_only_whole_numbers_that_a_database_holds_are_read() -> None:
    read = {text: whole(text, -1) for text in ("0", "007", "9" * 18)}
    strange = [whole(text, -1) for text in ("", "-1", "1.5", " 1", "²", "٣", "1e3", "9" * 19, "9" * 5000)]

    assert read == {"0": 0, "007": 7, "9" * 18: 10**18 - 1}
    assert strange == [-1] * 9
