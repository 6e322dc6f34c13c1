"""A13: missing evidence is asked for once, of everybody concerned, with one time; the answer is an addition."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessment import actions, queries
from assessment.actions import Addition, Missing
from assessment.models import EvidenceRequest, PanelRole, RoundState
from audit import clock
from audit.actions import append_links
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from notifications.actions import make_deliveries
from notifications.models import Delivery
from suppliers.models import ClauseResponse
from tests.factories import move_clock_to, user
from tests.factories import suppliers as supply
from tests.factories.accounts import confirmed
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    declare,
    find_all,
    join,
    lead_of,
    mark_all,
    moderate_all,
    round_in,
)
from tests.integration.assessment.browsing import client_of, urls

pytestmark = pytest.mark.django_db
CODE = "OD-01"


def marking(n=2):
    round_ = round_in("marking", n=n)
    round_.challenge.clause_requirements.filter(code=CODE).update(needs_evidence_now=True)
    return round_, queries.submissions_in(round_)


def ask(round_, asked, actor=None):
    missing = [Missing(submission, {code: "The signed form."}) for submission, code in asked]
    return actions.ask_for_evidence(round=round_, missing=missing, actor=actor or chair_of(round_), at=clock.now())


def answer(request, actor=None, **additions):
    given = {code.replace("_", "-"): addition for code, addition in additions.items()}
    who = actor or supply.admin_of(request.submission.supplier)
    return actions.answer_evidence(request=request, additions=given, actor=who, at=clock.now())


def test_A13_it_is_asked_once_in_a_round_of_all_together_with_one_time():
    round_, (first, second) = marking()

    one, two = ask(round_, [(first, CODE), (second, CODE)])

    assert one.due_at == two.due_at
    assert one.due_at - clock.now() > timedelta(days=2)
    with pytest.raises(Refused, match="it is asked for once in a round"):
        ask(round_, [(second, CODE)])


def test_A13_who_gave_nothing_is_asked_like_everybody_who_gave_nothing():
    round_, (first, second) = marking()
    ClauseResponse.objects.filter(requirement__code=CODE).update(text="")

    with pytest.raises(Refused, match=f"{CODE}: {second.pseudonym} gave no evidence for it either"):
        ask(round_, [(first, CODE)])

    assert len(ask(round_, [(first, CODE), (second, CODE)])) == 2


def test_A13_a_chair_who_is_kept_out_of_a_submission_leaves_the_asking_to_a_deputy_who_is_not():
    round_, (first, second) = marking()
    chair, slug = chair_of(round_), round_.challenge.slug
    actions.declare_interest(
        round=round_, actor=chair, at=clock.now(), has_interest=True, detail="A cousin.", submission=first
    )
    page = client_of(chair).get(f"/assess/{slug}/evidence/")
    assert "Where there is none, the council names one." in page.content.decode()
    assert client_of(chair).post(f"/assess/{slug}/evidence/").status_code == 403
    with pytest.raises(NotPermitted, match="by a chair who is kept out of no submission"):
        ask(round_, [(second, CODE)])

    deputy = join(round_.challenge, PanelRole.DEPUTY, confirmed(user("Devi Deputy"))).user
    with pytest.raises(NotPermitted):
        ask(round_, [(first, CODE)], deputy)  # interests first
    declare(round_, deputy)
    page = client_of(deputy).get(f"/assess/{slug}/evidence/").content.decode()
    assert "The chair judges this one and tells you what is missing" in page
    assert page.count(f"/assess/{slug}/submissions/") == 1
    assert len(ask(round_, [(first, CODE), (second, CODE)], deputy)) == 2
    assert first.pseudonym not in client_of(chair).get(f"/assess/{slug}/evidence/").content.decode()


def test_A13_only_the_chair_asks_only_for_what_was_due_and_says_what_is_missing():
    round_, (first, _) = marking()

    for outsider in (assessors_of(round_)[0], lead_of(round_.challenge), user()):
        with pytest.raises(NotPermitted):
            ask(round_, [(first, CODE)], outsider)
    for code in ("SE-02", "outcome", "price"):
        with pytest.raises(Refused, match="no clause whose evidence was due with the submission"):
            ask(round_, [(first, code)])
    with pytest.raises(Refused, match="Say what is missing"):
        ask(round_, [])
    with pytest.raises(Refused, match="say what is missing"):
        actions.ask_for_evidence(
            round=round_, missing=[Missing(first, {CODE: " "})], actor=chair_of(round_), at=clock.now()
        )
    assert not EvidenceRequest.objects.exists()


def test_A13_an_administrator_answers_once_for_the_named_fields_alone_and_nothing_submitted_changes():
    round_, (first, _) = marking()
    [request] = ask(round_, [(first, CODE)])
    before = list(ClauseResponse.objects.order_by("pk").values())

    for outsider in (supply.colleague(first.supplier), chair_of(round_), user()):
        with pytest.raises(NotPermitted):
            answer(request, outsider, OD_01=Addition("Here."))
    with pytest.raises(Refused, match="nothing was asked for here"):
        answer(request, OD_01=Addition("Here."), SE_02=Addition("And better."))
    with pytest.raises(Refused, match="Give what is missing"):
        answer(request, OD_01=Addition(" "))
    with pytest.raises(Refused, match="1 too many"):
        answer(request, OD_01=Addition("word " * 301))
    answer(request, OD_01=Addition("The form is signed.", "https://example.org/form"))
    with pytest.raises(Refused, match="“Answered” already: nothing is left"):
        answer(request, OD_01=Addition("Once more."))

    request.refresh_from_db()
    assert request.answers == {CODE: {"text": "The form is signed.", "url": "https://example.org/form", "files": []}}
    assert list(ClauseResponse.objects.order_by("pk").values()) == before


def test_A13_after_its_time_nothing_is_taken_and_quality_freezes_only_then():
    round_, (first, *_) = marking(1)
    [request] = ask(round_, [(first, CODE)])
    mark_all(round_)
    round_.refresh_from_db()
    moderate_all(round_)
    find_all(round_)

    with pytest.raises(Refused, match=f"can still be given, by the suppliers of {first.pseudonym}"):
        actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())
    move_clock_to(request.due_at)
    with pytest.raises(Refused, match="The time to give the missing evidence has passed"):
        answer(request, OD_01=Addition("Too late."))
    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())

    round_.refresh_from_db()
    assert round_.state == RoundState.PRICES


def test_A13_through_the_pages_with_a_file_that_reaches_the_panel_as_an_addition_and_blind():
    round_, (first, second) = marking()
    chair, base = client_of(chair_of(round_)), f"/assess/{round_.challenge.slug}/evidence/"
    slug = "submission-1"

    assert "Asked now, it is due" in chair.get(base).content.decode()
    assert chair.post(base, {f"{slug}--{CODE}": "The signed form."}).status_code == 302
    assert chair.post(base, {f"{slug}--{CODE}": "Again."}).status_code == 409
    supplier = supply.signed_in(supply.admin_of(first.supplier))
    page = f"/supplier/submissions/{first.public_id}/evidence/"
    assert page in supplier.get(f"/supplier/submissions/{first.public_id}/").content.decode()
    assert "The signed form." in supplier.get(page).content.decode()
    refused = supplier.post(page, {f"text-{CODE}": "TYPED", f"url-{CODE}": "not an address"})
    assert ("TYPED" in refused.content.decode(), EvidenceRequest.objects.get().state) == (True, "asked")
    sent = {f"text-{CODE}": "ADDED-WORDS", f"url-{CODE}": "https://firm.example/form"}
    sent[f"file-{CODE}"] = SimpleUploadedFile("firm-secret-name.txt", b"signed")
    assert supplier.post(page, sent).status_code == 302
    assert supplier.post(page, {f"text-{CODE}": "More."}).status_code == 409
    assert supply.signed_in(supply.admin_of(second.supplier)).get(page).status_code == 404

    seen = client_of(assessors_of(round_)[0]).get(urls(round_)["submission"]).content.decode()
    judged = chair.get(urls(round_)["clauses"]).content.decode()
    assert [
        word for word in ("ADDED-WORDS", "Given later, on request", "Evidence given later 1") if word not in seen
    ] == []
    assert ("firm.example" in seen, "firm.example" in judged, "firm-secret-name" in seen + judged) == (
        False,
        True,
        False,
    )
    assert "We do." in judged


def test_A13_its_supplier_and_then_the_chair_are_told_and_nobody_reads_a_name():
    round_, (first, _) = marking()
    [request] = ask(round_, [(first, CODE)])
    answer(request, OD_01=Addition("Here."))
    make_told()

    told = {(row.event.verb, row.user_id) for row in Delivery.objects.filter(event__verb__startswith="evidence.")}
    assert told == {
        ("evidence.asked", supply.admin_of(first.supplier).pk), ("evidence.answered", chair_of(round_).pk)
    }  # fmt: skip
    answered = Event.objects.get(verb="evidence.answered")
    assert (answered.visibility, answered.data["fields"]) == ("supplier", [CODE])


def make_told():
    append_links()
    make_deliveries()
