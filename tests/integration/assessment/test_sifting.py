"""A light sift before the full round: published questions, a line for each, two to drop, reasons within ten days."""

from datetime import timedelta

import pytest

from assessment import actions, queries
from assessment.models import Letter, SiftOutcome, SiftVerdict
from audit import clock
from audit.transitions import NotPermitted, Refused
from challenges.models import SIFT_QUESTIONS
from challenges.templates import SOCIAL_VALUE_NAME, social_value
from suppliers.models import PriceOffer
from tests.factories import draft_challenge, open_challenge
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    conclude_sift,
    decide,
    declare_all,
    find_all,
    mark_all,
    moderate_all,
    open_prices,
    owner_of,
    round_in,
    sift_all,
)
from tests.factories.suppliers import submitted, unseal
from tests.integration.assessment.browsing import client_of

pytestmark = pytest.mark.django_db
FIRST = "Submission 1"


def sifting(n=3):
    """A round in its sift, with `n` submissions."""
    challenge = open_challenge(sift_criteria=list(SIFT_QUESTIONS))
    for _ in range(n):
        submitted(challenge)
    round_ = round_in("declaring", unseal(challenge))
    declare_all(round_)
    round_.refresh_from_db()
    return round_


def answers(*, is_met=True, reason="It names streets."):
    return {each["code"]: actions.SiftAnswer(is_met, reason) for each in SIFT_QUESTIONS}


def give(round_, who, submission, given):
    return actions.sift(round=round_, submission=submission, answers=given, actor=who, at=clock.now())


def test_a_published_sift_comes_first_and_whoever_is_dropped_is_never_marked_ranked_or_opened():
    round_ = sifting()
    assert round_.state == "sifting"
    sift_all(round_, against=[FIRST])

    conclude_sift(round_, dropped=[FIRST])

    round_.refresh_from_db()
    assert round_.state == "marking"
    assert [each.pseudonym for each in queries.submissions_in(round_)] == ["Submission 2", "Submission 3"]
    due = queries.reasons_due(round_)
    assert (due.waiting, due.due_on) == (1, clock.now().date() + timedelta(days=10))
    mark_all(round_)
    round_.refresh_from_db()
    moderate_all(round_)
    find_all(round_)
    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())
    open_prices(round_)
    decide(round_)
    # A8: listed with its reason, never ranked, its price never opened.
    gone = round_.ranking.result["disregarded"]
    assert gone == [{"id": FIRST, "reason": "dropped in the sift: It answers another problem."}]
    assert PriceOffer.objects.count() == 2
    # D2: not assessed, so no summary; its reasons go out with the decision at the latest.
    kinds = dict(Letter.objects.values_list("submission__pseudonym", "kind"))
    assert kinds == {FIRST: "dropped", "Submission 2": "summary", "Submission 3": "summary"}
    text = str(Letter.objects.get(kind="dropped").content)
    assert "Does it answer the problem" in text
    assert "No word." in text


