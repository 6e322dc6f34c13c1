"""Confirming interests, deciding about them, the register, and who could see what (A3, D7, R4)."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import CouncilRole
from assessment import actions, queries
from assessment.models import Assessment, InterestDeclaration, Outcome, PanelRole, Ruling
from assessment.visibility import visible_fields
from audit import clock
from audit.transitions import NotPermitted, Refused
from suppliers.models import Partner
from tests.factories import council, move_clock_to, person, user
from tests.factories.accounts import confirmed
from tests.factories.assessment import (
    assessors_of,
    auditor_of,
    chair_of,
    declare,
    find_all,
    join,
    mark_all,
    moderate,
    moderate_all,
    owner_of,
    panel_for,
    round_in,
    verify,
    write_marks,
)
from tests.factories.pages import page_for
from tests.factories.suppliers import admin_of, unsealed_challenge
from tests.integration.assessment.browsing import client_of, leaky_challenge

pytestmark = pytest.mark.django_db
MINE = "My sister works at Leaky Shelters Limited."


def rule(row, actor, ruling=Ruling.RECUSED, reason="It looks as if it could sway them."):
    actions.rule_on_interest(declaration=row, ruling=ruling, reason=reason, actor=actor, at=clock.now())


def conflicted_round(assessors=3):
    """A round in marking whose first assessor has an interest in the first of two submissions."""
    challenge, leaky = leaky_challenge()
    panel = panel_for(challenge, assessors=assessors)
    round_ = actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())
    for who in panel.everyone:
        declare(round_, who, {leaky.pk: MINE} if who == panel.assessors[0] else None)
    round_.refresh_from_db()
    return round_, leaky, InterestDeclaration.objects.get(has_interest=True)


def test_A3_the_chair_decides_without_learning_the_supplier_and_nobody_decides_about_their_own():
    round_, _leaky, row = conflicted_round()
    chair, conflicted = chair_of(round_), row.member.user
    base = f"/assess/{round_.challenge.slug}/interests/decisions/"
    page = client_of(chair).get(f"{base}{row.pk}/").content.decode()

    assert ("Leaky Shelters" in page, "My sister works at [the supplier]." in page) == (False, True)
    for actor in (conflicted, assessors_of(round_)[1], owner_of(round_.challenge), user()):
        with pytest.raises(NotPermitted):
            rule(row, actor)
    assert client_of(conflicted).get(base).status_code == 403
    with pytest.raises(Refused, match="say why"):
        rule(row, chair, reason=" ")
    assert client_of(chair).post(f"{base}{row.pk}/", {"ruling": "recused", "reason": "Family."}).status_code == 302
    row.refresh_from_db()
    assert (row.ruling, row.ruled_by, row.is_recused) == ("recused", chair, True)
    assert queries.undecided(round_) == []


def test_A3_without_a_conflict_they_judge_again_and_earlier_marks_count():
    round_, leaky, _row = conflicted_round()
    late = assessors_of(round_)[1]
    write_marks(round_, late)
    actions.declare_interest(
        round=round_, actor=late, at=clock.now(), has_interest=True, detail="I own a bicycle.", submission=leaky
    )
    about = InterestDeclaration.objects.get(member__user=late, has_interest=True)
    voided = Assessment.objects.filter(member__user=late, voided_at__isnull=False)
    assert voided.count() == 2

    rule(about, chair_of(round_), Ruling.MAY_JUDGE, "So does half the town.")

    assert voided.count() == 0
    assert leaky.pk in {pair.submission_id for pair in queries.my_pairs(queries.standing_of(round_, late))}
    actions.declare_interest(
        round=round_, actor=late, at=clock.now(), has_interest=True, detail="I own a bicycle.", submission=leaky
    )
    assert voided.count() == 0
    actions.declare_interest(
        round=round_, actor=late, at=clock.now(), has_interest=True, detail="They gave it to me.", submission=leaky
    )
    assert (voided.count(), len(queries.undecided(round_))) == (2, 2)


def test_A3_the_chairs_own_interest_is_decided_by_an_officer_and_the_freeze_waits_for_it():
    challenge = unsealed_challenge(1)
    panel = panel_for(challenge)
    round_ = actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())
    submission = queries.submissions_in(round_)[0]
    for who in panel.everyone:
        declare(round_, who, {submission.pk: "We went to the same school."} if who == panel.chair else None)
    row = InterestDeclaration.objects.get(has_interest=True)
    with pytest.raises(NotPermitted):
        rule(row, panel.chair, Ruling.MAY_JUDGE)

    rule(row, owner_of(challenge), Ruling.MAY_JUDGE, "Decades ago.")

    round_.refresh_from_db()
    assert round_.state == "marking"
    actions.declare_interest(
        round=round_, actor=panel.assessors[0], at=clock.now(), has_interest=True, detail="Shares.",
        submission=submission,
    )  # fmt: skip
    rule(InterestDeclaration.objects.get(detail="Shares."), panel.chair, Ruling.MAY_JUDGE, "A pension fund.")
    mark_all(round_)
    moderate_all(round_)
    find_all(round_)
    round_.refresh_from_db()
    actions.declare_interest(
        round=round_, actor=panel.chair, at=clock.now(), has_interest=True, detail="We met again.",
        submission=submission,
    )  # fmt: skip
    with pytest.raises(Refused, match="Interests are still to be decided about: of Chair Person"):
        actions.freeze_quality(round=round_, actor=panel.chair, at=clock.now())


def test_A3_interests_are_confirmed_again_with_one_click_before_moderation():
    round_ = round_in("marking", n=1)
    for who in assessors_of(round_):
        write_marks(round_, who)
        actions.submit_marks(round=round_, actor=who, at=clock.now())
    round_.refresh_from_db()
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]
    confirm = f"/assess/{round_.challenge.slug}/interests/confirm/"
    chair = chair_of(round_)
    assert "Confirm your interests again" in client_of(chair).get(f"/assess/{round_.challenge.slug}/").content.decode()

    with pytest.raises(Refused, match="still to be done by Assessor 1, Assessor 2, Chair Person"):
        moderate(round_, submission, criterion)
    board = f"/assess/{round_.challenge.slug}/moderation/"
    assert "Interests are to be confirmed first" in client_of(chair).get(board).content.decode()
    assert {each.words for each in queries.owing(round_.challenge)} == {"confirm your interests again"}
    assert [client_of(who).post(confirm).status_code for who in (user(), owner_of(round_.challenge))] == [403, 403]
    for who in (chair, *assessors_of(round_)):
        assert client_of(who).post(confirm).status_code == 302
    moderate(round_, submission, criterion)

    assert round_.moderations.count() == 1
    assert queries.owing(round_.challenge) == []
    assert "Interests are to be confirmed first" not in client_of(chair).get(board).content.decode()
    page = client_of(chair).get(f"/assess/{round_.challenge.slug}/").content.decode()
    assert "Confirm your interests again" not in page


def test_A3_one_click_for_no_interest_in_any_supplier_partners_named():
    challenge, leaky = leaky_challenge()
    Partner.objects.create(submission=leaky, name="Paint & Sons", company_number="", role="Paints")
    round_ = round_in("declaring", challenge)
    client, base = client_of(assessors_of(round_)[0]), f"/assess/{challenge.slug}/interests/"
    client.post(base, {"interest": "none"})

    assert "Leaky Shelters Limited, with Paint &amp; Sons" in client.get(base).content.decode()
    assert client.post(f"{base}none/").status_code == 302
    assert queries.standing_of(round_, assessors_of(round_)[0]).viewer.has_declared
    assert "What I declared still holds" in client.get(base).content.decode()


def test_the_register_is_for_officers_and_auditor_and_is_exported_without_a_pseudonym():
    round_, leaky, row = conflicted_round()
    rule(row, chair_of(round_))
    slug = round_.challenge.slug
    base = f"/workspace/challenges/{slug}/interests/"
    readers = (owner_of(round_.challenge), auditor_of(round_.challenge))
    others = (chair_of(round_), assessors_of(round_)[0], admin_of(leaky.supplier), user())
    others += (person(council(), CouncilRole.PROCUREMENT_LEAD),)

    for path in (base, f"{base}register.csv", f"{base}register.json"):
        assert [client_of(who).get(path).status_code for who in readers] == [200, 200]
        assert {client_of(who).get(path).status_code for who in others} == {403}
    client = client_of(readers[0])
    text = client.get(f"{base}register.csv").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    found = [each for each in rows if each["Interest"] == "Interest"]
    assert [(each["Person"], each["About"], each["In their words"], each["Decided by"]) for each in found] == [
        ("Assessor 1", "Leaky Shelters Limited", MINE, "Chair Person")
    ]
    document = json.loads(client.get(f"{base}register.json").content)
    assert len(document["declarations"]) == len(rows) == 14
    officers = [each for each in rows if each["Role"] == "Officer or adviser"]
    assert [(each["About"], each["Interest"]) for each in officers] == [
        ("The procurement, before its notices", "No interest")
    ] * 2
    leaky.refresh_from_db()
    assert leaky.pseudonym not in text + json.dumps(document) + client.get(base).content.decode()


def test_R4_the_public_sees_counts_once_it_is_decided():
    before = round_in("ranked", n=1)
    assert Client().get(f"/challenges/{before.challenge.slug}/interests/").status_code == 404
    assert Client().get(f"/challenges/{before.challenge.slug}/interests.json").status_code == 404

    round_ = round_in("decided", n=1)
    document = Client().get(f"/challenges/{round_.challenge.slug}/interests.json").json()
    page = Client().get(f"/challenges/{round_.challenge.slug}/interests/").content.decode()
    page_for(round_.challenge)
    assert f"/challenges/{round_.challenge.slug}/interests/" in (
        Client().get(f"/challenges/{round_.challenge.slug}/").content.decode()
    )

    assert [(each["role"], each["people"], each["with_an_interest"]) for each in document["roles"]] == [
        ("approver", 1, 0), ("assessor", 2, 0), ("chair", 1, 0), ("officer or adviser", 2, 0),
    ]  # fmt: skip
    names = [str(seat.user) for seat in queries.members(round_)]
    assert [name for name in names if name in page + json.dumps(document)] == []


def test_who_could_see_what_is_read_from_the_record_at_any_instant():
    round_, _leaky, row = conflicted_round()
    challenge, opened = round_.challenge, clock.now()
    rule(row, chair_of(round_))
    move_clock_to(clock.now() + timedelta(hours=2))
    mark_all(round_)
    round_.refresh_from_db()

    def seen(at):
        sight = queries.sight_at(round_, at)
        return sight.phase and sight.phase.name, {
            each.person: (each.answers, each.prices, each.names, each.others_marks) for each in sight.rows
        }

    assert seen(round_.opened_at - timedelta(hours=1))[0] is None
    assert seen(opened) == (
        "MARKING",
        {"Chair Person": (2, 0, 0, 0), "Assessor 1": (1, 0, 0, 0), "Assessor 2": (2, 0, 0, 0),
         "Assessor 3": (2, 0, 0, 0)},
    )  # fmt: skip
    assert seen(clock.now()) == (
        "MODERATING",
        {"Chair Person": (2, 0, 0, 2), "Assessor 1": (1, 0, 0, 1), "Assessor 2": (2, 0, 0, 2),
         "Assessor 3": (2, 0, 0, 2)},
    )  # fmt: skip
    # What the record says is what the wall answers now, also for a deputy, whom the chair leaves nothing to judge.
    deputy = join(challenge, PanelRole.DEPUTY, confirmed(user("Devi Deputy"))).user
    declare(round_, deputy)
    for who in (chair_of(round_), deputy, *assessors_of(round_)):
        standing = queries.standing_of(round_, who)
        now = next(each for each in queries.sight_at(round_, clock.now()).rows if each.person == str(who))
        shown = [visible_fields(standing.viewer, standing.phase, each.pk) for each in standing.submissions]
        assert (who, now.answers) == (who, sum(map(bool, shown)))
        assert now.others_marks == len({
            mark.submission_id for mark in queries.individual_marks(standing) if mark.assessor != str(who)
        })  # fmt: skip
    page = client_of(owner_of(challenge)).get(
        f"/workspace/challenges/{challenge.slug}/who-could-see/", {"at": f"{opened:%Y-%m-%dT%H:%M:%S.%f}"}
    )
    assert ("“marking”" in page.content.decode(), "Moderation began" in page.content.decode()) == (True, True)
    bad = client_of(owner_of(challenge)).get(f"/workspace/challenges/{challenge.slug}/who-could-see/?at=yesterday")
    assert (bad.status_code, "This cannot be read as a day and a time" in bad.content.decode()) == (200, True)


def test_A8_a_verifier_outside_the_panel_checks_everybody_and_what_is_excluded_is_never_ranked():
    round_ = round_in("moderating", n=2)
    challenge = round_.challenge
    first, second = challenge.submissions.order_by("pk")
    Partner.objects.create(submission=second, name="Paint & Sons", company_number="01234567", role="Paints")
    for who in (chair_of(round_), auditor_of(challenge), user(), person(council(), CouncilRole.OWNER)):
        with pytest.raises(NotPermitted):
            verify(first, actor=who)
    with pytest.raises(Refused, match="still to be answered"):
        actions.verify_supplier(submission=first, points=[], actor=owner_of(challenge), at=clock.now())
    client = client_of(owner_of(challenge))
    base = f"/workspace/challenges/{challenge.slug}/verification/"
    page = client.get(f"{base}{second.supplier.public_id}/").content.decode()
    assert ("Paint &amp; Sons (company number 01234567): Paints" in page, second.pseudonym in page) == (True, False)
    data = {f"outcome-{n}": "clear" for n in range(6)} | {"outcome-5": "excluded"}
    refused = client.post(f"{base}{second.supplier.public_id}/", data)
    assert "Write down what was found" in refused.content.decode()
    data |= {"found-5": "Paint & Sons stands on the debarment list."}
    assert client.post(f"{base}{second.supplier.public_id}/", data).status_code == 302
    verify(first)

    moderate_all(round_)
    find_all(round_)
    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("admitted", "disregarded")
    assert second.disregard_reason.startswith("excluded: somebody outside the panel checked")


def test_A8_no_award_without_a_fresh_check_after_the_decision():
    round_ = round_in("moderating", n=1)
    submission = round_.challenge.submissions.get()
    verify(submission)
    assert "has not been checked again" in queries.why_not_verified(submission.pk, "Solver", clock.now())
    round_.state = "decided"
    round_.save()

    verify(submission, Outcome.ACCEPTED)
    assert queries.why_not_verified(submission.pk, "Solver", clock.now()) is None
    assert "more than 90 days old" in queries.why_not_verified(
        submission.pk, "Solver", clock.now() + timedelta(days=91)
    )
    verify(submission, Outcome.EXCLUDED)
    assert "cannot be given an award" in queries.why_not_verified(submission.pk, "Solver", clock.now())
