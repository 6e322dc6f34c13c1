"""An assessment as a document, and back."""

from decimal import Decimal

from assessment.inputs import plain, read, to_document
from assessment.scoring import Case, Criterion, Entry, rank, rank_case

CRITERIA = [
    Criterion("outcome", "quality", Decimal("65.000"), maximum=Decimal("5.00"), threshold=Decimal(2)),
    Criterion("price", "price", Decimal(35), formula="relative"),
]
ENTRIES = [
    Entry("Submission 2", {"outcome": Decimal("4.50")}, Decimal("10000.00")),
    Entry("Submission 1", {"outcome": Decimal(3)}, Decimal(8000)),
    Entry("Submission 3", {"outcome": Decimal(5)}, Decimal(1), disregarded="failed clause SE-01"),
]


def test_document_has_the_published_shape_and_no_price_of_a_disregarded_submission_A8():
    assert to_document(Case(CRITERIA, ENTRIES, ["quality"])) == {
        "criteria": [
            {"code": "outcome", "kind": "quality", "weight": "65", "maximum": "5", "threshold": "2"},
            {"code": "price", "kind": "price", "weight": "35", "formula": "relative"},
        ],
        "tie_breaks": ["quality"],
        "submissions": [
            {"id": "Submission 1", "marks": {"outcome": "3"}, "price": "8000"},
            {"id": "Submission 2", "marks": {"outcome": "4.5"}, "price": "10000"},
            {"id": "Submission 3", "marks": {"outcome": "5"}, "disregarded": "failed clause SE-01"},
        ],
    }


def test_A11_recomputing_the_document_gives_the_digest_of_the_original():
    document = to_document(Case(CRITERIA, ENTRIES, ["quality"]))

    assert rank_case(read(document)) == rank(CRITERIA, ENTRIES, ["quality"])
    assert rank_case(read(document)).digest == rank(CRITERIA, ENTRIES, ["quality"]).digest


def test_A11_the_order_of_submissions_does_not_matter():
    assert to_document(Case(CRITERIA, ENTRIES[::-1])) == to_document(Case(CRITERIA, ENTRIES))


def test_A11_one_changed_mark_changes_the_digest():
    document = to_document(Case(CRITERIA, ENTRIES))
    before = rank_case(read(document)).digest
    document["submissions"][0]["marks"]["outcome"] = "3.5"

    assert rank_case(read(document)).digest != before


def test_smallest_document_is_read():
    document = {
        "criteria": [{"code": "price", "kind": "price", "weight": "100", "formula": "relative"}],
        "submissions": [{"id": "A", "price": "10"}, {"id": "B", "price": "20"}],
    }

    assert [(row.id, row.rank, row.total) for row in rank_case(read(document)).ranking] == [("A", 1, 100), ("B", 2, 50)]


def test_plain_numbers_carry_no_trailing_zeros():
    assert [plain(Decimal(n)) for n in ("4.50", "100", "0.00", "-1.250")] == ["4.5", "100", "0", "-1.25"]
