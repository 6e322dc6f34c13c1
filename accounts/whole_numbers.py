"""A whole number that somebody wrote into an address or a form. Pure.

`str.isdigit` lets through what `int` does not read, such as “²”, and `int` itself refuses thousands of digits.
"""

MOST_DIGITS = 18  # what every database of ours holds


def whole(text: str, otherwise: int = 0) -> int:
    """The number from zero up that a text says; `otherwise` where it says none that we can hold."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_one else otherwise
