"""Submitting again, confirming under an amended call, and taking back: what counts, and what stays sealed."""

import json

import pytest
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.models import Amendment, Challenge, ClauseRequirement
from suppliers import actions, queries
from suppliers.models import Answer, EarlierVersion, Submission
from tests.factories import member_with, open_challenge
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db


def at(submission: Submission, page: str = "") -> str:
    return f"/supplier/submissions/{submission.public_id}/{page}"


def amended(challenge: Challenge, number: int = 1, *, is_material: bool = True) -> Amendment:
    """An amendment as its row stands; the deadline is the only thing that officers can amend by page today."""
    return Amendment.objects.create(
        challenge=challenge, number=number, made_at=clock.now(), made_by="user:1", reason="The streets are others.",
        difference={"streets": ["ten", "twelve"]}, is_material=is_material,
    )  # fmt: skip


def confirm(submission: Submission, amendment: int = 1) -> None:
    actions.reconfirm(
        submission=submission, amendment=amendment, actor=make.admin_of(submission.supplier), at=clock.now()
    )


def client_of(submission: Submission) -> Client:
    return make.signed_in(make.admin_of(submission.supplier))


def test_O1_the_last_version_counts_and_the_earlier_one_is_never_opened() -> None:
    submission = make.submitted(open_challenge(), answers={"outcome": "The first version"})
    first = dict(submission.receipt)
    make.save(submission, "answers/outcome", "The last version")
    make.submit(submission)
    page = client_of(submission).get(at(submission, "receipt/")).content.decode()
    earlier = client_of(submission).get(at(submission, "receipts/1.json"))

    make.unseal(submission.challenge)

    submission.refresh_from_db()
    version = EarlierVersion.objects.get()
    assert Answer.objects.get(submission=submission, criterion__code="outcome").text == "The last version"
    assert not Answer.objects.filter(text__contains="first version").exists()
    assert b"first version" not in bytes(version.content_box)
    assert json.loads(earlier.content) == first == version.receipt != submission.receipt
    assert "replaced" in page


def test_a_version_that_was_taken_back_leaves_its_receipt_alone() -> None:
    submission = make.submitted(open_challenge())
    make.save(submission, "answers/outcome", "Another")
    make.submit(submission)

    actions.withdraw(submission=submission, actor=make.admin_of(submission.supplier), at=clock.now())

    rows = EarlierVersion.objects.order_by("number")
    assert [(row.number, row.was_withdrawn, row.content_box, row.price_box) for row in rows] == [
        (1, False, None, None), (2, True, None, None),
    ]  # fmt: skip
    assert [row.receipt["kind"] for row in rows] == ["receipt", "receipt"]


def test_submitting_an_unchanged_answer_again_makes_no_version() -> None:
    submission = make.submitted(open_challenge())

    again = make.submit(submission)

    assert again == submission.receipt
    assert EarlierVersion.objects.count() == 0


def test_C2_a_material_amendment_asks_for_confirmation_and_only_that_one() -> None:
    submission = make.submitted(open_challenge())
    client = client_of(submission)
    amended(submission.challenge, 1, is_material=False)
    before = client.get(at(submission)).content.decode()
    amended(submission.challenge, 2)

    told = client.get(at(submission)).content.decode()
    page = client.get(at(submission, "reconfirm/")).content.decode()
    done = client.post(at(submission, "reconfirm/"), {"amendment": "2"})
    again = client.post(at(submission, "reconfirm/"), {"amendment": "2"})
    receipt = client.get(at(submission, "receipt/")).content.decode()

    assert "amended the call after you submitted" not in before
    assert "amended the call after you submitted" in told
    assert "If you do neither, it stands as it is." in told.replace("&#x27;", "'")
    assert "Amendment 2" in page
    assert "Amendment 1" not in page
    assert (done.status_code, again.status_code) == (302, 409)
    assert "Confirmed under amendment 2" in receipt
    submission.refresh_from_db()
    event = Event.objects.get(verb="submission.reconfirmed")
    assert (event.data["amendment"], event.data["sha256"], event.visibility) == (
        2, submission.content_sha256, "supplier",
    )  # fmt: skip


def test_C2_a_later_amendment_asks_again_and_the_newest_must_have_been_read() -> None:
    submission = make.submitted(open_challenge())
    amended(submission.challenge, 1)
    amended(submission.challenge, 2)

    with pytest.raises(Refused, match="amended again while you read"):
        confirm(submission, 1)
    confirm(submission, 2)
    amended(submission.challenge, 3)

    assert [each.number for each in queries.to_confirm(submission)] == [3]


def test_C2_what_is_not_confirmed_stands() -> None:
    submission = make.submitted(open_challenge())
    amended(submission.challenge)

    make.unseal(submission.challenge)

    submission.refresh_from_db()
    assert submission.state == "unsealed"


def test_C2_a_submission_that_lacks_what_is_asked_now_cannot_be_confirmed_but_replaced() -> None:
    submission = make.submitted(open_challenge())
    amended(submission.challenge)
    ClauseRequirement.objects.filter(challenge=submission.challenge, code="OD-02").update(
        due="bid", response_type="yes_no_evidence"
    )

    with pytest.raises(Refused, match=r"change it and submit again\. Say yes or no to clause OD-02"):
        confirm(submission)

    make.save(submission, "clauses/OD-02", {"accepted": False, "level": None, "text": "", "url": "", "files": []})
    make.submit(submission)
    assert queries.to_confirm(submission) == []


def test_C2_submitting_the_same_answer_again_after_an_amendment_is_a_new_version() -> None:
    submission = make.submitted(open_challenge())
    first = dict(submission.receipt)
    amended(submission.challenge)

    second = make.submit(submission)

    assert second["received_at"] > first["received_at"]
    assert queries.to_confirm(submission) == []


def test_only_its_administrators_confirm_and_only_in_time() -> None:
    submission = make.submitted(open_challenge())
    amended(submission.challenge)
    strangers = [
        make.colleague(submission.supplier), make.admin_of(make.supplier()),
        member_with(submission.challenge.council, CouncilRole.PROCUREMENT_LEAD),
    ]  # fmt: skip

    for who in strangers:
        with pytest.raises(NotPermitted):
            actions.reconfirm(submission=submission, amendment=1, actor=who, at=clock.now())
    make.after_closing(submission.challenge)
    with pytest.raises(Refused, match="This call has closed"):
        confirm(submission)


def test_a_draft_has_nothing_to_confirm() -> None:
    submission = make.drafted(open_challenge())
    amended(submission.challenge)

    page = client_of(submission).get(at(submission, "reconfirm/"))

    assert "There is nothing to confirm" in page.content.decode()
    with pytest.raises(Refused):
        confirm(submission)
