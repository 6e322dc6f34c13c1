"""Unsealing by two people after the deadline; prices later, and only of admitted submissions."""

from decimal import Decimal

import pytest
from django.test import Client

from audit import clock
from audit.actors import SYSTEM
from audit.models import Event
from audit.transitions import NotPermitted, Refused, objections, perform
from challenges.models import Challenge, ChallengeState
from files import access
from files.models import StoredFile
from suppliers import actions, sealing
from suppliers.actions.unsealing import pseudonyms
from suppliers.models import Answer, ClauseResponse, PriceOffer, Submission, SubmissionState, Supplier, UnsealingConsent
from tests.factories import closed_challenge, council, member_with, open_challenge, person
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
TEXT = b"week,thefts\n1,10\n"


def consent(challenge: Challenge, role: str = "owner") -> bool:
    return actions.consent_to_unseal(challenge=challenge, actor=member_with(challenge.council, role), at=clock.now())


def test_S6_two_different_people_unseal_after_the_deadline() -> None:
    challenge = open_challenge()
    submission = make.submitted(challenge, answers={"outcome": "what we would do"})
    make.after_closing(challenge)

    first, second = consent(challenge, "owner"), consent(challenge, "procurement_lead")

    assert (first, second) == (False, True)
    challenge.refresh_from_db()
    submission.refresh_from_db()
    assert (challenge.state, submission.state) == (ChallengeState.UNSEALED, SubmissionState.UNSEALED)
    assert Answer.objects.get(submission=submission, criterion__code="outcome").text == "what we would do"
    assert ClauseResponse.objects.get(submission=submission, requirement__code="OD-01").is_accepted is True
    assert PriceOffer.objects.count() == 0


def test_S6_the_record_says_who_when_how_many_and_every_hash() -> None:
    challenge = open_challenge()
    hashes = sorted(make.submitted(challenge).content_sha256 for _ in range(2))

    make.unseal(challenge)

    event = Event.objects.get(verb="challenge.unsealed")
    people = [each.user.actor_key for each in UnsealingConsent.objects.order_by("pk")]
    assert (event.data["submissions"], event.data["sha256"]) == (2, hashes)
    assert [each["who"] for each in event.data["people"]] == people
    assert event.visibility == "public"


def test_S6_nothing_is_unsealed_before_the_deadline() -> None:
    challenge = open_challenge()

    with pytest.raises(Refused, match="still open"):
        consent(challenge)

    assert UnsealingConsent.objects.count() == 0


def test_S6_the_same_person_twice_is_one_person() -> None:
    challenge = closed_challenge()
    consent(challenge)

    with pytest.raises(Refused, match="You have confirmed already"):
        consent(challenge)

    challenge.refresh_from_db()
    assert challenge.state == ChallengeState.PUBLISHED


def test_S6_the_step_itself_refuses_without_two_people() -> None:
    challenge = closed_challenge()
    consent(challenge)

    with pytest.raises(Refused, match="Two different people"):
        perform(challenge, "unseal", actor=member_with(challenge.council, "owner"), at=clock.now())


@pytest.mark.parametrize("role", ["pilot_manager", "auditor"])
def test_S6_other_roles_do_not_unseal(role: str) -> None:
    challenge = closed_challenge()

    with pytest.raises(NotPermitted):
        consent(challenge, role)


def test_S6_another_council_does_not_unseal() -> None:
    challenge = closed_challenge()

    with pytest.raises(NotPermitted):
        actions.consent_to_unseal(challenge=challenge, actor=person(council(), "owner"), at=clock.now())


def test_S6_one_submission_cannot_be_opened_by_itself() -> None:
    submission = make.submitted(open_challenge())
    assert objections(submission, "unseal", at=clock.now()) == [
        "The call is still open: nothing is unsealed before its deadline.",
        "Two different people must confirm before anything is unsealed.",
    ]

    make.after_closing(submission.challenge)

    with pytest.raises(Refused, match="Two different people"):
        perform(submission, "unseal", actor=SYSTEM, at=clock.now())


def test_no_submission_at_all_can_be_unsealed_too() -> None:
    challenge = closed_challenge()

    make.unseal(challenge)

    assert challenge.state == ChallengeState.UNSEALED
    assert Event.objects.get(verb="challenge.unsealed").data["submissions"] == 0


def test_unsealing_twice_is_refused() -> None:
    challenge = make.unsealed_challenge(1)

    with pytest.raises(Refused, match="there is nothing to unseal"):
        consent(challenge)


def test_S4_drafts_and_withdrawn_submissions_stay_closed() -> None:
    challenge = open_challenge()
    draft, taken_back = make.drafted(challenge), make.submitted(challenge)
    actions.withdraw(submission=taken_back, actor=make.admin_of(taken_back.supplier), at=clock.now())
    make.submitted(challenge)

    make.unseal(challenge)

    states = {each.pk: each.state for each in Submission.objects.all()}
    assert (states[draft.pk], states[taken_back.pk]) == ("draft", "withdrawn")
    assert Submission.objects.arrived().count() == 1
    assert Answer.objects.values("submission").distinct().count() == 1


