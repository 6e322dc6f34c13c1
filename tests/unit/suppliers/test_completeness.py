"""What is missing, and the form of numbers and amounts."""

from decimal import Decimal

import pytest

from suppliers.company_numbers import NotACompanyNumberError, normalised
from suppliers.completeness import Asked, ClauseAsked, Missing, count_words, is_amount, missing, too_long
from suppliers.drafts import Draft
from suppliers.prices import too_high

CRITERIA = [Asked("reach", "Reach", 5), Asked("delivery", "Delivery", 5)]
CLAUSES = [ClauseAsked("OD-01", "Rights", "yes_no_evidence"), ClauseAsked("IN-02", "Mapping", "graded")]
WHOLE = {
    "answers/reach": "we do it well", "answers/delivery": "in ten weeks",
    "clauses/OD-01": {"accepted": True, "text": "our terms"}, "clauses/IN-02": {"level": 2, "url": "https://a.example"},
    "price": {"pilot": "1.00", "contract": "2.50", "vat_treatment": "standard"},
}  # fmt: skip


def draft(**changes: object) -> Draft:
    sections = {**WHOLE, **{name.replace("__", "/").replace("_", "-"): value for name, value in changes.items()}}
    return Draft(version=1, saved_at=None, sections=sections)


def test_O2_an_empty_draft_lists_everything_at_once() -> None:
    empty = Draft(version=0, saved_at=None)

    assert missing(empty, CRITERIA, CLAUSES) == [
        Missing("answers/reach", "Answer “Reach”."),
        Missing("answers/delivery", "Answer “Delivery”."),
        Missing("clauses/OD-01", "Say yes or no to clause OD-01, “Rights”."),
        Missing("clauses/IN-02", "Say which level you reach in clause IN-02, “Mapping”."),
        Missing("price", "Give the price of the pilot, without VAT."),
        Missing("price", "Give the price of the full contract, without VAT."),
        Missing("price", "Say what VAT comes on top of your prices."),
    ]


def test_O2_a_whole_draft_misses_nothing() -> None:
    assert missing(draft(), CRITERIA, CLAUSES) == []


def test_O2_a_text_over_its_limit_is_missing_room() -> None:
    found = missing(draft(answers__reach="one two three four five six seven"), CRITERIA, CLAUSES)

    assert found == [
        Missing(
            "answers/reach",
            "Shorten “Reach”. This answer has 7 words; at most 5 are read. Take out 2 words.",
        )
    ]


@pytest.mark.parametrize(
    ("response", "sentences"),
    [
        ({"accepted": True}, ["Give evidence, or an address where it is, for clause OD-01, “Rights”."]),
        ({"accepted": True, "text": "  "}, ["Give evidence, or an address where it is, for clause OD-01, “Rights”."]),
        ({"accepted": True, "url": "https://a.example"}, []),
        ({"accepted": False}, []),
    ],
)
def test_evidence_is_asked_of_a_yes_only(response: dict[str, object], sentences: list[str]) -> None:
    found = missing(draft(**{"clauses/OD-01": response}), CRITERIA, CLAUSES)

    assert [each.sentence for each in found] == sentences


@pytest.mark.parametrize(("level", "count"), [(0, 0), (1, 1)])
def test_level_zero_needs_no_evidence(level: int, count: int) -> None:
    given = Draft(version=1, saved_at=None, sections={**WHOLE, "clauses/IN-02": {"level": level}})

    assert len(missing(given, CRITERIA, CLAUSES)) == count


def test_words_are_runs_of_anything_but_space() -> None:
    assert count_words("  one  two-and\nthree \u00a0 4.5 ") == 4
    assert too_long("one two", 2) is None
    assert too_long("one two three", 2) == "This answer has 3 words; at most 2 are read. Take out 1 word."


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0", True), ("12.50", True), ("1e3", True), ("12.505", False), ("-1", False), ("NaN", False), ("", False),
        ("Infinity", False),
    ],
)  # fmt: skip
def test_an_amount_is_zero_or_more_in_whole_pence(text: str, is_one: bool) -> None:
    assert is_amount(text) is is_one


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("01234567", "01234567"), ("1234567", "01234567"), ("sc 123456", "SC123456"), ("IP12345R", "IP12345R"),
        ("R0123456", "R0123456"),
    ],
)  # fmt: skip
def test_a_company_number_takes_its_full_form(typed: str, number: str) -> None:
    assert normalised(typed) == number


@pytest.mark.parametrize("typed", ["", "12345", "123456789", "XX123456", "SC12345", "GB123456789", "０１２３４５６７"])
def test_what_cannot_be_a_company_number_is_refused(typed: str) -> None:
    with pytest.raises(NotACompanyNumberError, match="8 digits, such as 01234567"):
        normalised(typed)


def test_prices_above_the_published_money_are_told_in_its_currency() -> None:
    prices = {"pilot": "9500.01", "contract": "120000.00"}

    [told] = too_high(prices, Decimal(9500), Decimal(120000), "EUR")
    assert told.startswith("Your price for the pilot, €9,500.01, is above the €9,500 that the council has for each")
    assert too_high(prices, Decimal("9500.01"), None, "GBP") == []
    [told] = too_high({"pilot": "", "contract": "120000.01"}, Decimal(1), Decimal(120000), "GBP")
    assert told.startswith(
        "Your price for the contract, £120,000.01, is above the £120,000 that the council has for it"
    )
