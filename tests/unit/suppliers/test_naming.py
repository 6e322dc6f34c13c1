"""Whether a text names its supplier."""

import pytest

from suppliers.naming import Named, Names, core, first_word, named_in

NAMES = Names(
    name="Lanternwick Cycles Ltd", company_number="00990001", people=("Kim O'Neill", "Ada Smith"),
    domains=("lanternwick.example", "gmail.com"),
)  # fmt: skip


def found(text: str, names: Names = NAMES) -> list[str]:
    return [each.words for each in named_in([("here", text)], names)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("At Lanternwick Cycles we count first.", ["Lanternwick Cycles"]),
        ("LANTERNWICK\n cycles limited", ["Lanternwick Cycles"]),
        ("see lanternwick-cycles-plan_v2.pdf", ["Lanternwick Cycles"]),
        ("https://lanternwickcycles.com/terms", ["Lanternwick Cycles"]),
        ("Kim O’Neill leads the work", ["Kim O'Neill"]),
        ("company 00990001", ["00990001"]),
        ("company no. 990001.", ["00990001"]),
        ("write to kim@lanternwick.example", ["lanternwick.example"]),
        ("write to council@gmail.com", []),
        ("Stands fill up, so Lanternwick counts them.", ["Lanternwick"]),
        ("Lanternwick counts. Later Lanternwick moves them.", ["Lanternwick"]),
        ("lanternwick_plan.pdf", ["Lanternwick"]),
        ("Lanternwick lamps are an old kind, and every lanternwick fails.", []),
        ("Kim and Ada lead it; lanterns on cycles; order 1009900011", []),
        ("", []),
    ],
)
def test_what_names_the_supplier_is_found(text: str, words: list[str]) -> None:
    assert found(text) == words


def test_every_place_is_told() -> None:
    places = [("the answer", "Ada Smith"), ("the file", "plan.pdf"), ("the evidence", "by Ada Smith")]

    assert named_in(places, NAMES) == [Named("the answer", "Ada Smith"), Named("the evidence", "Ada Smith")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Solver Works Ltd", "Solver Works"),
        ("Solver C.I.C.", "Solver"),
        ("Ltd", "Ltd"),
        ("Solver & Co. Ltd", "Solver &"),
    ],
)
def test_the_legal_form_is_left_out(name: str, words: str) -> None:
    assert core(name) == words


def test_the_first_word_counts_where_a_text_would_be_recognised_by_it() -> None:
    names = ("Wickerlock (Demonstration) Ltd", "Smart Parking Ltd", "The Bin Company Ltd", "4Shelters Ltd", "Ltd")

    assert [first_word(name) for name in names] == ["Wickerlock", "", "", "", ""]
    assert found("Smart sensors. Smart lamps.", Names("Smart Parking Ltd", "00000001")) == []


def test_a_short_common_name_is_found_as_a_word_and_not_inside_others() -> None:
    names = Names("Count Ltd", "00000001")

    assert found("We recount weekly and are accountable", names) == []
    assert found("At Count we", names) == ["Count"]
