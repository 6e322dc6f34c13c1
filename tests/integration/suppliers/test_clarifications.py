"""Questions: asked in time, answered in time, published together, the asker hidden."""

from datetime import timedelta

import pytest
from django.test import Client

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.models import Challenge
from suppliers import actions
from suppliers.actions.asking import MOST_OPEN
from suppliers.models import Clarification, Supplier
from tests.factories import council, member_with, move_clock_to, open_challenge, person, user
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db


def ask(challenge: Challenge, firm: Supplier, question: str = "May shelters stand on the pavement?") -> Clarification:
    return actions.ask(challenge=challenge, supplier=firm, question=question, actor=make.admin_of(firm), at=clock.now())


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