def test_S4_a_file_that_only_the_draft_had_never_reaches_assessors() -> None:
    challenge = open_challenge()
    submission = make.submitted(challenge, files={"in.csv": TEXT})
    actions.attach_file(
        submission=submission, name="after.csv", data=TEXT, actor=make.admin_of(submission.supplier), at=clock.now()
    )

    make.unseal(challenge)

    [stored] = StoredFile.objects.all()
    assert (stored.display_name, stored.content_type, stored.size) == ("in.csv", "text/csv", len(TEXT))
    assert access.opened(stored).data == TEXT


def test_A6_pseudonyms_are_random_and_sort_naturally() -> None:
    names = pseudonyms(12)

    assert sorted(names) == [f"Submission {number:02d}" for number in range(1, 13)]
    assert len({tuple(pseudonyms(12)) for _ in range(5)}) > 1


def test_S5_a_box_that_was_tampered_with_stops_the_unsealing_by_name() -> None:
    challenge = open_challenge()
    good, bad = make.submitted(challenge), make.submitted(challenge)
    Submission.objects.filter(pk=bad.pk).update(content_box=good.content_box)
    make.after_closing(challenge)
    consent(challenge, "owner")

    with pytest.raises(Refused, match=bad.content_sha256[:16]):
        consent(challenge, "procurement_lead")

    challenge.refresh_from_db()
    assert challenge.state == ChallengeState.PUBLISHED
    assert Answer.objects.count() == 0


def test_A8_prices_open_for_admitted_submissions_only() -> None:
    challenge = make.unsealed_challenge(2, prices=[("31000.00", "260000.00"), ("1.00", "2.00")])
    admitted, other = Submission.objects.order_by("pk")
    perform(admitted, "admit", actor=SYSTEM, at=clock.now())

    with pytest.raises(Refused, match="its price stays sealed"):
        actions.open_prices(challenge=challenge, submissions=[admitted, other], actor=SYSTEM, at=clock.now())
    assert PriceOffer.objects.count() == 0
    [offer] = actions.open_prices(challenge=challenge, submissions=[admitted], actor=SYSTEM, at=clock.now())

    assert (offer.pilot_price, offer.contract_price) == (Decimal("31000.00"), Decimal("260000.00"))
    assert Event.objects.get(verb="challenge.prices_opened").data == {"submissions": [admitted.pseudonym]}


def test_S6_before_the_unsealing_everybody_reads_that_nothing_was_opened_and_no_count() -> None:
    challenge = open_challenge()
    submission = make.submitted(challenge)

    page = Client().get(f"/challenges/{challenge.slug}/unsealing/?fingerprint={submission.content_sha256}")

    assert page.status_code == 200
    assert "Nothing has been opened" in page.content.decode()
    assert "1 submission" not in page.content.decode()
    assert Client().get(f"/challenges/{challenge.slug}/unsealing.json").status_code == 404


def test_S6_the_published_summary_says_how_many_when_by_whom_and_every_fingerprint() -> None:
    challenge = open_challenge()
    hashes = sorted(make.submitted(challenge, files={"in.csv": TEXT}).content_sha256 for _ in range(2))
    make.unseal(challenge)
    people = [str(each.user) for each in UnsealingConsent.objects.order_by("pk")]

    page = Client().get(f"/challenges/{challenge.slug}/unsealing/").content.decode()
    published = Client().get(f"/challenges/{challenge.slug}/unsealing.json").json()

    assert [text in page for text in (*hashes, *people, "2 submissions", "with 2 files")] == [True] * 6
    assert (published["sha256"], published["submissions"], published["files"]) == (hashes, 2, 2)
    assert published["list_sha256"] == sealing.sha256(hashes)
    assert [each["who"] for each in published["people"]] == people
    assert not [firm.name for firm in Supplier.objects.all() if firm.name in page or firm.name in str(published)]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("{}", "Yes, it was opened"), (" {} ", "Yes, it was opened"), ("0" * 64, "It is not on the list"),
        ("<b>", "This is not a fingerprint"),
    ],
)  # fmt: skip
def test_a_supplier_finds_their_fingerprint_on_the_list(typed: str, answer: str) -> None:
    challenge = open_challenge()
    digest = make.submitted(challenge).content_sha256
    make.unseal(challenge)

    page = Client().get(f"/challenges/{challenge.slug}/unsealing/", {"fingerprint": typed.format(digest.upper())})

    assert answer in page.content.decode()


def test_the_ceremony_says_beforehand_what_will_happen_and_asks_nothing_while_the_call_is_open() -> None:
    challenge = open_challenge()
    client = make.signed_in(member_with(challenge.council, "owner"))

    page = client.get(f"/workspace/challenges/{challenge.slug}/unseal/").content.decode()

    assert "What will happen" in page
    assert "Confirm the unsealing" not in page
    assert "still open" in page
