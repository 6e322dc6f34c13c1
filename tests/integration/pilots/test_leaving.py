"""A supplier withdraws after the unsealing: on the record, told to everybody concerned, and all goes on without it."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from accounts.models import CouncilRole
from assessment import queries
from assessment.models import EarlierRanking, Round, RoundState
from audit import clock
from audit.actions import append_links
from audit.models import Event, Visibility
from audit.transitions import NotPermitted, Refused
from notifications.models import Delivery
from notifications.tasks import deliver_events
from pilots import actions
from pilots.models import Pilot, PilotState
from suppliers.models import PriceOffer, Submission, SubmissionState
from tests.factories import assessment, member_with, pages, pilots
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
WHY = "Our only engineer has left."


def leave(submission: Submission, **how: object) -> None:
    given = {"actor": make.admin_of(submission.supplier), "at": clock.now(), "reason": WHY} | how
    actions.leave_procedure(submission=submission, **given)


def one_of(round_: Round, place: int = 0) -> Submission:
    return Submission.objects.get(pk=queries.submissions_in(round_)[place].pk)


def told() -> Iterator[tuple[int, str, str]]:
    append_links()
    deliver_events()
    yield from Delivery.objects.values_list("user_id", "subject", "body")


def test_while_marking_the_panel_goes_on_without_it_and_does_not_learn_whose_it_was() -> None:
    round_ = assessment.round_in("marking")
    first, second = assessment.assessors_of(round_)
    assessment.write_marks(round_, first)
    gone = one_of(round_)
    supplier, admin = gone.supplier, make.admin_of(gone.supplier)

    leave(gone)
    assessment.mark_all(round_)
    letters = list(told())

    gone.refresh_from_db()
    round_.refresh_from_db()
    assert (gone.state, gone.left_reason) == (SubmissionState.WITHDRAWN, WHY)
    assert (round_.state, queries.arrived_count(round_.challenge)) == (RoundState.MODERATING, 2)
    panel = {first.pk, second.pk, assessment.chair_of(round_).pk}
    heard = {user: subject + body for user, subject, body in letters if "was withdrawn" in subject}
    assert panel <= set(heard)
    assert [text for text in heard.values() if supplier.name in text or WHY in text] == []
    assert [subject for user, subject, _ in letters if user == admin.pk and "You have withdrawn" in subject] != []
    public = Event.objects.get(verb="challenge.supplier_left")
    assert (public.visibility, public.data, public.reason) == (Visibility.PUBLIC, {"stage": "assessment"}, "")


def test_the_last_one_waited_for_may_be_the_one_that_leaves() -> None:
    round_ = assessment.round_in("marking", n=3)
    first, second = assessment.assessors_of(round_)
    gone = one_of(round_, 2)
    for who in (first, second):
        assessment.write_marks(round_, who)
    leave(gone)
    round_.refresh_from_db()

    assert round_.state == RoundState.MARKING
    assert {each.pk for each in queries.submissions_in(round_)} == set(
        Submission.objects.filter(state=SubmissionState.UNSEALED).values_list("pk", flat=True)
    )


def test_A9_the_price_of_one_that_left_is_never_opened() -> None:
    round_ = assessment.round_in("prices")
    gone = one_of(round_)

    leave(gone)
    assessment.open_prices(round_)

    assert not PriceOffer.objects.filter(submission=gone).exists()
    round_.refresh_from_db()
    assert [row["id"] for row in round_.ranking.result["ranking"] if row["id"] == gone.pseudonym] == []


def test_A9_a_ranking_is_computed_again_without_it_and_the_one_before_is_kept() -> None:
    round_ = assessment.round_in("ranked")
    before = round_.ranking.digest
    gone = one_of(round_)
    approver = assessment.lead_of(round_.challenge)

    leave(gone)
    assessment.decide(Round.objects.get(pk=round_.pk))
    page = make.signed_in(approver).get(reverse("result", args=[round_.challenge.slug]))

    assert EarlierRanking.objects.get().digest == before
    ranked = Round.objects.get(pk=round_.pk).ranking.result["ranking"]
    assert [row["id"] for row in ranked if row["id"] == gone.pseudonym] == []
    assert (len(ranked), page.status_code) == (2, 200)


def test_when_all_have_left_after_the_ranking_the_result_page_still_opens() -> None:
    round_ = assessment.round_in("ranked", n=1)
    leave(one_of(round_))

    lead = assessment.declare_as_approver(round_)
    page = make.signed_in(lead).get(reverse("result", args=[round_.challenge.slug]))

    assert page.status_code == 200
    assert Round.objects.get(pk=round_.pk).ranking.result["ranking"] == []


def test_a_chosen_one_leaves_before_its_pilot_and_the_planned_pilot_ends() -> None:
    pilot = pilots.pilot_in("registered")
    chosen, challenge = pilot.submission, pilot.challenge
    pages.page_for(challenge)
    digest = challenge.rounds.get().ranking.digest

    leave(chosen)
    letters = list(told())

    pilot.refresh_from_db()
    chosen.refresh_from_db()
    assert (pilot.state, chosen.state) == (PilotState.DROPPED, SubmissionState.LEFT)
    assert challenge.rounds.get().ranking.digest == digest
    manager = member_with(challenge.council, CouncilRole.PILOT_MANAGER)
    heard = {user for user, subject, _ in letters if subject.startswith("A supplier has withdrawn")}
    others = challenge.submissions.exclude(pk=chosen.pk)
    assert heard == {make.admin_of(each.supplier).pk for each in others}
    mine = [body for user, subject, body in letters if user == manager.pk and "chosen supplier" in subject]
    assert [WHY in body and pilot.supplier.name in body for body in mine] == [True]
    for path in ("pilot", "pilot_workspace"):
        assert make.signed_in(manager).get(reverse(path, args=[pilot.slug])).status_code == 200
    for path in ("challenge_workspace", "challenge_pilots", "result"):
        who = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
        assert make.signed_in(who).get(reverse(path, args=[challenge.slug])).status_code == 200


def test_what_stands_in_the_way_is_said_and_nothing_moves() -> None:
    pilot = pilots.pilot_in("running")
    chosen = pilot.submission
    other = pilot.challenge.submissions.filter(state=SubmissionState.NOT_SELECTED).first()
    admin = make.admin_of(pilot.supplier)
    member = make.colleague(pilot.supplier)
    client = make.signed_in(admin)
    where = reverse("submission_leave", args=[chosen.public_id])

    with pytest.raises(Refused, match="Your pilot has started"):
        leave(chosen)
    with pytest.raises(Refused):
        leave(other)
    for who in (member, make.admin_of(other.supplier), pilot.challenge.owner):
        with pytest.raises(NotPermitted):
            leave(chosen, actor=who)
    page, posted = client.get(where), client.post(where, {"reason": WHY})
    own = client.get(reverse("submission", args=[chosen.public_id])).content.decode()

    assert ("Pilots of this challenge are under way." in own, "It is running. Send readings" in own) == (True, True)
    assert reverse("pilot_workspace", args=[pilot.slug]) in own
    assert "how it ends early is agreed with the council" in page.content.decode()
    assert posted.status_code == 409
    assert Pilot.objects.get(pk=pilot.pk).state == PilotState.RUNNING
    assert not Event.objects.filter(verb="submission.left").exists()


def test_by_the_page_with_a_reason_and_only_once() -> None:
    round_ = assessment.round_in("declaring")
    own = one_of(round_)
    client = make.signed_in(make.admin_of(own.supplier))
    where = reverse("submission_leave", args=[own.public_id])
    receipt = client.get(reverse("submission_receipt", args=[own.public_id])).content.decode()

    empty = client.post(where, {"reason": " "})
    done = client.post(where, {"reason": WHY}, follow=True).content.decode()
    again = client.post(where, {"reason": WHY})

    assert "Withdraw from this procedure" in receipt
    assert empty.status_code == 422
    assert "Say why, in a sentence" in empty.content.decode()
    assert "Taken back after it was opened" in done
    assert again.status_code == 409
    assert Event.objects.filter(verb="submission.left").count() == 1
