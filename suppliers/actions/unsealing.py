"""Opening what was sealed: by two people, after the deadline, everything at once; prices later, and only some."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from random import SystemRandom
from typing import Any

from django.db import transaction

from accounts.models import User
from audit import clock
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock, perform, stands
from challenges.models import Challenge, ChallengeState
from challenges.rules import may_unseal
from challenges.states import call_has_closed
from files import actions as file_actions
from suppliers import attachments, content, queries, sealing, states, vault
from suppliers.models import (
    Answer,
    ClauseResponse,
    ConfidentialPassage,
    Partner,
    PriceOffer,
    Submission,
    SubmissionState,
    SubmittedStanding,
    UnsealingConsent,
)


@transaction.atomic
def consent_to_unseal(*, challenge: Challenge, actor: User, at: datetime) -> bool:
    """Confirm the unsealing; the second, different person's confirmation performs it. Returns whether it is done."""
    lock(challenge)
    if not may_unseal(actor, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can do this.")
    now = max(at, clock.now())
    _refuse_too_early(challenge, now)
    if queries.consents(challenge).filter(user=actor).exists():
        raise Refused("You have confirmed already. A second, different person of the council must confirm too.")
    UnsealingConsent.objects.update_or_create(challenge=challenge, user=actor, defaults={"given_at": now})
    append_event(
        verb="challenge.unsealing_confirmed", subject=challenge, actor=actor, at=now, challenge_id=challenge.pk
    )
    if states.two_people_agreed(challenge, now):
        return False
    _unseal(challenge, actor, now)
    return True


@transaction.atomic
def open_prices(
    *, challenge: Challenge, submissions: Iterable[Submission], actor: Actor, at: datetime
) -> list[PriceOffer]:
    """Open the prices of admitted submissions; any other price stays sealed (A8, A9).

    The assessment room calls this, once two of its people agreed and every quality mark is frozen.
    """
    chosen = list(submissions)
    for submission in chosen:
        lock(submission)
        submission.challenge = challenge
        if submission.state != SubmissionState.ADMITTED:
            raise Refused(f"{submission} is not admitted: its price stays sealed.")
    offers = [_open_price(submission, at) for submission in chosen]
    append_event(
        verb="challenge.prices_opened", subject=challenge, actor=actor, at=at, challenge_id=challenge.pk,
        visibility=Visibility.PANEL, data={"submissions": sorted(str(each) for each in chosen)},
    )  # fmt: skip
    return offers


def _refuse_too_early(challenge: Challenge, now: datetime) -> None:
    if challenge.state != ChallengeState.PUBLISHED:
        raise Refused(f"{stands(challenge)}: there is nothing to unseal.")
    if sentence := call_has_closed(challenge, now):
        raise Refused(sentence)


def _unseal(challenge: Challenge, actor: User, now: datetime) -> None:
    # Every row is locked, drafts too: whoever was submitting at the last moment has either committed or is refused.
    rows = Submission.objects.select_for_update(of=("self",)).filter(challenge=challenge).order_by("pk")
    sealed = [row for row in rows if row.state == SubmissionState.SUBMITTED]
    people = [{"who": each.user.actor_key, "at": each.given_at.isoformat()} for each in queries.consents(challenge)]
    hashes = sorted(row.content_sha256 for row in sealed)
    files = attachments.of_all(sealed).count()
    data = {
        "submissions": len(sealed), "sha256": hashes, "list_sha256": sealing.sha256(hashes), "people": people,
        "files": files, "closed_at": challenge.closes_at.isoformat() if challenge.closes_at else "",
        "terms_sha256": challenge.terms_hash,
    }  # fmt: skip
    perform(challenge, "unseal", actor=actor, at=now, data=data)
    for submission, name in zip(sealed, pseudonyms(len(sealed)), strict=True):
        submission.challenge = challenge
        _open(submission, name, actor, now)


def pseudonyms(count: int) -> list[str]:
    """Names for `count` submissions, in random order; they sort naturally (A6)."""
    names = [f"Submission {number:0{len(str(count))}d}" for number in range(1, count + 1)]
    SystemRandom().shuffle(names)
    return names


def _open(submission: Submission, pseudonym: str, actor: User, now: datetime) -> None:
    body = _opened(submission, "content_box", vault.CONTENT, submission.content_sha256)
    _write_answers(submission, body)
    _write_responses(submission, body)
    _write_passages(submission, body)
    _write_identity(submission, body)
    _name_files(submission, body)
    perform(
        submission, "unseal", actor=actor, at=now, changes={"pseudonym": pseudonym, "unsealed_at": now},
        data={"sha256": submission.content_sha256},
    )  # fmt: skip


def _opened(submission: Submission, column: str, purpose: str, digest: str) -> dict[str, Any]:
    """What a box holds, once its hash is the one on the receipt."""
    try:
        key = vault.key_for(submission, purpose)
        body: dict[str, Any] = vault.open_up(submission, column, getattr(submission, column), key)
    except sealing.CannotOpenError as error:
        raise Refused(_damaged(digest)) from error
    if sealing.sha256(body) != digest:
        raise Refused(_damaged(digest))
    return body


def _damaged(digest: str) -> str:
    return (
        f"The submission with the fingerprint {digest[:16]}… is not what was received, so nothing was unsealed. "
        "Tell whoever runs this marketplace: the original has to come from a backup."
    )


def _write_answers(submission: Submission, body: dict[str, Any]) -> None:
    criteria = queries.criteria_asked(submission.challenge)
    Answer.objects.bulk_create(
        Answer(submission=submission, criterion=criterion, text=body["answers"].get(criterion.code, ""))
        for criterion in criteria
    )


def _write_responses(submission: Submission, body: dict[str, Any]) -> None:
    asked, _ = queries.clauses_asked(submission.challenge)
    given = [(requirement, content.response_of(body, requirement.code)) for requirement in asked]
    ClauseResponse.objects.bulk_create(
        ClauseResponse(
            submission=submission, requirement=requirement, is_accepted=value["accepted"], level=value["level"],
            text=value["text"], url=value["url"], files=value["files"],
        )
        for requirement, value in given
        if value is not None
    )  # fmt: skip


def _write_passages(submission: Submission, body: dict[str, Any]) -> None:
    ConfidentialPassage.objects.bulk_create(
        ConfidentialPassage(
            submission=submission, section=each["section"], passage=each["passage"], reason=each["reason"]
        )
        for each in body.get("confidential", [])
    )


def _write_identity(submission: Submission, body: dict[str, Any]) -> None:
    """Who submitted together, and what was declared: rows of their own, which no blind page reads (A6)."""
    who = body["supplier"]
    Partner.objects.bulk_create(Partner(submission=submission, **each) for each in who.get("partners", []))
    SubmittedStanding.objects.create(submission=submission, said=who.get("declarations", {}))


def _name_files(submission: Submission, body: dict[str, Any]) -> None:
    """Give the submitted files their names; forget those that were in a draft only (S4)."""
    entries = {each["id"]: each for each in body["files"]}
    for stored in attachments.of(submission):
        entry = entries.get(str(stored.public_id))
        if entry is None:
            file_actions.remove(stored=stored)
            continue
        stored.display_name, stored.content_type = entry["name"], entry["content_type"]
        stored.size, stored.sha256 = entry["size"], entry["sha256"]
        stored.save(update_fields=["display_name", "content_type", "size", "sha256"])


def _open_price(submission: Submission, at: datetime) -> PriceOffer:
    digest = (submission.receipt or {}).get("price_sha256", "")
    price = _opened(submission, "price_box", vault.PRICE, digest)
    amounts = {"pilot_price": Decimal(price["pilot"]), "contract_price": Decimal(price["contract"])}
    facts = {**amounts, "vat_treatment": price.get("vat_treatment", ""), "opened_at": at}
    return PriceOffer.objects.get_or_create(submission=submission, defaults=facts)[0]
