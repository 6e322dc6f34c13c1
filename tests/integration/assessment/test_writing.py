"""The marking screen: it saves itself, two tabs lose nothing, passages are checked, and notes stay private."""

import json
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from assessment import actions, queries
from assessment.models import Assessment, WorkingPaper
from audit import clock
from audit.transitions import NotPermitted, Refused
from tests.factories.assessment import (
    assessors_of,
    auditor_of,
    chair_of,
    confirm_all,
    decide,
    mark_all,
    open_prices,
    round_in,
    settle_quality,
    write_marks,
)
from tests.integration.assessment.browsing import client_of, urls

pytestmark = pytest.mark.django_db
ANSWER = "How we reach Reach."  # what the factories' suppliers answer


def screen(state="marking", n=1):
    round_ = round_in(state, n=n)
    who = assessors_of(round_)[0]
    return round_, who, client_of(who), urls(round_)["mark"]


def told(answer):
    return answer.status_code, answer.json()


def test_it_saves_itself_and_says_when_with_the_version_to_write_upon():
    _, _, client, url = screen()

    first = client.post(url, {"mark": "3", "rationale": "So far", "version": "0", "autosave": "1"})
    same = client.post(url, {"mark": "3", "rationale": "So far", "version": "0", "autosave": "1"})
    more = client.post(url, {"mark": "", "rationale": "So far, so good", "version": "1", "autosave": "1"})

    row = Assessment.objects.get()
    assert [told(each) for each in (first, same)] == [
        (200, {"saved_at": first.json()["saved_at"], "version": 1, "problems": []})
    ] * 2
    assert told(more) == (200, {"saved_at": row.saved_at.isoformat(), "version": 2, "problems": []})
    assert (row.mark, row.rationale) == (None, "So far, so good")


def test_two_tabs_of_one_assessor_the_later_is_told_and_both_texts_are_kept():
    round_, who, client, url = screen()
    client.post(url, {"mark": "3", "rationale": "The first tab", "version": "0"})
    late = {"mark": "4", "rationale": "The later tab", "notes": "Ask", "version": "0", "quote": ["answer:0-6"]}

    by_itself = client.post(url, late | {"autosave": "1"})
    by_hand = client.post(url, late)
    page = client.get(url).content.decode()

    assert told(by_itself) == (409, {"refused": actions.marking.STALE, "is_kept": True})
    assert by_hand.status_code == 409
    for text in (by_hand.content.decode(), page):
        words = ("Saved now", "The first tab", "The later tab", "How we", 'name="merges"')
        assert [word for word in words if word not in text] == []
    assert Assessment.objects.get().rationale == "The first tab"
    with pytest.raises(Refused, match="two texts are still to be put together"):
        actions.submit_marks(round=round_, actor=who, at=clock.now())

    merges = re.search(r'name="merges" value="([^"]+)"', page).group(1)
    both = client.post(url, {"mark": "4", "rationale": "Both", "version": "1", "merges": merges})

    assert (both.status_code, Assessment.objects.get().rationale) == (302, "Both")
    assert WorkingPaper.objects.get().aside == {}


def test_a_late_text_is_left_out_by_its_writer_alone():
    round_, _, client, url = screen()
    client.post(url, {"mark": "3", "rationale": "One", "version": "0"})
    client.post(url, {"mark": "3", "rationale": "Two", "version": "0"})
    key = next(iter(WorkingPaper.objects.get().aside))
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]
    other = assessors_of(round_)[1]

    with pytest.raises(NotPermitted):
        actions.drop_late_text(
            round=round_, judgement=actions.Judgement(submission, criterion, None, ""), key=key, actor=other,
            at=clock.now(),
        )  # fmt: skip
    assert client.post(url, {"drop": key}).status_code == 302

    assert (WorkingPaper.objects.get().aside, Assessment.objects.get().rationale) == ({}, "One")


def test_a_passage_is_quoted_by_pasting_or_by_its_place_and_kept_once():
    _, _, client, url = screen()

    refused = client.post(url, {"rationale": "R", "version": "0", "passage": "we reach nobody"})
    client.post(url, {"rationale": "R", "version": "1", "passage": "we  reach", "quote": ["answer:0-3"]})
    client.post(url, {"rationale": "R2", "version": "2", "quote": ["answer:0-3", "answer:4-12", "answer:0-3"]})

    found = Assessment.objects.get().quotes
    assert (refused.status_code, "does not stand in the answer" in refused.content.decode()) == (422, True)
    assert "we reach nobody" in refused.content.decode()
    assert found == [
        {"source": "answer", "start": 0, "end": 3, "text": "How"},
        {"source": "answer", "start": 4, "end": 12, "text": "we reach"},
    ]
    assert "<mark>How</mark> <mark>we reach</mark> Reach." in client.get(url).content.decode()


