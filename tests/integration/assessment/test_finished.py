"""Finished pilots in a round of their own: from the gates to the award that follows from the ranking."""

from dataclasses import replace

import pytest

from assessment import actions as assessing
from assessment import inputs, queries, scoring
from assessment.models import Letter, PilotEvidence, RoundKind
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from awards.actions import withdraw_award
from awards.models import AwardKind
from pilots import actions
from pilots.models import PilotEvaluation, Verdict
from suppliers.models import SubmissionState, SupplierMember
from tests.factories import assessment as judging
from tests.factories import awards as awarding
from tests.factories import finished as factory
from tests.factories import pilots as trying
from tests.integration.assessment.browsing import client_of

pytestmark = pytest.mark.django_db


def sentences_of(call, **arguments):
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return " ".join(refused.value.sentences)


def supplier_of(pilot):
    return SupplierMember.objects.filter(supplier=pilot.supplier).earliest("pk").user


def hand_down(challenge, actor):
    return actions.hand_down_pilots(challenge=challenge, actor=actor, at=clock.now())


def test_D6_nothing_is_ranked_before_everybody_has_written_and_two_are_proven():
    challenge = factory.finished_pilots()
    owner, (one, two) = judging.owner_of(challenge), actions.finished_pilots(challenge)
    manager, desk = trying.manager_of(one), client_of(judging.owner_of(challenge))

    waiting = sentences_of(hand_down, challenge=challenge, actor=owner)
    assert f"has not written about the pilot of {one.supplier} yet: Operational fit." in waiting
    assert "can still write about the pilot" in waiting
    with pytest.raises(NotPermitted):
        hand_down(challenge, manager)
    fit = actions.judged_on(challenge)[0]
    write = {"pilot": one, "at": clock.now()}
    assert "51 words are more than the 50" in sentences_of(
        actions.write_accounts, texts={fit: "word " * 51}, actor=manager, **write
    )
    with pytest.raises(NotPermitted):
        actions.write_accounts(texts={fit: "Fine."}, actor=supplier_of(two), **write)

    council, supplier = client_of(manager), client_of(supplier_of(one))
    page = f"/workspace/pilots/{one.slug}/accounts/"
    assert council.post(page, {"fit": "Caretakers needed nothing."}).status_code == 302
    assert supplier.post(page, {"fit": "word " * 60}).status_code == 422
    assert supplier.post(page, {"fit": "We came every week."}).status_code == 302
    assert "Caretakers needed nothing." not in supplier.get(page).content.decode()
    factory.write(two)
    shown = desk.get(f"/workspace/challenges/{challenge.slug}/finished/").content.decode()
    assert "Freeze the evidence and open the assessment" in shown

    PilotEvaluation.objects.filter(pilot=two, kind="registered").update(verdict=Verdict.INCONCLUSIVE)
    assert "Fewer than two pilots proved" in sentences_of(hand_down, challenge=challenge, actor=owner)
    shown = desk.get(f"/workspace/challenges/{challenge.slug}/finished/").content.decode()
    assert "Its registered result is “inconclusive”" in shown
    assert "There is nothing to rank" in shown


def test_A7_the_panel_marks_frozen_evidence_and_never_the_measured_result():
    round_ = factory.pilot_round_in("declaring")
    challenge, assessor = round_.challenge, judging.assessors_of(round_)[0]
    one = actions.finished_pilots(challenge)[0]
    fit, desk, home = actions.judged_on(challenge)[0], client_of(assessor), f"/assess/{round_.slug}/"
    place = f"{home}submissions/submission-1/fit/"

    assert "the panel is at work" in sentences_of(
        actions.write_accounts, pilot=one, texts={fit: "Better."}, actor=trying.manager_of(one), at=clock.now()
    )
    opened = Event.objects.about(round_).get(verb="round.opened")
    stored = PilotEvidence.objects.order_by("pk").values_list("sha256", flat=True)
    assert sorted(opened.data["evidence"].values()) == sorted(stored)
    assert desk.get(place).status_code == 409  # interests first
    assert client_of(supplier_of(one)).get(home).status_code == 403

    judging.begin(round_)
    page = desk.get(place).content.decode()
    assert "says that nothing broke." in page
    assert f"What was measured in the pilot of {one.supplier}" in page
    assert "64.32 of 100" in page
    assert desk.get(f"{home}submissions/submission-1/result/").status_code == 404  # it is computed, never given
    whole = desk.get(f"{home}submissions/submission-1/").content.decode()
    assert "How the clauses were kept" in whole
    assert str(one.supplier) in desk.get(home).content.decode()
    seen = next(row for row in queries.sight_at(round_, clock.now()).rows if row.person == str(assessor))
    assert (seen.answers, seen.names) == (2, 2)  # and so says the page of who could see what
    assert desk.get(f"/assess/{challenge.slug}/submissions/submission-1/fit/").status_code == 404

    chair, submission = judging.chair_of(round_), queries.submissions_in(round_)[0]
    about = {"round": round_, "actor": chair, "at": clock.now()}
    missing = assessing.Missing(submission, {"OD-01": "The link."})
    assert "belongs to the first round" in sentences_of(assessing.ask_for_evidence, missing=[missing], **about)
    assert "belongs to the first round" in sentences_of(
        assessing.record_findings, submission=submission, **about,
        findings=[assessing.Finding(challenge.clause_requirements.first(), "met")],
    )  # fmt: skip


