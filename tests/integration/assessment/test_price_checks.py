"""Opened prices before the decision: one or two openers, sums done again, low prices asked about (A9, A12)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import CouncilRole
from assessment import actions, inputs, queries, scoring
from assessment.models import EarlierRanking, PriceClarification, PriceCorrection, Ranking
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.actions import publish_challenge
from challenges.timetable import day_of
from notifications.audiences import hearing
from suppliers.models import PriceOffer
from tests.factories import council, draft_challenge, move_clock_to, open_challenge, person
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    choices_for,
    decide,
    declare_as_approver,
    lead_of,
    open_prices,
    owner_of,
    round_in,
)
from tests.factories.suppliers import admin_of, colleague, submitted, unseal
from tests.integration.assessment.browsing import client_of

pytestmark = pytest.mark.django_db
LOW = [("50000.00", "350000.00"), ("48000.00", "340000.00"), ("20000.00", "180000.00")]
LINES = (actions.PriceLine(Decimal(40), Decimal("1300"), "sets"), actions.PriceLine(Decimal("1.5"), Decimal("0.01")))


def ranked_with_a_low_price():
    """A ranked round whose approver declared, and the flagged submission."""
    round_ = round_in("ranked", n=3, prices=LOW)
    declare_as_approver(round_)
    return round_, next(check.submission for check in queries.price_checks(round_) if check.flag)


def ask(round_, submission, days=10, actor=None, question="How?"):
    return actions.ask_about_price(
        round=round_, submission=submission, question=question, due_on=day_of(clock.now()) + timedelta(days=days),
        actor=actor or lead_of(round_.challenge), at=clock.now(),
    )  # fmt: skip


def answer(asked, actor, words="We own the tools."):
    actions.answer_about_price(clarification=asked, answer=words, actor=actor, at=clock.now())


def settle(asked, actor, *, is_accepted, reasons="The answer shows it."):
    actions.decide_about_price(
        clarification=asked, is_accepted=is_accepted, reasons=reasons, actor=actor, at=clock.now()
    )


def correct(round_, submission, part="pilot", lines=LINES, found_in="Attachment 1, page 3", actor=None):
    return actions.correct_sums(
        round=round_, submission=submission, sums=actions.Sums(part, lines, found_in),
        actor=actor or lead_of(round_.challenge), at=clock.now(),
    )  # fmt: skip


def test_A9_one_person_opens_prices_below_the_threshold_where_that_was_published_and_only_there():
    challenge = open_challenge(opens_prices_alone=True)
    submitted(challenge)
    round_ = round_in("prices", unseal(challenge))

    is_open = actions.consent_to_open_prices(round=round_, actor=owner_of(challenge), at=clock.now())

    assert (is_open, round_.state, PriceOffer.objects.count()) == (True, "ranked", 1)


def test_A9_above_the_threshold_one_opener_cannot_be_published():
    draft = draft_challenge(is_above_threshold=True, find_a_tender_id="2026/S 000-1", opens_prices_alone=True)
    lead = person(draft.council, CouncilRole.PROCUREMENT_LEAD)

    with pytest.raises(Refused, match="two people open the prices"):
        publish_challenge(challenge=draft, actor=lead, at=clock.now())


def test_A3_whoever_is_recused_reads_no_flag_of_that_price():
    round_, low = ranked_with_a_low_price()
    standing = queries.standing_of(round_, chair_of(round_))
    recused = replace(standing, viewer=replace(standing.viewer, recused=frozenset({low.pk})))

    boards = [queries.result_board(each) for each in (standing, recused)]

    assert [[each.id for each in board.low_prices] for board in boards] == [[low.pseudonym], []]


def test_A12_a_flagged_price_holds_up_the_decision_until_it_was_asked_about_answered_and_decided():
    round_, low = ranked_with_a_low_price()
    lead, supplier = lead_of(round_.challenge), low.supplier
    page = client_of(lead).get(f"/workspace/challenges/{round_.challenge.slug}/result/").content.decode()
    assert "£200,000 is 32&nbsp;% below the mean of the prices without the highest (£294,000)" in page
    with pytest.raises(Refused, match=f"ask about the price of {low.pseudonym}"):
        actions.decide(round=round_, choices=choices_for(round_), reasons="By rank.", actor=lead, at=clock.now())

    asked = ask(round_, low)
    assert set(hearing(Event.objects.get(verb="price.asked"), round_.challenge)) == {admin_of(supplier).pk}
    with pytest.raises(Refused, match="has time to answer"):
        settle(asked, lead, is_accepted=False)
    answer(asked, admin_of(supplier))
    with pytest.raises(Refused, match="Give a reason"):
        settle(asked, lead, is_accepted=True, reasons=" ")
    settle(asked, lead, is_accepted=True)

    decide(round_)
    round_.refresh_from_db()
    assert (round_.state, asked.state, EarlierRanking.objects.count()) == ("decided", "accepted", 0)


def test_A12_after_the_lapse_a_rejection_needs_reasons_and_ranks_the_others_again():
    round_, low = ranked_with_a_low_price()
    lead, before = lead_of(round_.challenge), round_.ranking.digest
    asked = ask(round_, low)
    move_clock_to(asked.due_at)
    with pytest.raises(Refused, match="has passed"):
        answer(asked, admin_of(low.supplier))

    settle(asked, lead, is_accepted=False, reasons="No answer came.")

    ranking = Ranking.objects.get(round=round_)
    low.refresh_from_db()
    assert low.state == "disregarded"
    assert ranking.result["disregarded"] == [{"id": low.pseudonym, "reason": "abnormally low price: No answer came."}]
    # A9: the lowest price is now that of the admissible ones.
    assert max(Decimal(row["scores"]["price"]) for row in ranking.result["ranking"]) == 30
    kept = EarlierRanking.objects.get(round=round_)
    assert (kept.digest, kept.result["hash"]) == (before, before)
    assert scoring.rank_case(inputs.read(ranking.inputs)).digest == ranking.digest != before


def test_A12_who_may_ask_answer_and_decide_and_what_is_refused():
    round_, low = ranked_with_a_low_price()
    other = next(each for each in queries.submissions_in(round_) if each != low)
    outsiders = (owner_of(round_.challenge), chair_of(round_), assessors_of(round_)[0])
    for actor in (*outsiders, person(council(), CouncilRole.PROCUREMENT_LEAD)):
        with pytest.raises(NotPermitted):
            ask(round_, low, actor=actor)
    for wrong, words in (({"days": 1}, "3 working days"), ({"question": " "}, "Write what")):
        with pytest.raises(Refused, match=words):
            ask(round_, low, **wrong)
    with pytest.raises(Refused, match="not flagged"):
        ask(round_, other)

    asked = ask(round_, low)
    with pytest.raises(Refused, match="asked already"):
        ask(round_, low)
    for actor in (colleague(low.supplier), admin_of(other.supplier), lead_of(round_.challenge)):
        with pytest.raises(NotPermitted, match="administrator of the supplier"):
            answer(asked, actor)
    with pytest.raises(NotPermitted):
        settle(asked, owner_of(round_.challenge), is_accepted=True)
    answer(asked, admin_of(low.supplier))
    with pytest.raises(Refused, match="stands at"):
        answer(asked, admin_of(low.supplier), "More.")
    settle(asked, lead_of(round_.challenge), is_accepted=True)
    with pytest.raises(Refused):
        settle(asked, lead_of(round_.challenge), is_accepted=False)


def test_sums_are_done_again_with_both_figures_kept_and_the_ranking_follows():
    round_ = round_in("ranked", n=2, prices=LOW[:2])
    declare_as_approver(round_)
    first, second = queries.submissions_in(round_)
    stated = first.price_offer.pilot_price + first.price_offer.contract_price
    with pytest.raises(Refused, match="Give the lines"):
        correct(round_, first, found_in=" ")
    with pytest.raises(Refused, match="zero or more"):
        correct(round_, first, lines=[actions.PriceLine(Decimal(-1), Decimal(2))])
    with pytest.raises(Refused, match="nothing to correct"):
        correct(round_, first, lines=[actions.PriceLine(Decimal(1), first.price_offer.pilot_price)])
    with pytest.raises(NotPermitted):
        correct(round_, first, actor=owner_of(round_.challenge))

    row = correct(round_, first)

    offer = PriceOffer.objects.get(submission=first)
    assert (row.corrected, offer.pilot, offer.stated("pilot")) == (Decimal("52000.02"), row.corrected, row.stated)
    assert _entry(round_.earlier_rankings.get(), first)["price"] == inputs.plain(stated)
    ranking = Ranking.objects.get(round=round_)
    corrected = inputs.plain(offer.pilot + offer.contract_price)
    assert _entry(ranking, first)["price"] == inputs.plain(stated)
    assert _entry(ranking, first)["corrected_price"] == corrected
    assert scoring.rank_case(inputs.read(ranking.inputs)).digest == ranking.digest
    with pytest.raises(Refused, match="corrected already"):
        correct(round_, first)
    decide(round_)
    with pytest.raises(Refused, match="this needs the step “ranked”"):
        correct(round_, second)
    assert PriceCorrection.objects.count() == 1


def _entry(ranking, submission):
    return next(each for each in ranking.inputs["submissions"] if each["id"] == submission.pseudonym)


def test_the_pages_of_a_low_price_ask_answer_and_decide_it():
    round_, low = ranked_with_a_low_price()
    lead, firm = client_of(lead_of(round_.challenge)), client_of(admin_of(low.supplier))
    base = f"/workspace/challenges/{round_.challenge.slug}/prices/checks/"
    check = f"{base}{low.pseudonym.lower().replace(' ', '-')}/"
    theirs = f"/supplier/submissions/{low.public_id}/price-question/"
    assert firm.get(theirs).status_code == 404
    assert "Ask the supplier about this price" in lead.get(base).content.decode()

    soon = lead.post(check, {"question": "How?", "due_on": day_of(clock.now()).isoformat()})
    assert "three working days at least" in soon.content.decode()
    far = day_of(clock.now()) + timedelta(days=9)
    assert lead.post(check, {"question": "How do you do it?", "due_on": far.isoformat()}).status_code == 302
    assert lead.post(check, {"outcome": "reject", "reasons": "x"}).status_code == 409
    own = firm.get(f"/supplier/submissions/{low.public_id}/").content.decode()
    assert "The council asks about your price" in own
    assert "How do you do it?" in firm.get(theirs).content.decode()
    assert firm.post(theirs, {"answer": ""}).status_code == 200
    assert firm.post(theirs, {"answer": "We own the tools."}).status_code == 302
    assert firm.post(theirs, {"answer": "Again"}).status_code == 409
    assert "We own the tools." in lead.get(check).content.decode()
    assert lead.post(check, {"outcome": "accept", "reasons": "It owns them."}).status_code == 302
    assert PriceClarification.objects.get().state == "accepted"


def test_the_page_of_sums_takes_more_lines_and_keeps_both_figures():
    round_, low = ranked_with_a_low_price()
    lead = client_of(lead_of(round_.challenge))
    base = f"/workspace/challenges/{round_.challenge.slug}/prices/checks/"
    check = f"{base}{low.pseudonym.lower().replace(' ', '-')}/"
    sums = {
        "part": "pilot", "found_in": "Attachment 1", "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0",
        "form-0-quantity": "10", "form-0-unit_price": "2100.50",
    }  # fmt: skip
    none = lead.post(f"{check}sums/", sums | {"form-0-quantity": "", "form-0-unit_price": ""})
    assert "Give at least one line" in none.content.decode()
    more = lead.post(f"{check}sums/", sums | {"onwards": "1"}).content.decode()
    assert ('value="2100.50"' in more, "form-4-quantity" in more, "There is a problem" in more) == (True, True, False)
    assert lead.post(f"{check}sums/", sums | {"form-0-unit_price": "£2,100.50"}).status_code == 302
    shown = lead.get(base).content.decode()
    assert "£20,000" in shown
    assert "£21,005" in shown
    result = lead.get(f"/workspace/challenges/{round_.challenge.slug}/result/").content.decode()
    assert "stated: £20,000" in result
    assert "£201,005 is 31.7&nbsp;% below" in result


def test_nobody_but_the_approver_opens_the_price_pages():
    round_ = round_in("prices", n=1)
    base = f"/workspace/challenges/{round_.challenge.slug}/prices/checks/"
    assert client_of(lead_of(round_.challenge)).get(base).status_code == 409
    open_prices(round_)
    assert client_of(lead_of(round_.challenge)).get(base).status_code == 409  # D7: declare first
    for who in (owner_of(round_.challenge), chair_of(round_), assessors_of(round_)[0]):
        assert client_of(who).get(base).status_code == 403