def test_A5_every_question_is_answered_in_a_line_and_stands_as_given():
    round_ = sifting(1)
    only, who = queries.submissions_in(round_)[0], assessors_of(round_)[0]
    for given, words in (
        ({}, "Answer every question"), (answers(reason=" "), "give the reason"), (answers(reason="a\nb"), "one line"),
        (answers(reason="x" * 201), "one line"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            give(round_, who, only, given)
    for outsider in (chair_of(round_), owner_of(round_.challenge)):
        with pytest.raises(NotPermitted):
            give(round_, outsider, only, answers())
    give(round_, who, only, answers())

    with pytest.raises(Refused, match="already"):
        give(round_, who, only, answers(is_met=False))
    assert SiftVerdict.objects.get().is_met


def test_the_chair_concludes_when_all_have_sifted_and_one_assessor_alone_drops_nobody():
    round_ = sifting(2)
    first, second = queries.submissions_in(round_)
    one, two = assessors_of(round_)
    give(round_, one, first, answers(is_met=False))
    with pytest.raises(Refused, match="Still to be sifted by"):
        conclude_sift(round_)
    give(round_, two, first, answers())
    for who in (one, two):
        give(round_, who, second, answers())
    with pytest.raises(Refused, match="fewer than two assessors"):
        conclude_sift(round_, dropped=[first.pseudonym])
    with pytest.raises(Refused, match="Nobody would go on"):
        conclude_sift(round_, dropped=[first.pseudonym, second.pseudonym])
    with pytest.raises(NotPermitted):
        actions.conclude_sift(round=round_, choices={}, actor=one, at=clock.now())

    conclude_sift(round_)

    assert SiftOutcome.objects.filter(goes_on=True).count() == 2
    with pytest.raises(Refused, match="this needs the step “sifting”"):
        conclude_sift(round_)


def test_A3_a_verdict_given_before_a_recusal_is_kept_and_counts_for_nothing():
    round_ = sifting(2)
    first, _ = queries.submissions_in(round_)
    sift_all(round_, against=[first.pseudonym])
    chair = queries.seat_on(round_.challenge, chair_of(round_))
    assert [row.against for row in queries.sift_rows(round_, chair)] == [2, 0]

    actions.declare_interest(
        round=round_, actor=assessors_of(round_)[0], at=clock.now(), has_interest=True, detail="My cousin.",
        submission=first,
    )  # fmt: skip

    assert [row.against for row in queries.sift_rows(round_, chair)] == [1, 0]
    assert SiftVerdict.objects.filter(submission=first).count() == 2
    with pytest.raises(Refused, match="too few verdicts"):
        conclude_sift(round_)


def test_A4_the_pages_show_an_assessor_only_their_own_verdicts():
    round_ = sifting(1)
    one, two = assessors_of(round_)
    page = f"/assess/{round_.challenge.slug}/sift/"
    posted = {f"met-{each['code']}": "yes" for each in SIFT_QUESTIONS} | {
        f"reason-{each['code']}": "Only one assessor wrote this." for each in SIFT_QUESTIONS
    }
    empty = client_of(one).post(f"{page}submission-1/", {"met-fit": ""}).content.decode()
    assert ("Choose one." in empty, "Why, in a line, to 1: Give the reason." in empty) == (True, True)
    assert client_of(one).post(f"{page}submission-1/", posted).status_code == 302
    assert "Only one assessor wrote this." in client_of(one).get(f"{page}submission-1/").content.decode()
    for url in (page, f"{page}submission-1/"):
        assert "Only one assessor wrote this." not in client_of(two).get(url).content.decode()
    assert "Only one assessor wrote this." not in client_of(chair_of(round_)).get(page).content.decode()
    assert client_of(two).post(page, {"choice-submission-1": "on"}).status_code == 403
    assert client_of(two).post(f"{page}submission-1/", posted).status_code == 302
    assert "Only one assessor wrote this." in client_of(chair_of(round_)).get(page).content.decode()
    assert client_of(chair_of(round_)).post(page, {"choice-submission-1": "on"}).status_code == 302
    assert client_of(one).get(page).status_code == 409


def test_without_a_published_sift_marking_follows_at_once():
    round_ = round_in("marking", n=1)

    assert (round_.state, round_.sifted_at) == ("marking", None)


def test_the_social_value_template_is_a_row_of_the_criteria_form():
    draft = draft_challenge()
    page = f"/workspace/challenges/{draft.slug}/criteria/"
    owner = client_of(owner_of(draft))

    assert "Begin a social-value criterion" in owner.get(page).content.decode()
    shown = owner.get(f"{page}?with=social-value").content.decode()
    assert SOCIAL_VALUE_NAME in shown
    assert social_value()["description"][:60] in shown


def test_verdicts_are_read_in_the_order_of_the_questions_and_whoever_may_go_no_further_is_decided_about():
    round_ = sifting(2)
    sift_all(round_, against=[FIRST])
    codes = [each["code"] for each in SIFT_QUESTIONS]
    for row in SiftVerdict.objects.all():  # as a database may give them back
        row.answers = {code: row.answers[code] | {"reason": f"About {code}."} for code in reversed(codes)}
        row.save(update_fields=["answers"])
    page, chair, own = f"/assess/{round_.challenge.slug}/sift/", chair_of(round_), assessors_of(round_)[0]

    for shown in (client_of(chair).get(page), client_of(own).get(f"{page}submission-1/")):
        words = shown.content.decode()
        places = [words.index(f"About {code}.") for code in codes]
        assert places == sorted(places)
    told = next(table for table in queries.tables_of(round_) if table.name == "sift")
    assert [row[4] for row in told.rows()][: len(codes)] == [f"About {code}." for code in codes]
    unsaid = client_of(chair).post(page, {"choice-submission-2": "on"}).content.decode()
    assert "Choose one." in unsaid
    assert 'value="on" checked' not in unsaid.split("Submission 2", 1)[0]
