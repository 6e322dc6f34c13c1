"""Submitting: in time or not, complete or not, once or fifty times; and the receipt."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.actions import cancel_challenge
from suppliers import actions, keys, queries, sealing
from suppliers.actions import Incomplete, KeyReused
from suppliers.models import Submission, SubmissionState
from tests.factories import member_with, move_clock_to, open_challenge
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db


def test_S5_a_submission_gets_a_receipt_that_verifies() -> None:
    submission = make.drafted(open_challenge())
    before = clock.now()

    receipt = make.submit(submission)

    assert sealing.verify_receipt(receipt, keys.signing_key().public_key()) is None
    assert before <= submission.submitted_at <= clock.now()
    assert receipt["received_at"] == submission.submitted_at.isoformat()
    assert receipt["submission"] == str(submission.public_id)
    assert (submission.state, submission.content_sha256) == (SubmissionState.SUBMITTED, receipt["sha256"])


def test_S5_the_receipt_covers_the_content_as_its_supplier_downloads_it() -> None:
    submission = make.submitted(open_challenge(), answers={"outcome": "Ünïcode — and “quotes”"})

    content = json.loads(queries.read_submitted(submission, make.admin_of(submission.supplier)))

    assert sealing.differs(submission.receipt, content) is None
    assert content["answers"]["outcome"] == "Ünïcode — and “quotes”"
    assert sorted(content) == [
        "answers", "challenge", "clauses", "confidential", "files", "salt", "schema", "submission", "supplier",
        "terms_sha256",
    ]  # fmt: skip


def test_S5_the_receipt_names_neither_supplier_nor_price() -> None:
    submission = make.submitted(open_challenge())

    text = json.dumps(submission.receipt)

    assert submission.supplier.name not in text
    assert submission.supplier.company_number not in text
    assert "50000" not in text


def test_S5_the_same_price_twice_gives_different_hashes() -> None:
    """A hash of a bare price could be found by trying all prices."""
    challenge = open_challenge()

    one, other = make.submitted(challenge), make.submitted(challenge)

    assert one.receipt["price_sha256"] != other.receipt["price_sha256"]


def test_O2_the_list_of_what_is_missing_is_complete() -> None:
    submission = make.started(open_challenge())

    with pytest.raises(Incomplete) as incomplete:
        actions.submit(
            submission=submission, actor=make.admin_of(submission.supplier), at=clock.now(), accepts_terms=False
        )

    assert incomplete.value.sentences == [
        "Answer “Reach”.",
        "Answer “How it would be delivered”.",
        "Say yes or no to clause OD-01, “Data from the pilot belongs to the council's public purpose”.",
        "Give the price of the pilot, without VAT.",
        "Give the price of the full contract, without VAT.",
        "Say what VAT comes on top of your prices.",
        "Confirm that you accept the terms of this call and may submit for your organisation.",
    ]
    submission.refresh_from_db()
    assert (submission.state, submission.receipt) == (SubmissionState.DRAFT, None)


def test_T1_T3_a_late_submission_is_refused_and_its_draft_kept() -> None:
    """No worker runs in this test: the clock alone closes the call."""
    submission = make.drafted(open_challenge())
    actor = make.admin_of(submission.supplier)
    draft = queries.read_draft(submission, actor)
    move_clock_to(submission.challenge.closes_at)

    with pytest.raises(Refused, match="This call has closed") as refused:
        make.submit(submission)

    assert type(refused.value) is Refused
    submission.refresh_from_db()
    assert (submission.state, submission.content_box) == (SubmissionState.DRAFT, None)
    assert queries.read_draft(submission, actor) == draft


def test_T2_an_instant_read_before_the_deadline_does_not_help_a_late_request() -> None:
    """The clock is read again under the lock: a request that began in time and arrives late is late."""
    submission = make.drafted(open_challenge())
    began = clock.now()
    move_clock_to(submission.challenge.closes_at)

    with pytest.raises(Refused, match="This call has closed"):
        actions.submit(submission=submission, actor=make.admin_of(submission.supplier), at=began, accepts_terms=True)


def test_T2_shortly_before_the_deadline_is_in_time() -> None:
    submission = make.drafted(open_challenge())
    move_clock_to(submission.challenge.closes_at - timedelta(seconds=30))

    assert make.submit(submission)["received_at"] < submission.challenge.closes_at.isoformat()


def test_T3_withdraw_and_resubmit_each_check_the_deadline() -> None:
    submission = make.submitted(open_challenge())
    make.save(submission, "answers/outcome", "changed after submitting")
    receipt = submission.receipt
    make.after_closing(submission.challenge)

    with pytest.raises(Refused, match="This call has closed"):
        make.submit(submission)
    with pytest.raises(Refused, match="This call has closed"):
        actions.withdraw(submission=submission, actor=make.admin_of(submission.supplier), at=clock.now())

    submission.refresh_from_db()
    assert (submission.state, submission.receipt) == (SubmissionState.SUBMITTED, receipt)


def test_a_cancelled_call_takes_nothing() -> None:
    submission = make.drafted(open_challenge())
    challenge = submission.challenge
    lead = member_with(challenge.council, "procurement_lead")
    cancel_challenge(challenge=challenge, actor=lead, at=clock.now(), reason="The street is being rebuilt.")

    with pytest.raises(Refused, match="takes no submissions"):
        make.submit(submission)


def test_O1_there_is_one_submission_per_supplier_and_challenge() -> None:
    submission = make.started(open_challenge())

    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(challenge=submission.challenge, supplier=submission.supplier, created_at=clock.now())


def test_O1_the_last_version_submitted_counts() -> None:
    submission = make.submitted(open_challenge())
    first = submission.receipt
    make.save(submission, "answers/outcome", "a better answer")

    second = make.submit(submission)

    content = json.loads(queries.read_submitted(submission, make.admin_of(submission.supplier)))
    assert content["answers"]["outcome"] == "a better answer"
    assert second["sha256"] != first["sha256"]
    assert list(Event.objects.filter(verb__startswith="submission.").order_by("pk").values_list("verb", flat=True)) == [
        "submission.started", "submission.submitted", "submission.resubmitted",
    ]  # fmt: skip


def test_the_same_post_again_gives_the_same_receipt_even_after_the_deadline() -> None:
    submission = make.drafted(open_challenge())
    first = make.submit(submission, version=submission.draft_version, request_key="k-1")

    again = make.submit(submission, version=submission.draft_version, request_key="k-1")
    make.after_closing(submission.challenge)
    late = make.submit(submission, version=submission.draft_version, request_key="k-1")

    assert again == late == first
    assert Event.objects.filter(verb="submission.submitted").count() == 1


def test_a_second_click_without_a_key_changes_nothing() -> None:
    submission = make.drafted(open_challenge())

    assert make.submit(submission) == make.submit(submission)
    assert Event.objects.filter(verb__in=["submission.submitted", "submission.resubmitted"]).count() == 1


def test_a_key_with_another_body_is_refused() -> None:
    submission = make.drafted(open_challenge())
    make.submit(submission, version=submission.draft_version, request_key="k-1")

    with pytest.raises(KeyReused, match="sent before with other content"):
        make.submit(submission, version=99, request_key="k-1")


def test_what_was_checked_is_what_is_submitted() -> None:
    submission = make.drafted(open_challenge())
    seen = submission.draft_version
    make.save(submission, "answers/outcome", "a colleague changed it")

    with pytest.raises(Refused, match="changed after you checked it"):
        make.submit(submission, version=seen)


def test_only_an_administrator_submits_and_withdraws() -> None:
    submission = make.drafted(open_challenge())
    member = make.colleague(submission.supplier)

    with pytest.raises(NotPermitted):
        actions.submit(submission=submission, actor=member, at=clock.now(), accepts_terms=True)
    make.submit(submission)
    with pytest.raises(NotPermitted):
        actions.withdraw(submission=submission, actor=member, at=clock.now())


def test_S4_withdrawing_destroys_what_was_sealed_and_keeps_the_draft() -> None:
    submission = make.submitted(open_challenge())
    actor = make.admin_of(submission.supplier)
    digest = submission.content_sha256

    actions.withdraw(submission=submission, actor=actor, at=clock.now())

    submission.refresh_from_db()
    assert (submission.state, submission.content_box, submission.price_box) == ("withdrawn", None, None)
    assert queries.read_draft(submission, actor).answer("outcome") == "How we reach Reach."
    assert Event.objects.get(verb="submission.withdrawn").data["sha256"] == digest


def test_a_withdrawn_submission_can_be_submitted_again() -> None:
    submission = make.submitted(open_challenge())
    actions.withdraw(submission=submission, actor=make.admin_of(submission.supplier), at=clock.now())

    make.submit(submission)

    assert submission.state == SubmissionState.SUBMITTED
    assert submission.content_box is not None


def test_no_council_sees_who_acted_before_the_unsealing() -> None:
    """Supplier events carry a visibility of their own, so that a list for the council leaves them out."""
    submission = make.submitted(open_challenge())

    visibilities = Event.objects.about(submission).values_list("visibility", flat=True)

    assert set(visibilities) == {"supplier"}


@pytest.fixture
def receipt_files(tmp_path: Path) -> tuple[Path, Path, Path]:
    submission = make.submitted(open_challenge())
    receipt, key, content = tmp_path / "receipt.json", tmp_path / "platform-key.pem", tmp_path / "submission.json"
    receipt.write_text(json.dumps(submission.receipt))
    content.write_bytes(queries.read_submitted(submission, make.admin_of(submission.supplier)))
    printed = StringIO()
    call_command("platform_key", stdout=printed)
    key.write_text(printed.getvalue())
    return receipt, key, content


def test_S5_a_receipt_is_verified_offline(receipt_files: tuple[Path, Path, Path]) -> None:
    receipt, key, content = receipt_files
    said = StringIO()

    call_command("verify_receipt", receipt, key=key, content=content, stdout=said)

    digest = json.loads(receipt.read_text())["sha256"]
    assert said.getvalue().endswith(f"sha256 {digest}.\n")


@pytest.mark.parametrize(
    ("which", "change", "reason"),
    [
        (0, lambda text: text.replace('"files": 0', '"files": 1'), "The signature does not fit"),
        (0, lambda text: "not json", "receipt.json is not JSON"),
        (0, lambda text: text.replace('"files": 0', '"files": 9, "files": 0'), "names something twice"),
        (0, lambda text: "[" * 100_000, "receipt.json is not JSON"),
        (1, lambda text: "not a key", "platform-key.pem holds no Ed25519 public key."),
        (2, lambda text: text.replace("How we reach", "How we miss"), "The content is not the one received"),
    ],
)
def test_S5_a_changed_file_is_named_with_its_reason(
    receipt_files: tuple[Path, Path, Path], which: int, change: object, reason: str
) -> None:
    receipt, key, content = receipt_files
    changed = receipt_files[which]
    changed.write_text(change(changed.read_text()))

    with pytest.raises(CommandError, match=reason) as refused:
        call_command("verify_receipt", receipt, key=key, content=content)

    assert refused.value.returncode == 1