def test_A8_a_pilot_below_a_threshold_is_listed_and_not_ranked():
    round_ = factory.pilot_round_in("marking")
    challenge, assessor, chair = round_.challenge, judging.assessors_of(round_)[0], judging.chair_of(round_)
    fit, home = actions.judged_on(challenge)[0], f"/assess/{round_.slug}/"
    about = {"round": round_, "actor": chair, "at": clock.now()}
    judging.mark_all(round_)
    round_.refresh_from_db()
    assert "Still to be moderated (2)" in sentences_of(assessing.rank_finished_pilots, **about)
    assert "its prices are open already" in sentences_of(assessing.freeze_quality, **about)
    with pytest.raises(NotPermitted):
        assessing.rank_finished_pilots(round=round_, actor=assessor, at=clock.now())
    seats = judging.seats_of(round_)
    for place_, mark in ((0, 4), (1, 1)):
        judging.moderate(round_, queries.submissions_in(round_)[place_], fit, mark, seats)
    chairs = client_of(chair)
    assert "Submission 2</strong>: Operational fit: 1 is below" in chairs.get(f"{home}freeze/").content.decode()
    assert chairs.post(f"{home}freeze/").status_code == 302
    round_.refresh_from_db()
    result = round_.ranking.result
    assert [row["id"] for row in result["ranking"]] == ["Submission 1"]
    assert result["disregarded"] == [{"id": "Submission 2", "reason": "Operational fit: 1 is below the threshold of 2"}]
    assert (
        "Finished, and not ranked into a contract"
        in client_of(assessor).get(f"/workspace/challenges/{round_.slug}/result/").content.decode()
    )


def test_D1_the_contract_goes_by_rank_after_everybody_was_told():
    round_ = factory.pilot_round_in("ranked")
    challenge, approver = round_.challenge, judging.lead_of(round_.challenge)
    places = {row["id"]: row for row in round_.ranking.result["ranking"]}
    assert {name: row["scores"]["result"] for name, row in places.items()} == {
        "Submission 1": "32.1600", "Submission 2": "43.4100"
    }  # fmt: skip
    assert scoring.rank_case(inputs.read(round_.ranking.inputs)).digest == round_.ranking.digest
    second, first = actions.finished_pilots(challenge)
    for pilot in (first, second):
        awarding.settle_clauses(pilot)
    refusal = sentences_of(awarding.proposed, pilot=first, kind=AwardKind.CONTRACT)
    assert "Several pilots proved their outcome: the panel marks them" in refusal

    assessing.declare_as_approver(round=round_, actor=approver, at=clock.now(), has_interest=False)
    chosen, left = assessing.Choice(True, "The best."), assessing.Choice(False, "Second.")
    decide = {"round": round_, "reasons": "By rank.", "actor": approver, "at": clock.now()}
    both = {first.submission_id: chosen, second.submission_id: replace(chosen)}
    assert "this challenge published that one gets the contract" in sentences_of(
        assessing.decide, choices=both, **decide
    )
    over = {first.submission_id: left, second.submission_id: chosen}
    assert "the contract goes by rank" in sentences_of(assessing.decide, choices=over, **decide)
    page = client_of(approver).get(f"/workspace/challenges/{round_.slug}/decision/").content.decode()
    assert "Who gets the contract?" in page
    assessing.decide(choices={first.submission_id: chosen, second.submission_id: left}, **decide)


def test_D2_everybody_is_told_before_the_best_ranked_gets_the_contract():
    round_ = factory.pilot_round_in("decided")
    challenge, approver = round_.challenge, judging.lead_of(round_.challenge)
    second, first = actions.finished_pilots(challenge)
    for pilot in (first, second):
        awarding.settle_clauses(pilot)
    letters = Letter.objects.filter(round=round_).order_by("pk")
    assert [letter.kind for letter in letters] == ["pilot", "pilot"]
    told = client_of(supplier_of(second)).get(f"/supplier/submissions/{second.submission.public_id}/result/")
    words = told.content.decode()
    assert "Assessment of your finished pilot" in words
    assert ("£400,000, without VAT" in words, "GBP" in words) == (True, False)
    pdf = client_of(supplier_of(second)).get(f"/supplier/submissions/{second.submission.public_id}/result/pilot.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    states = {pilot.submission.state for pilot in actions.finished_pilots(challenge)}
    assert states == {SubmissionState.SELECTED}
    assert f"{first.supplier} is ranked before" in sentences_of(
        awarding.proposed, pilot=second, kind=AwardKind.CONTRACT
    )

    award = awarding.proposed(first, AwardKind.CONTRACT)
    address = f"/workspace/awards/{award.public_id}/"
    assert "How the panel ranked the finished pilots" in client_of(approver).get(address).content.decode()
    outsider = client_of(trying.manager_of(first)).get(address).content.decode()
    assert "How the panel ranked" not in outsider
    withdraw_award(award=award, reason="The firm withdrew.", actor=approver, at=clock.now())
    assert awarding.proposed(second, AwardKind.CONTRACT).pilot == second
    first_round = queries.round_of(challenge)
    assert queries.round_of(challenge, RoundKind.PILOTS) == round_
    assert first_round.decision.items.filter(is_selected=True).count() == 2
