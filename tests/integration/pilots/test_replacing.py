"""A chosen supplier withdrew after the decision: the next one moves up by the published rule, or nobody does."""

import pytest
from django.urls import reverse

from accounts.models import CouncilRole, User
from assessment import actions as assessment_actions
from assessment.actions import declare_as_approver
from assessment.models import Decision, DecisionItem, Replacement, Round
from assessment.queries import assessment_export, next_in_line, place_given_up
from audit import clock
from audit.actions import append_links
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.models import Challenge, Selection
from notifications.models import Delivery
from notifications.tasks import deliver_events
from pilots import actions
from suppliers.models import PriceOffer, Submission, SubmissionState
from tests.factories import assessment, council, member_with, pages, person, pilots
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
WHY = "The next in rank, and its price fits."


@pytest.fixture
def challenge() -> Challenge:
    """Two of three ranked are chosen, and the pilot of one is planned."""
    made = pilots.pilot_in("planned").challenge
    pages.page_for(made)
    return made


def given_up(challenge: Challenge) -> Submission:
    gone = challenge.submissions.filter(state=SubmissionState.SELECTED).order_by("pk").first()
    admin = make.admin_of(gone.supplier)
    actions.leave_procedure(submission=gone, actor=admin, at=clock.now(), reason="Our only engineer has left.")
    return Submission.objects.get(pk=gone.pk)


def waiting(challenge: Challenge) -> Submission:
    return challenge.submissions.get(state=SubmissionState.NOT_SELECTED)


def approver(challenge: Challenge) -> User:
    return Decision.objects.get(round__challenge=challenge).approver


def move_up(challenge: Challenge, submission: Submission, **how: object) -> Replacement:
    given = {"actor": approver(challenge), "at": clock.now(), "reason": WHY} | how
    return assessment_actions.move_up(round=challenge.rounds.get(), submission=submission, **given)


def test_D5_the_next_in_rank_moves_up_is_told_with_everybody_and_runs_a_pilot(challenge: Challenge) -> None:
    gone, following = given_up(challenge), waiting(challenge)
    lead = make.signed_in(approver(challenge))
    where = reverse("move_up", args=[challenge.slug])
    decided = list(DecisionItem.objects.order_by("pk").values())
    digest = challenge.rounds.get().ranking.digest

    result = lead.get(reverse("result", args=[challenge.slug])).content.decode()
    shown = lead.get(where).content.decode()
    empty = lead.post(where, {"submission": following.pk, "reason": " "})
    done = lead.post(where, {"submission": following.pk, "reason": WHY}, follow=True).content.decode()
    again = lead.post(where, {"submission": following.pk, "reason": WHY})

    following.refresh_from_db()
    assert ("A place is free" in result, gone.supplier.name in shown, following.supplier.name in shown) == (True,) * 3
    assert (empty.status_code, again.status_code) == (409, 409)
    assert (following.state, Replacement.objects.get().left) == (SubmissionState.SELECTED, gone)
    assert ("Chosen later, for a place that was given up" in done, "A place is free" in done) == (True, False)
    assert (list(DecisionItem.objects.order_by("pk").values()), challenge.rounds.get().ranking.digest) == (
        decided, digest,
    )  # fmt: skip
    assert assessment_export(challenge.rounds.get())["decision"]["moved_up"][0]["moved_up"] == following.pseudonym
    append_links()
    deliver_events()
    told = {row.user_id: row for row in Delivery.objects.filter(event__verb="challenge.supplier_moved_up")}
    own, left = make.admin_of(following.supplier), make.admin_of(gone.supplier)
    assert "You are chosen for a pilot after all" in told[own.pk].subject
    assert following.supplier.name in told[left.pk].body
    assert WHY not in "".join(row.body for row in told.values())
    public = Event.objects.get(verb="challenge.supplier_moved_up")
    assert (public.visibility, public.reason) == ("public", "")
    page = make.signed_in(own).get(reverse("submission", args=[following.public_id])).content.decode()
    assert ("Chosen for a pilot" in page, WHY in page) == (True, True)
    planned = actions.plan_pilot(
        item=following.decision_items.get(), actor=pilots.manager_of(challenge.pilots.first()), at=clock.now()
    )
    assert planned.supplier == following.supplier


def test_A10_nobody_is_passed_over_and_money_and_time_stand_in_the_way(challenge: Challenge) -> None:
    following = waiting(challenge)
    other = challenge.submissions.filter(state=SubmissionState.SELECTED).order_by("pk").last()

    with pytest.raises(Refused, match="No place is free"):
        move_up(challenge, following)
    gone = given_up(challenge)
    for wrong in (gone, other):
        with pytest.raises(Refused, match="is not next"):
            move_up(challenge, wrong)
    Challenge.objects.filter(pk=challenge.pk).update(pilots_ceiling=PriceOffer.objects.get(submission=other).pilot)
    with pytest.raises(Refused, match="together; this challenge published"):
        move_up(challenge, following)
    Challenge.objects.filter(pk=challenge.pk).update(pilots_ceiling=None, state="concluded", conclusion="no_award")
    with pytest.raises(Refused, match="No place is free"):
        move_up(challenge, following)

    assert (Replacement.objects.count(), waiting(challenge)) == (0, following)


def test_D1_only_whoever_may_decide_lets_somebody_move_up(challenge: Challenge) -> None:
    given_up(challenge)
    following, round_ = waiting(challenge), challenge.rounds.get()
    partial = person(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    declare_as_approver(round=round_, actor=partial, at=clock.now(), has_interest=True, detail="My brother's firm.")
    strangers = (
        assessment.chair_of(round_), member_with(challenge.council, CouncilRole.OWNER), partial,
        person(council(), CouncilRole.PROCUREMENT_LEAD), make.admin_of(following.supplier),
    )  # fmt: skip

    for who in strangers:
        with pytest.raises(NotPermitted):
            move_up(challenge, following, actor=who)
    with pytest.raises(Refused, match="Declare your interests"):
        move_up(challenge, following, actor=person(challenge.council, CouncilRole.PROCUREMENT_LEAD))

    assert Replacement.objects.count() == 0


def test_where_a_portfolio_was_published_any_of_the_ranked_may_move_up(challenge: Challenge) -> None:
    gone = given_up(challenge)
    round_: Round = challenge.rounds.get()
    Submission.objects.filter(challenge=challenge, state=SubmissionState.SELECTED).update(state="not_selected")

    by_rank = next_in_line(round_)
    Challenge.objects.filter(pk=challenge.pk).update(selection=Selection.PORTFOLIO)
    as_portfolio = next_in_line(Round.objects.get(pk=round_.pk))

    assert place_given_up(round_) == gone
    assert (len(by_rank), len(as_portfolio)) == (1, 2)
