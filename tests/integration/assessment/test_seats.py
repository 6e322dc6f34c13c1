"""Who joins a panel, what they accept, who is relieved, and how the work is shared out (A2, A4, A7)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail

from accounts import actions as people
from accounts.models import CouncilRole, Invitation
from assessment import actions, queries, terms
from assessment.actions.reminding import KIND
from assessment.models import Allotment, Assessment, EarlierMark, PanelMember
from audit import clock
from audit.actions import append_links
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from notifications.actions import make_deliveries, send_deliveries
from tests.factories import council, move_clock_to, open_challenge, person, user
from tests.factories.accounts import confirmed
from tests.factories.assessment import (
    accept,
    assessors_of,
    chair_of,
    declare,
    mark_all,
    moderate_all,
    owner_of,
    panel_for,
    round_in,
    save,
    write_marks,
)
from tests.factories.suppliers import admin_of, unsealed_challenge
from tests.integration.assessment.browsing import client_of
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db


def invite(challenge, role, email, actor=None):
    return actions.invite_to_panel(
        challenge=challenge, role=role, email=email, actor=actor or owner_of(challenge), at=clock.now()
    )


def join(challenge, role, who):
    """Invite and accept; returns the new seat."""
    confirmed(who)
    invitation = invite(challenge, role, who.email)
    people.accept_invitation(invitation=invitation, actor=who, at=clock.now())
    return queries.seat_on(challenge, who)


def relieve(seat, *, marks_stand=True, actor=None, reason="On long leave."):
    actions.relieve_member(
        seat=seat, reason=reason, marks_stand=marks_stand, actor=actor or owner_of(seat.panel.challenge),
        at=clock.now(),
    )  # fmt: skip


def seat_of(round_, who):
    return PanelMember.objects.select_related("panel__challenge", "user").get(panel=round_.panel, user=who)


def plan(challenge, each, days=(None, None)):
    actions.plan_work(challenge=challenge, marks_each=each, days=days, actor=owner_of(challenge), at=clock.now())


def test_a_panel_is_put_together_by_invitation_and_its_terms_are_accepted_on_the_record():
    challenge = open_challenge()
    outsider = user("Outside Expert")
    refused = {
        "another council": person(council(), CouncilRole.PROCUREMENT_LEAD),
        "auditor": person(challenge.council, CouncilRole.AUDITOR),
    }
    for actor in refused.values():
        with pytest.raises(NotPermitted):
            invite(challenge, "assessor", outsider.email, actor)

    seat = join(challenge, "assessor", outsider)
    for role in ("chair", "deputy", "observer"):
        join(challenge, role, user(role))

    assert [each.role for each in queries.seats_of(challenge)] == ["chair", "deputy", "assessor", "observer"]
    with pytest.raises(Refused, match="has its chair already"):
        invite(challenge, "chair", "late@people.example")
    with pytest.raises(Refused, match="is the council's auditor"):
        join(challenge, "assessor", refused["auditor"])
    with pytest.raises(Refused, match="sit on this panel already"):
        join(challenge, "observer", outsider)
    with pytest.raises(NotPermitted, match="for themselves"):
        actions.accept_terms(seat=seat, actor=owner_of(challenge), at=clock.now())
    for _ in range(2):
        accept(challenge, outsider)
    event = Event.objects.get(verb="panel.terms_accepted")
    assert (event.actor_key, event.data) == (
        outsider.actor_key, {"version": terms.VERSION, "sha256": terms.HOUSE.fingerprint},
    )  # fmt: skip


def test_the_invitation_page_leads_to_the_terms_and_the_terms_to_the_interests():
    challenge = unsealed_challenge(1)
    panel_for(challenge)
    guest, officer = user("Guest"), client_of(owner_of(challenge))
    confirmed(guest)
    base = f"/workspace/challenges/{challenge.slug}/panel/"

    wrong = officer.post(f"{base}invite/", {"email": "nobody", "role": "assessor"})
    assert "This is no e-mail address" in wrong.content.decode()
    assert officer.post(f"{base}invite/", {"email": guest.email, "role": "observer"}).status_code == 302
    assert guest.email in officer.get(base).content.decode()
    invitation = Invitation.objects.get()
    page = client_of(guest).post(f"/invitations/{invitation.token}/", follow=True)

    assert page.redirect_chain[-1][0] == f"/assess/{challenge.slug}/terms/"
    assert "Read and accept the terms now." in client_of(guest).get("/assess/").content.decode()
    actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())
    client = client_of(guest)
    assert client.get(f"/assess/{challenge.slug}/interests/")["Location"] == f"/assess/{challenge.slug}/terms/"
    assert client.post(f"/assess/{challenge.slug}/terms/", {"accepts": "on"}).status_code == 200
    assert client.post(f"/assess/{challenge.slug}/terms/", {"accepts": "on", "has_read": "on"}).status_code == 302
    assert "You are an observer" in client.get(f"/assess/{challenge.slug}/").content.decode()


def test_A2_nobody_of_a_supplier_that_submitted_and_no_incomplete_panel():
    challenge = unsealed_challenge(1)
    with pytest.raises(Refused, match="belongs to a supplier that submitted"):
        join(challenge, "assessor", admin_of(challenge.submissions.get().supplier))
    join(challenge, "chair", user())
    join(challenge, "assessor", user())

    with pytest.raises(Refused, match="a chair and at least 2 assessors"):
        actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())


def test_A3_nothing_is_declared_before_the_terms_are_accepted():
    challenge = unsealed_challenge(1)
    panel_for(challenge)
    late = user("Late")
    join(challenge, "assessor", late)
    round_ = actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())

    with pytest.raises(Refused, match="Accept the terms of the panel first"):
        actions.declare_interest(round=round_, actor=late, at=clock.now(), has_interest=False)


def marks_what(round_):
    rows = Allotment.objects.filter(round=round_).select_related("member__user")
    ids = [each.pk for each in queries.submissions_in(round_)]
    return {pk: {row.member.user for row in rows if row.submission_id == pk} for pk in ids}


def test_the_work_is_split_honouring_recusals_and_shared_out_again_when_somebody_is_recused():
    challenge = unsealed_challenge(3)
    panel = panel_for(challenge, assessors=4)
    for number, sentence in ((1, "at least 2 assessors"), (5, "4 assessors, fewer than 5")):
        with pytest.raises(Refused, match=sentence):
            plan(challenge, number)
    plan(challenge, 2)
    round_ = actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())
    first, second, third = queries.submissions_in(round_)
    conflicted, criterion = panel.assessors[0], queries.quality_criteria(round_)[0]
    for who in panel.everyone:
        declare(round_, who, {first.pk: "My cousin."} if who == conflicted else None)
    round_.refresh_from_db()

    shared = marks_what(round_)
    assert [len(each) for each in shared.values()] == [2, 2, 2]
    assert conflicted not in shared[first.pk]
    assert sorted(sum(who in each for each in shared.values()) for who in panel.assessors) == [1, 1, 2, 2]
    outside = next(who for who in panel.assessors if who not in shared[second.pk])
    owed = {pair.submission_id for pair in queries.my_pairs(queries.standing_of(round_, outside))}
    assert owed == {pk for pk, names in shared.items() if outside in names}
    with pytest.raises(Refused, match="not assigned to you"):
        save(round_, outside, second, criterion)
    with pytest.raises(Refused, match="can no longer be changed"):
        plan(challenge, 3)

    begun, leaving = sorted(shared[second.pk], key=lambda who: who.pk)
    save(round_, begun, second, criterion)
    actions.declare_interest(
        round=round_, actor=leaving, at=clock.now(), has_interest=True, detail="We worked together.", submission=second
    )

    again = marks_what(round_)[second.pk]
    assert (begun in again, leaving in again, len(again)) == (True, False, 2)
    mark_all(round_)
    round_.refresh_from_db()
    assert round_.state == "moderating"
    assert dict(queries.marked_by(round_)) == {first.pk: 2, second.pk: 2, third.pk: 2}


def test_A7_an_assessor_is_replaced_and_the_marks_handed_in_stand():
    round_ = round_in("marking", n=2)
    leaver, stayer = assessors_of(round_)
    challenge = round_.challenge
    with pytest.raises(Refused, match="relieve somebody first"):
        invite(challenge, "assessor", "too.soon@people.example")
    write_marks(round_, leaver)
    actions.submit_marks(round=round_, actor=leaver, at=clock.now())
    with pytest.raises(NotPermitted):
        relieve(seat_of(round_, leaver), actor=chair_of(round_))
    with pytest.raises(Refused, match="Say why"):
        relieve(seat_of(round_, leaver), reason=" ")

    relieve(seat_of(round_, leaver))
    assert client_of(leaver).get(f"/assess/{challenge.slug}/").status_code == 403
    successor = user("Successor")
    seat = join(challenge, "assessor", successor)
    declare(round_, successor)

    assert seat.replaces.user == leaver
    assert queries.my_pairs(queries.standing_of(round_, successor)) == []
    board = (
        client_of(owner_of(challenge)).get(f"/workspace/challenges/{challenge.slug}/panel/progress/").content.decode()
    )
    assert ("Succeeded by Successor" in board, "Assessor 1 (relieved, marks stand)" in board) == (True, True)
    write_marks(round_, stayer)
    actions.submit_marks(round=round_, actor=stayer, at=clock.now())
    round_.refresh_from_db()
    assert round_.state == "moderating"
    assert Assessment.objects.counted().filter(member__user=leaver).count() == 4


def test_A7_marks_set_aside_are_kept_and_marked_again_by_the_successor():
    round_ = round_in("moderating", n=1)
    leaver = assessors_of(round_)[0]
    moderate_all(round_)

    relieve(seat_of(round_, leaver), marks_stand=False)

    round_.refresh_from_db()
    assert round_.state == "marking"
    assert list(Assessment.objects.filter(member__user=leaver).values_list("voided_at", flat=True).distinct()) != [None]
    successor = user("Successor")
    join(round_.challenge, "assessor", successor)
    declare(round_, successor)
    write_marks(round_, successor)
    actions.submit_marks(round=round_, actor=successor, at=clock.now())
    round_.refresh_from_db()
    assert round_.state == "moderating"
    assert len(queries.unmoderated(round_)) == 2
    relieve(seat_of(round_, successor), marks_stand=False)
    for role in ("assessor", "deputy"):
        with pytest.raises(Refused, match="come back as an observer only"):
            join(round_.challenge, role, leaver)


def test_nobody_judging_is_relieved_or_joins_once_quality_is_frozen():
    round_ = round_in("prices", n=1)

    with pytest.raises(Refused, match="Quality is frozen"):
        relieve(seat_of(round_, chair_of(round_)))
    with pytest.raises(Refused, match="Quality is frozen"):
        invite(round_.challenge, "deputy", "late@people.example")
    assert join(round_.challenge, "observer", user()).role == "observer"
    with pytest.raises(Refused, match="Nobody on the panel owes anything"):
        actions.remind_panel(round=round_, actor=owner_of(round_.challenge), at=clock.now())
    move_clock_to(clock.now() + timedelta(days=5))
    run_due_work()
    assert not DueWork.objects.filter(kind=KIND, done_at=None).exists()


def test_A4_the_chair_reopens_marks_with_a_reason_and_what_they_were_is_kept():
    round_ = round_in("moderating", n=2)
    moderate_all(round_)
    chair, (assessor, other) = chair_of(round_), assessors_of(round_)
    first = queries.submissions_in(round_)[0]
    criterion = queries.quality_criteria(round_)[0]

    def reopen(actor=chair, reason="The wrong appendix was read.", submission=first):
        return actions.reopen_marks(
            round=round_, seat=seat_of(round_, assessor), submission=submission, reason=reason, actor=actor,
            at=clock.now(),
        )  # fmt: skip

    for actor in (assessor, owner_of(round_.challenge)):
        with pytest.raises(NotPermitted):
            reopen(actor)
    with pytest.raises(Refused, match="Say why"):
        reopen(reason="")
    assert reopen() == 2
    with pytest.raises(Refused, match="handed in no marks there"):
        reopen()

    round_.refresh_from_db()
    assert round_.state == "marking"
    assert list(EarlierMark.objects.values_list("mark", "reason")) == [(4, "The wrong appendix was read.")] * 2
    assert not queries.standing_of(round_, assessor).viewer.has_finished
    save(round_, assessor, first, criterion, Decimal(1))
    with pytest.raises(Refused, match="can no longer be changed"):
        save(round_, assessor, queries.submissions_in(round_)[1], criterion, Decimal(1))
    with pytest.raises(Refused, match="can no longer be changed"):
        save(round_, other, first, criterion, Decimal(1))
    assert actions.submit_marks(round=round_, actor=assessor, at=clock.now()) == 2
    round_.refresh_from_db()
    assert (round_.state, len(queries.unmoderated(round_))) == ("moderating", 2)


def test_A3_a_deputy_moderates_what_the_chair_is_kept_out_of_and_nothing_else():
    challenge = unsealed_challenge(2)
    panel = panel_for(challenge)
    deputy = user("Deputy")
    round_ = actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())
    first, second = queries.submissions_in(round_)
    for who in panel.everyone:
        declare(round_, who, {first.pk: "My neighbour."} if who == panel.chair else None)
    round_.refresh_from_db()
    assert round_.state == "declaring"

    join(challenge, "deputy", deputy)
    declare(round_, deputy)
    round_.refresh_from_db()
    assert round_.state == "marking"
    mark_all(round_)
    round_.refresh_from_db()
    criterion, seats = queries.quality_criteria(round_)[0], queries.members(round_)

    def moderate(who, submission):
        judgement = actions.Judgement(submission, criterion, Decimal(4), "Agreed.")
        there = [seat for seat in seats if seat.user != panel.chair or submission == second]
        actions.moderate(round=round_, judgement=judgement, attended=there, actor=who, at=clock.now())

    with pytest.raises(NotPermitted, match="declared an interest"):
        moderate(panel.chair, first)
    with pytest.raises(NotPermitted, match="The chair has no interest"):
        moderate(deputy, second)
    moderate(deputy, first)
    moderate(panel.chair, second)
    seen = {who: {t.slug for t in queries.topics(queries.standing_of(round_, who))} for who in (panel.chair, deputy)}
    assert seen == {panel.chair: {"submission-2"}, deputy: {"submission-1"}}
    with pytest.raises(NotPermitted, match="Only the chair"):
        actions.freeze_quality(round=round_, actor=deputy, at=clock.now())


def test_T6_reminders_come_by_mail_and_inbox_every_third_working_day_and_by_hand_once_a_day():
    round_ = round_in("declaring", n=1)
    challenge = round_.challenge
    declared, waiting = assessors_of(round_)
    declare(round_, declared)
    declare(round_, chair_of(round_))
    remind = f"/workspace/challenges/{challenge.slug}/panel/remind/"
    assert [client_of(who).post(remind).status_code for who in (waiting, user())] == [403, 403]

    assert client_of(chair_of(round_)).post(remind).status_code == 302
    with pytest.raises(Refused, match="reminded within the last day"):
        actions.remind_panel(round=round_, actor=owner_of(challenge), at=clock.now())
    append_links()
    make_deliveries()
    mail.outbox.clear()
    send_deliveries()
    reminders = [(m.to, m.subject) for m in mail.outbox if m.subject.startswith("A reminder")]
    assert reminders == [([waiting.email], f"A reminder: {challenge.title}")]
    assert "A reminder" in client_of(waiting).get("/inbox/").content.decode()

    for _ in range(8):
        move_clock_to(clock.now() + timedelta(days=1))
        run_due_work()
        run_due_work()
    count = Event.objects.filter(verb="panel.reminded").count()
    assert 2 <= count <= 4
    assert set(Event.objects.filter(verb="panel.reminded").values_list("subject_id", flat=True)) == {
        seat_of(round_, waiting).pk
    }


def test_the_board_shows_counts_to_those_who_follow_and_no_mark():
    round_ = round_in("marking", n=2)
    first, second = assessors_of(round_)
    observer = user("Observer")
    join(round_.challenge, "observer", observer)
    accept(round_.challenge, observer)
    write_marks(round_, first, [Decimal(1)])
    actions.submit_marks(round=round_, actor=first, at=clock.now())
    Assessment.objects.update(rationale="SECRET-REASON")
    url = f"/workspace/challenges/{round_.challenge.slug}/panel/progress/"

    pages = {who: client_of(who).get(url) for who in (chair_of(round_), observer, owner_of(round_.challenge))}
    for page in pages.values():
        body = page.content.decode()
        assert (page.status_code, "1 of 2" in body, "4 of 4" in body, "SECRET-REASON" in body) == (
            200, True, True, False,
        )  # fmt: skip
    assert [client_of(who).get(url).status_code for who in (second, user())] == [403, 403]
    submission = f"/assess/{round_.challenge.slug}/submissions/submission-1/"
    assert [client_of(observer).get(path).status_code for path in (submission, f"{submission}outcome/")] == [409, 403]
