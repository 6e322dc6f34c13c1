"""Reading a sealed submission in an emergency: a logged break-glass for two people, never for one (S1).

It is for a court's order, or for what must not wait, such as a threat to somebody's life in a text. The words are shown
for an hour to the two alone. The price and the files stay closed, and nothing is written down in plain text.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock, objections, perform
from suppliers import queries, rules, vault
from suppliers.models import EmergencyReading, Submission

OPEN_FOR = timedelta(hours=1)
ONLY_RUNNERS = "Only two of the people who run this marketplace, with no part in the procedure, can open this together."


@transaction.atomic
def ask_to_read(*, fingerprint: str, reason: str, actor: User, at: datetime) -> EmergencyReading:
    """Ask to read the sealed submission with this fingerprint (sha256 of its receipt); a second person must agree."""
    if not rules.runs_the_site(actor):
        raise NotPermitted(ONLY_RUNNERS)
    if not reason.strip():
        raise Refused("Say what makes it an emergency: the reason is kept on the record, and the supplier reads it.")
    submission = queries.sealed_by_fingerprint(fingerprint)
    if submission is None:
        raise Refused("No sealed submission has this fingerprint. It stands on the supplier's receipt, 64 characters.")
    lock(submission)
    if not rules.may_break_glass(actor, submission):
        raise NotPermitted(ONLY_RUNNERS)
    if EmergencyReading.objects.filter(submission=submission, state="asked").exists():
        raise Refused("This was asked for already and waits for a second person.")
    made = EmergencyReading.objects.create(submission=submission, reason=reason.strip(), asked_by=actor, asked_at=at)
    append_event(
        verb="reading.asked", subject=made, actor=actor, at=at, challenge_id=submission.challenge_id,
        visibility=Visibility.SUPPLIER, reason=made.reason, data={"submission": submission.pk},
    )  # fmt: skip
    return made


@transaction.atomic
def agree_to_read(*, reading: EmergencyReading, actor: User, at: datetime) -> None:
    """Agree, as a second and different person: the words may be read for an hour, and everybody concerned is told."""
    lock(reading)
    if not rules.may_break_glass(actor, reading.submission):
        raise NotPermitted(ONLY_RUNNERS)
    if sentences := objections(reading, "open", at=at):
        raise Refused(*sentences)
    if actor.pk == reading.asked_by_id:
        raise Refused("You asked for this. A second, different person must agree.")
    challenge = reading.submission.challenge
    perform(
        reading, "open", actor=actor, at=at, reason=reading.reason,
        changes={"agreed_by": actor, "agreed_at": at, "open_until": at + OPEN_FOR},
        data={"submission": reading.submission_id},
    )  # fmt: skip
    append_event(
        verb="challenge.sealed_submission_opened", subject=challenge, actor=SYSTEM, at=at, challenge_id=challenge.pk,
        visibility=Visibility.PUBLIC, reason=reading.reason,
    )  # fmt: skip


@transaction.atomic
def withdraw_reading(*, reading: EmergencyReading, actor: User, at: datetime) -> None:
    """Take back what nobody agreed to."""
    perform(reading, "withdraw", actor=actor, at=at, data={"submission": reading.submission_id})


@transaction.atomic
def read_in_emergency(*, reading: EmergencyReading, actor: User, at: datetime) -> dict[str, Any]:
    """The words of the submission, for one of the two, while it is open; every look is on the record."""
    lock(reading)
    is_one_of_two = actor.pk in (reading.asked_by_id, reading.agreed_by_id)
    if not is_one_of_two or not rules.may_break_glass(actor, reading.submission):
        raise NotPermitted("Only the two people who opened this can read it.")
    if reading.open_until is None or at >= reading.open_until:
        raise Refused("This is not open, or its hour is over. Ask again if it is still needed.")
    append_event(
        verb="reading.looked", subject=reading, actor=actor, at=at, challenge_id=reading.submission.challenge_id,
        visibility=Visibility.SUPPLIER, data={"submission": reading.submission_id},
    )  # fmt: skip
    return _words(reading.submission)


def _words(submission: Submission) -> dict[str, Any]:
    key = vault.key_for(submission, vault.CONTENT)
    body: dict[str, Any] = vault.open_up(submission, "content_box", submission.content_box or b"", key)
    return {"answers": body["answers"], "clauses": {code: each["text"] for code, each in body["clauses"].items()}}
