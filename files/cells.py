"""Cells of spreadsheets. A program that opens one runs a cell that begins like a formula."""

from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST: Final = 32_000


def harmless(text: str) -> str:
    """The same text, led by an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def printable(text: str) -> str:
    """The same text without the control characters that a workbook cannot hold, and cut to what a cell can."""
    kept = "".join(letter for letter in text if letter in "\t\n" or ord(letter) >= 32)
    return kept if len(kept) <= LONGEST else f"{kept[:LONGEST]}… (cut; the CSV has all of it)"
