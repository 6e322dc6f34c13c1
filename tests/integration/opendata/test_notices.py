"""From events to releases: once each, for ever, and with nobody's name who was not chosen."""

import json
from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from audit import clock
from audit.actions import append_links
from audit.actors import SYSTEM
from audit.models import Event, Visibility
from audit.transitions import append_event
from awards import actions as awarding
from awards.models import AwardKind
from challenges.actions import cancel_challenge
from challenges.models import Challenge
from opendata.actions import LATE, publish_due_notices, publish_notice
from opendata.models import Release
from opendata.releases import ocid_of
from opendata.releases.pieces import EMAIL
from suppliers.actions import correct_answer
from suppliers.models import Submission
from tests.factories import closed_challenge, draft_challenge, published_challenge
from tests.factories.awards import ask_and_answer, award_in, extend, lead_of, whole_procedure
from tests.factories.pilots import pilot_in
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db


def publish():
    append_links()
    return publish_due_notices()


def releases():
    return list(Release.objects.order_by("pk"))


def texts(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def test_every_notice_of_the_journey_is_one_release():
    whole_procedure()
    publish()

    assert [release.notice for release in releases()] == [
        "call", "clarification", "call_amended", "pilot_award", "pilot_contract", "pilot_result", "pilot_gate",
        "pilot_ended", "pilot_award", "pilot_contract", "pilot_result", "pilot_gate", "award", "contract",
    ]  # fmt: skip
    assert len({release.ocid for release in releases()}) == 1


def test_publishing_again_adds_nothing():
    published_challenge()
    publish()
    before = [(release.pk, release.body) for release in releases()]

    publish()
    for event in Event.objects.all():
        publish_notice(event=event)

    assert [(release.pk, release.body) for release in releases()] == before


def test_R1_a_release_cannot_be_changed_or_removed():
    published_challenge()
    publish()

    for attempt in (Release.objects.all().delete, lambda: Release.objects.update(body={})):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


def test_a_late_worker_publishes_the_call_as_it_was():
    """The rows have moved on, the notice tells what was published then."""
    challenge = published_challenge()
    closes_at = challenge.closes_at
    clock.move_to(challenge.opens_at)
    extend(challenge)

    publish()

    call, amended = (release.body["tender"]["tenderPeriod"]["endDate"] for release in releases())
    assert datetime.fromisoformat(call) == closes_at.replace(microsecond=0)
    assert datetime.fromisoformat(amended) == challenge.closes_at.replace(microsecond=0)


def test_Q3_a_late_worker_publishes_an_answer_as_it_was_and_its_correction_after_it():
    challenge = published_challenge()
    clock.move_to(challenge.opens_at)
    asked = ask_and_answer(challenge)
    before = asked.answer
    correct_answer(clarification=asked, answer="No.", why="They rust.", actor=asked.challenge.owner, at=clock.now())

    publish()

    enquiries = [release.body["tender"]["enquiries"][0] for release in releases() if release.notice == "clarification"]
    assert [(each["id"], each["answer"]) for each in enquiries] == [
        (f"question-{asked.pk}", before), (f"question-{asked.pk}", "No."),
    ]  # fmt: skip


def test_A1_weights_of_the_published_criteria_total_100():
    published_challenge()
    publish()

    lots = releases()[0].body["tender"]["lots"]
    criteria = [lot["awardCriteria"]["criteria"] for lot in lots if "awardCriteria" in lot]
    totals = [sum(number["number"] for row in rows for number in row["numbers"]) for rows in criteria]
    assert totals == [100]


def test_references_resolve():
    whole_procedure()
    publish()
    awards, bids, lots = set(), set(), {"pilot", "full"}
    for body in (release.body for release in releases()):
        parties = {party["id"] for party in body["parties"]}
        awards |= {award["id"] for award in body.get("awards", [])}
        bids |= {bid["id"] for bid in body.get("bids", {}).get("details", [])}
        named = [body["buyer"]["id"]]
        named += [each["id"] for award in body.get("awards", []) for each in award["suppliers"]]
        named += [each["id"] for bid in body.get("bids", {}).get("details", []) for each in bid["tenderers"]]
        assert set(named) <= parties
        assert {contract["awardID"] for contract in body.get("contracts", [])} <= awards
        assert {award["relatedBid"] for award in body.get("awards", [])} <= bids
        assert {lot for award in body.get("awards", []) for lot in award["relatedLots"]} <= lots


def test_dates_are_in_order():
    whole_procedure()
    publish()
    dates = [release.body["date"] for release in releases()]
    award = next(release.body["awards"][0] for release in releases() if release.notice == "award")
    contract = next(release.body["contracts"][0] for release in releases() if release.notice == "contract")

    order = [
        award["date"], award["standstillPeriod"]["endDate"], contract["dateSigned"], contract["period"]["startDate"],
        contract["period"]["endDate"],
    ]  # fmt: skip
    instants = [datetime.fromisoformat(each) for each in order]
    assert dates == sorted(dates)
    assert instants == sorted(instants)


def test_D4_the_published_standstill_is_the_stored_one():
    award = award_in("standstill")
    publish()

    period = releases()[-1].body["awards"][0]["standstillPeriod"]
    assert datetime.fromisoformat(period["endDate"]).date() == award.standstill_ends_on
    assert datetime.fromisoformat(period["startDate"]).date() == award.notified_at.date()


def test_A16_nobody_who_was_not_chosen_is_named():
    challenge = whole_procedure()
    publish()
    everything = json.dumps([release.body for release in releases()])
    losers = Submission.objects.filter(challenge=challenge, state="not_selected").select_related("supplier")

    assert [name for name in losers.values_list("supplier__name", flat=True) if name in everything] == []
    assert losers.count() == 1
    assert "pseudonym" not in everything


def test_R4_no_address_of_a_person_is_published():
    challenge = published_challenge()
    clock.move_to(challenge.opens_at)
    ask_and_answer(challenge, "May we send drawings to jo.smith@solver.example?")
    publish()

    found = {match for release in releases() for text in texts(release.body) for match in EMAIL.findall(text)}
    assert found == {challenge.council.contact_email}
    assert releases()[1].body["tender"]["enquiries"][0]["description"] == (
        "May we send drawings to [e-mail address removed]?"
    )


def test_R4_a_council_whose_mailbox_is_a_persons_publishes_none():
    challenge = draft_challenge()
    User.objects.create_user(challenge.council.contact_email, "x" * 20)
    clock_now = clock.now()
    Challenge.objects.filter(pk=challenge.pk).update(state="published", published_at=clock_now)
    event = append_event(
        verb="challenge.published", subject=challenge, actor=SYSTEM, at=clock_now, challenge_id=challenge.pk,
        visibility=Visibility.PUBLIC,
    )  # fmt: skip

    release = publish_notice(event=event)

    assert [text for text in texts(release.body) if EMAIL.search(text)] == []


def test_P7_a_stopped_pilot_is_published_with_its_figures():
    pilot = pilot_in("decided", effect=0.0, choice="stop")
    publish()

    result, gate = releases()[-2:]
    implementation = result.body["contracts"][0]["implementation"]
    statuses = {each["id"]: each["status"] for each in implementation["milestones"]}
    observed = {each["id"].rsplit("-", 1)[1]: each["measure"] for each in implementation["metrics"][0]["observations"]}
    stored = pilot.evaluations.get(kind="registered").result["improvement"]
    assert statuses == {"registered-analysis": "met", "outcome": "notMet"}
    assert observed == {name: pytest.approx(value, rel=1e-5) for name, value in stored.items()}
    assert "Registered verdict: stop" in implementation["documents"][0]["description"]
    assert gate.body["contracts"][0]["implementation"]["milestones"][0]["title"] == "Gate decided: Stop"


def test_C5_a_cancelled_challenge_ends_with_its_reason():
    challenge = closed_challenge()
    cancel_challenge(challenge=challenge, actor=lead_of(challenge), at=clock.now(), reason="The fund was closed.")
    publish()

    tender = releases()[-1].body["tender"]
    assert (tender["status"], tender["documents"][0]["description"]) == ("cancelled", "The fund was closed.")


def test_a_cancelled_draft_publishes_nothing():
    challenge = draft_challenge()
    cancel_challenge(challenge=challenge, actor=lead_of(challenge), at=clock.now(), reason="Not needed.")
    publish()

    assert releases() == []


def test_D5_a_withdrawn_award_is_a_release_of_its_own():
    award = award_in("standstill")
    awarding.withdraw_award(award=award, reason="The sites fell away.", actor=lead_of(award.challenge), at=clock.now())
    publish()

    first, last = releases()[-2:]
    assert (first.body["awards"][0]["status"], last.body["awards"][0]["status"]) == ("pending", "cancelled")
    assert last.body["awards"][0]["description"] == "Withdrawn: The sites fell away."


def test_an_ocid_of_find_a_tender_is_kept():
    challenge = Challenge(find_a_tender_id="ocds-h6vhtk-0a1b2c")

    assert ocid_of(challenge) == "ocds-h6vhtk-0a1b2c"


def test_one_notice_that_cannot_be_built_does_not_hold_up_the_others():
    challenge = published_challenge()
    broken = append_event(
        verb="award.notified", subject=challenge, actor=SYSTEM, at=clock.now(), challenge_id=challenge.pk,
        visibility=Visibility.PUBLIC, data={"kind": AwardKind.PILOT},
    )  # fmt: skip

    publish()

    assert [release.notice for release in releases()] == ["call"]
    assert list(DueWork.objects.filter(kind=LATE).values_list("subject_id", flat=True)) == [broken.pk]


def test_a_notice_that_failed_is_tried_again_as_due_work():
    challenge = published_challenge()
    event = Event.objects.get(verb="challenge.published", challenge_id=challenge.pk)
    DueWork.objects.create(kind=LATE, subject_id=event.pk, due_at=event.at)

    run_due_work()

    assert [release.event_id for release in releases()] == [event.pk]
    assert DueWork.objects.get(kind=LATE).done_at is not None
