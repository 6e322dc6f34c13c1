"""Questions: asked in time, answered in time, published together, the asker hidden."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError, transaction
from django.test import Client

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.models import Challenge
from suppliers import actions
from suppliers.actions.asking import MOST_OPEN
from suppliers.models import Clarification, FormerAnswer, Supplier
from tests.factories import council, member_with, move_clock_to, open_challenge, person, user
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db


def ask(challenge: Challenge, firm: Supplier, question: str = "May shelters stand on the pavement?") -> Clarification:
    return actions.ask(challenge=challenge, supplier=firm, question=question, actor=make.admin_of(firm), at=clock.now())


def correct(asked: Clarification, text: str, why: str = "We measured again.", role: str = "owner") -> None:
    actor = member_with(asked.challenge.council, role)
    actions.correct_answer(clarification=asked, answer=text, why=why, actor=actor, at=clock.now())


def answer(asked: Clarification, text: str = "Yes, with two metres left.", role: str = "owner") -> None:
    actor = member_with(asked.challenge.council, role)
    actions.answer_clarification(clarification=asked, answer=text, actor=actor, at=clock.now())


def test_Q1_a_question_is_taken_until_its_deadline_and_not_after() -> None:
    challenge, firm = open_challenge(), make.supplier()
    move_clock_to(challenge.questions_close_at - timedelta(minutes=1))
    ask(challenge, firm)
    move_clock_to(challenge.questions_close_at)

    with pytest.raises(Refused, match="have closed"):
        ask(challenge, firm)

    assert Clarification.objects.count() == 1


def test_Q1_an_answer_is_taken_until_answers_are_due_and_not_after() -> None:
    challenge, firm = open_challenge(), make.supplier()
    first, second = ask(challenge, firm), ask(challenge, firm, "And trees?")
    move_clock_to(challenge.answers_due_at - timedelta(minutes=1))
    answer(first)
    move_clock_to(challenge.answers_due_at)

    with pytest.raises(Refused, match="too late to use it"):
        answer(second)


def test_Q1_the_asker_keeps_one_pseudonym_per_challenge() -> None:
    challenge, other = open_challenge(), open_challenge()
    one, two = make.supplier(), make.supplier()

    names = [ask(challenge, one).asker, ask(challenge, one).asker, ask(challenge, two).asker, ask(other, one).asker]

    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert all(name.startswith("Asker ") for name in names)


def test_Q1_nobody_reads_who_asked() -> None:
    challenge, firm = open_challenge(), make.supplier("Velvet Canary Ltd")
    asked = ask(challenge, firm)
    answer(asked)
    officer = member_with(challenge.council, "owner")
    pages = [f"/challenges/{challenge.slug}/questions/", f"/workspace/challenges/{challenge.slug}/questions/",
             f"/workspace/challenges/{challenge.slug}/questions/{asked.pk}/"]  # fmt: skip
    client = make.signed_in(officer)

    for page in pages:
        text = client.get(page).content.decode()
        assert asked.asker in text
        assert "Velvet Canary" not in text
        assert make.admin_of(firm).full_name not in text


def test_Q2_question_and_answer_appear_together(client: Client) -> None:
    challenge, firm = open_challenge(), make.supplier()
    address = f"/challenges/{challenge.slug}/questions/"
    asked = ask(challenge, firm, "May shelters stand on <the> pavement?")
    assert "stand on" not in client.get(address).content.decode()

    answer(asked, "Yes, with two metres left.")

    text = client.get(address).content.decode()
    assert "May shelters stand on &lt;the&gt; pavement?" in text
    assert "Yes, with two metres left." in text


def test_Q2_the_council_and_the_asker_see_what_is_not_answered() -> None:
    challenge, firm, rival = open_challenge(), make.supplier(), make.supplier()
    ask(challenge, firm)

    def sees(who: object) -> int:
        return Clarification.objects.filter(challenge=challenge).visible_to(who).count()

    assert (sees(make.admin_of(firm)), sees(make.admin_of(rival)), sees(None)) == (1, 0, 0)


def test_an_answer_is_given_once() -> None:
    asked = ask(open_challenge(), make.supplier())
    answer(asked)

    with pytest.raises(Refused, match="has been answered"):
        answer(asked, "No.")

    assert Event.objects.filter(verb="clarification.answered").count() == 1


def test_Q3_a_corrected_answer_keeps_what_it_said_before_and_why(client: Client) -> None:
    challenge, firm = open_challenge(), make.supplier()
    asked = ask(challenge, firm)
    answer(asked, "Yes, with two metres left.")
    answered_at = asked.answered_at
    correct(asked, "Yes, with three metres left.", "The rule of 2026 asks for <three>.")
    correct(asked, "Yes, with two metres and a half left.")

    former = list(asked.former_answers.all())
    page = BeautifulSoup(client.get(f"/challenges/{challenge.slug}/questions/").content, "html.parser")
    shown = page.select_one(f"#question-{asked.pk}").get_text(" ", strip=True)
    said = ["two metres and a half left.", "Yes, with three metres left.", "Yes, with two metres left."]
    assert [each.answer for each in former] == [said[2], said[1]]
    assert [each.published_at for each in former] == [answered_at, former[0].replaced_at]
    assert [shown.index(words) for words in said] == sorted(shown.index(words) for words in said)
    assert ("We measured again." in shown, "The rule of 2026 asks for <three>." in shown) == (True, True)
    assert [asked.answer_at(at) for at in (answered_at, former[0].replaced_at, former[1].replaced_at)] == [
        "Yes, with two metres left.", "Yes, with three metres left.", "Yes, with two metres and a half left.",
    ]  # fmt: skip
    assert Event.objects.filter(verb="clarification.corrected", visibility="public").count() == 2


def test_Q3_no_former_answer_is_changed_or_removed() -> None:
    asked = ask(open_challenge(), make.supplier())
    answer(asked)
    correct(asked, "No.")

    for attempt in (lambda: FormerAnswer.objects.update(answer="Perhaps."), FormerAnswer.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


def test_Q3_what_cannot_be_corrected_is_refused_and_stays() -> None:
    challenge = open_challenge()
    asked, waiting = ask(challenge, make.supplier()), ask(challenge, make.supplier())
    answer(asked)
    with pytest.raises(Refused, match="answer it first"):
        correct(waiting, "No.")
    with pytest.raises(Refused, match="still says the same"):
        correct(asked, f" {asked.answer} ")
    with pytest.raises(Refused, match="Write your reason"):
        correct(asked, "No.", " ")
    with pytest.raises(NotPermitted):
        correct(asked, "No.", role="auditor")
    move_clock_to(challenge.answers_due_at)
    with pytest.raises(Refused, match="too late to use it"):
        correct(asked, "No.")

    asked.refresh_from_db()
    assert (asked.answer, FormerAnswer.objects.count()) == ("Yes, with two metres left.", 0)


def test_Q3_an_officer_corrects_on_the_page_of_the_answer_until_answers_are_due() -> None:
    challenge = open_challenge()
    asked = ask(challenge, make.supplier())
    answer(asked)
    officer, auditor = (make.signed_in(member_with(challenge.council, role)) for role in ("owner", "auditor"))
    address = f"/workspace/challenges/{challenge.slug}/questions/{asked.pk}/"

    empty = officer.post(address, {"answer": "No, none.", "why": ""})
    done = officer.post(address, {"answer": "No, none.", "why": "The square is listed."})
    again = officer.post(address, {"answer": "No, none.", "why": "Once more."})
    read_only = auditor.get(address).content.decode()
    move_clock_to(challenge.answers_due_at)
    late = officer.get(address).content.decode()

    assert (empty.status_code, "No, none." in empty.content.decode()) == (422, True)
    assert (done.status_code, again.status_code, asked.former_answers.count()) == (302, 409, 1)
    assert [
        "Publish the corrected answer" in read_only, "owner or procurement lead answers" in read_only,
        "Publish the corrected answer" in late, "published as an amendment" in late,
    ] == [False, True, False, True]  # fmt: skip


def test_the_wrong_people_neither_ask_nor_answer() -> None:
    challenge, firm = open_challenge(), make.supplier()
    asked = ask(challenge, firm)
    stranger, other_owner = user(), person(council(), "owner")

    with pytest.raises(NotPermitted):
        actions.ask(challenge=challenge, supplier=firm, question="?", actor=stranger, at=clock.now())
    with pytest.raises(NotPermitted):
        actions.answer_clarification(clarification=asked, answer="x", actor=other_owner, at=clock.now())
    with pytest.raises(NotPermitted):
        answer(asked, role="auditor")


def test_an_empty_question_is_refused_and_so_is_a_flood() -> None:
    challenge, firm, other = open_challenge(), make.supplier(), make.supplier()
    with pytest.raises(Refused, match="Write your question"):
        ask(challenge, firm, "   ")
    first = ask(challenge, firm)
    waiting = {"challenge": challenge, "supplier": firm, "asker": first.asker, "question": "?", "asked_at": clock.now()}
    Clarification.objects.bulk_create(Clarification(**waiting) for _ in range(MOST_OPEN - 1))

    with pytest.raises(Refused, match="wait for an answer"):
        ask(challenge, firm)
    answer(first)

    assert (ask(challenge, firm).pk, ask(challenge, other).pk) != (None, None)