def test_a_place_outside_the_answer_is_refused_and_what_was_quoted_stays():
    _, _, client, url = screen()
    client.post(url, {"rationale": "R", "version": "0", "quote": ["answer:0-3"]})

    told_so = client.post(url, {"rationale": "R2", "version": "1", "quote": ["answer:0-999"], "autosave": "1"})

    assert (told_so.status_code, len(told_so.json()["problems"])) == (200, 1)
    row = Assessment.objects.get()
    assert (row.rationale, [each["text"] for each in row.quotes]) == ("R2", ["How"])


def test_an_action_refuses_a_passage_that_is_not_in_the_answer():
    round_, who, _, _ = screen()
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]
    forged = actions.Judgement(
        submission, criterion, Decimal(3), "R", (actions.Quotation("answer", 0, 7, "Invents"),)
    )  # fmt: skip

    with pytest.raises(Refused, match="does not stand at its place"):
        actions.save_mark(round=round_, judgement=forged, actor=who, at=clock.now())


def test_an_expired_sign_in_keeps_what_was_typed():
    _, who, _, url = screen()
    browser = Client()

    sent = browser.post(url, {"mark": "4", "rationale": "An hour of work", "version": "0", "autosave": "1"})
    browser.force_login(who)
    page = browser.get(url).content.decode()

    assert told(sent) == (401, {"sign_in": f"{reverse('account_login')}?next={url}"})
    assert ("You had been signed out" in page, "An hour of work" in page) == (True, True)
    assert not Assessment.objects.exists()


def test_a_text_that_comes_after_the_marks_are_in_is_refused_and_stays_on_the_page():
    round_, _, client, url = screen()
    mark_all(round_)

    page = client.post(url, {"mark": "2", "rationale": "Too late, and long", "version": "1"})
    by_itself = client.post(url, {"mark": "2", "rationale": "Too late", "version": "1", "autosave": "1"})

    assert (page.status_code, "Too late, and long" in page.content.decode()) == (409, True)
    assert "What you typed was not saved" in page.content.decode()
    assert (by_itself.status_code, by_itself.json()["is_kept"]) == (409, False)
    assert not Assessment.objects.filter(rationale__startswith="Too late").exists()


def test_private_notes_are_read_by_their_writer_alone_and_no_export_holds_them():
    round_, who, client, url = screen()
    secret = "SECRET-NOTE"
    client.post(url, {"mark": "4", "rationale": "R", "notes": secret, "version": "0"})
    mine = client.get(url).content.decode()
    sheet = client.get(urls(round_)["sheet"]).content.decode()
    write_marks(round_, who)
    WorkingPaper.objects.update(notes=secret)
    mark_all_others(round_, who)
    round_.refresh_from_db()
    pages = [client_of(chair_of(round_)).get(urls(round_)[name]).content.decode() for name in ("round", "moderate")]
    settle_quality(round_)
    open_prices(round_)
    decide(round_)
    auditor = client_of(auditor_of(round_.challenge))
    exported = auditor.get(f"/workspace/challenges/{round_.challenge.slug}/assessment-file/all.json").content.decode()
    own = client.get(reverse("own_data"), follow=True).content.decode()

    assert (secret in mine, secret in sheet) == (True, False)
    assert [page for page in (*pages, exported, own) if secret in page] == []
    assert json.loads(exported)["assessments"][0]["rationale"] == "Because of what the answer shows."


def mark_all_others(round_, who):
    for each in assessors_of(round_):
        if each != who:
            write_marks(round_, each)
        actions.submit_marks(round=round_, actor=each, at=clock.now())
    confirm_all(round_)


def test_the_sheet_prints_the_scale_and_the_mark_and_is_the_assessors_alone():
    round_, who, client, _ = screen()
    write_marks(round_, who)

    page = client.get(urls(round_)["sheet"]).content.decode()

    assert page.count("(your mark)") == 2
    assert (ANSWER in page, "descriptor 4" in page) == (True, True)
    assert client_of(chair_of(round_)).get(urls(round_)["sheet"]).status_code == 403
