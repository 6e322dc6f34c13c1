"""The form of a Companies House number. Pure: whether the company exists is looked up by nobody here."""

import re

# Companies: eight digits, or two letters that say where and what, and six digits. Some societies end in R, or are R0...
DIGITS = re.compile(r"[0-9]{6,8}")
LETTERED = re.compile(r"(?:AC|CE|CS|FC|FE|GE|GS|IC|IP|LP|NA|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|RC|RS|SA|SC|SE|SF|SG|"
                      r"SI|SL|SO|SP|SR|SZ|ZC)[0-9]{5}[0-9R]|R0[0-9]{6}")  # fmt: skip


class NotACompanyNumberError(ValueError):
    """The text cannot be a Companies House number; the message says what one looks like."""


def normalised(text: str) -> str:
    """A company number in its eight-character form; raises NotACompanyNumberError."""
    squeezed = re.sub(r"[\s-]", "", text).upper()
    if DIGITS.fullmatch(squeezed):
        return squeezed.zfill(8)
    if LETTERED.fullmatch(squeezed):
        return squeezed
    raise NotACompanyNumberError(
        "Enter a Companies House number: 8 digits, such as 01234567, or two letters and 6 digits, such as SC123456."
    )
