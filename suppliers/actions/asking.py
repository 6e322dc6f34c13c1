"""Questions about a call, and their answers: published together, word for word, to everybody (Q1, Q2)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit import clock
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock
from challenges.models import Challenge, ChallengeState
from challenges.rules import takes_answers, takes_questions
from suppliers import rules, vault
from suppliers.models import Clarification, FormerAnswer, Supplier

MOST_CHARACTERS = 4_000
MOST_OPEN = 40


@transaction.atomic
def ask(*, challenge: Challenge, supplier: Supplier, question: str, actor: User, at: datetime) -> Clarification:
    """Ask about a call; nobody sees who asked, and nobody but the council sees it before it is answered."""
    if not (rules.is_member(actor, supplier) and rules.may_ask(actor, challenge)):
        raise NotPermitted("Only the people of a registered supplier can ask, and nobody of the council that asks.")
    now = max(at, clock.now())
    if not takes_questions(Challenge.objects.get(pk=challenge.pk), now):
        raise Refused("Questions about this call have closed.")
    lock(supplier)
    if Clarification.objects.filter(challenge=challenge, supplier=supplier, answered_at=None).count() >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} questions of your organisation wait for an answer. Ask more once some have one.")
    vault.make_keys(challenge, now)
    clarification = Clarification.objects.create(
        challenge=challenge, supplier=supplier, asker=vault.asker(challenge, supplier.public_id),
        question=_text(question, "question"), asked_at=now,
    )  # fmt: skip
    append_event(
        verb="clarification.asked", subject=clarification, actor=actor, at=now, challenge_id=challenge.pk,
        visibility=Visibility.SUPPLIER, data={"asker": clarification.asker},
    )  # fmt: skip
    return clarification


@transaction.atomic
def answer_clarification(*, clarification: Clarification, answer: str, actor: User, at: datetime) -> None:
    """Answer a question; question and answer are public from this instant on."""
    now = _taken(clarification, actor, at)
    if clarification.answered_at is not None:
        raise Refused("This question has been answered, and the answer is public. What it says can be corrected.")
    clarification.answer = _text(answer, "answer")
    clarification.answered_at, clarification.answered_by = now, actor.actor_key
    clarification.save(update_fields=["answer", "answered_at", "answered_by"])
    append_event(
        verb="clarification.answered", subject=clarification, actor=actor, at=now,
        challenge_id=clarification.challenge_id, visibility=Visibility.PUBLIC, data={"asker": clarification.asker},
    )  # fmt: skip


@transaction.atomic
def correct_answer(*, clarification: Clarification, answer: str, why: str, actor: User, at: datetime) -> None:
    """Say it anew: the former words stay public beside the new ones, with the reason (Q3)."""
    now = _taken(clarification, actor, at)
    if clarification.answered_at is None:
        raise Refused("This question has not been answered yet: answer it first.")
    text, reason = _text(answer, "answer"), _text(why, "reason")
    if text == clarification.answer:
        raise Refused("The answer still says the same: change it, or leave it as it stands.")
    before = clarification.former_answers.last()
    FormerAnswer.objects.create(
        clarification=clarification, answer=clarification.answer, published_by=clarification.answered_by,
        published_at=before.replaced_at if before else clarification.answered_at, replaced_at=now, why=reason,
    )  # fmt: skip
    clarification.answer, clarification.answered_by = text, actor.actor_key
    clarification.save(update_fields=["answer", "answered_by"])
    append_event(
        verb="clarification.corrected", subject=clarification, actor=actor, at=now, reason=reason,
        challenge_id=clarification.challenge_id, visibility=Visibility.PUBLIC, data={"asker": clarification.asker},
    )  # fmt: skip


def _taken(clarification: Clarification, actor: User, at: datetime) -> datetime:
    """Lock the question for one who may answer in time; the instant that counts."""
    lock(clarification)
    challenge = Challenge.objects.get(pk=clarification.challenge_id)
    if not rules.may_answer_questions(actor, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can answer.")
    now = max(at, clock.now())
    if challenge.state != ChallengeState.PUBLISHED or challenge.answers_due_at is None:
        raise Refused("This call takes no answers.")
    if not takes_answers(challenge, now):
        raise Refused("The time for answers has passed: an answer now would reach suppliers too late to use it.")
    return now


def _text(text: str, what: str) -> str:
    plain = text.strip()
    if not plain:
        raise Refused(f"Write your {what}.")
    if len(plain) > MOST_CHARACTERS:
        raise Refused(f"Your {what} is longer than {MOST_CHARACTERS:,} characters. Shorten it.")
    return plain
