"""From a registered result to a mark, and the frozen evidence as data."""

from decimal import Decimal

import pytest

from assessment import finished
from assessment.finished import ClauseKept, Finished, Measured, Stop
from assessment.scoring import measured_mark

RESULT = Measured(
    verdict="scale", sentence="Better by 2.", measure="Thefts", unit="a week", change="2.0", low="1.5", high="2.5",
    confidence="0.95", design="matched", snapshot="ab", on="2026-06-01", least="1", hoped="3",
)  # fmt: skip
PILOT = Finished(
    pilot="p", supplier="Lock Ltd", started_on="2026-03-01", ended_on="2026-05-01", plan_sha256="cd", result=RESULT,
    gate="scale", gate_reason="It worked.", guardrails=("Noise: no harm found.",),
    clauses=(ClauseKept("OD-01", "Open data", "Met", 4, 1),), stops=(Stop("2026-04-01", "", "Safety. A cable."),),
    accounts={"fit": {"council": "Staff coped.", "supplier": "We visited weekly."}},
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "mark"),
    [("-1", "0"), ("0.9999", "0"), ("1", "50"), ("2", "75"), ("1.333", "58.32"), ("3", "100"), ("9", "100")],
)
def test_a_measured_result_is_marked_by_the_published_rule(change, mark):
    assert measured_mark(Decimal(change), least=Decimal(1), hoped=Decimal(3)) == Decimal(mark)


def test_where_no_more_was_hoped_for_the_least_gets_all():
    assert measured_mark(Decimal(1), least=Decimal(1), hoped=Decimal("0.5")) == 100
    assert measured_mark(Decimal("0.7"), least=Decimal(1), hoped=Decimal("0.5")) == 0


def test_evidence_survives_its_document_and_a_changed_word_changes_its_fingerprint():
    document = finished.to_document(PILOT)

    assert finished.to_document(finished.read(document)) == document
    assert finished.read(document).mark == 75
    changed = {**document, "gate_reason": "It worked well."}
    assert finished.fingerprint(changed) != finished.fingerprint(document)


def test_what_both_sides_wrote_is_one_text_and_nothing_is_no_text():
    assert PILOT.account("fit") == (
        "What the council says:\nStaff coped.\n\nWhat the supplier says:\nWe visited weekly."
    )
    assert PILOT.account("unknown") == ""
