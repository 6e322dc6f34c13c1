"""Asking for missing evidence: once in a round, everybody for whom it is missing, with one time to answer (A13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from assessment import queries, rules
from assessment.actions.entry import require_answers, require_state, seat_of
from assessment.actions.price_checks import earliest_answer_day
from assessment.models import EvidenceRequest, PanelRole, Round, RoundState
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock, perform
from challenges.timetable import first_instant
from files import actions as file_actions
from files.actions import Incoming
from files.checks import examine
from files.models import StoredFile
from suppliers import attachments
from suppliers.actions.scanning import have_checked
from suppliers.completeness import count_words
from suppliers.models import Submission

ASKING_STATES = (RoundState.MARKING, RoundState.MODERATING)
MOST_WORDS = 300
WHO_ASKS = (
    "Evidence is asked for of everybody together, by a chair who is kept out of no submission; otherwise by a deputy "
    "chair who is kept out of none. Where there is none, the council names one."
)


@dataclass(frozen=True)
class Addition:
    """What a supplier adds to one clause response: words, an address, a file (its name and bytes)."""

    text: str = ""
    url: str = ""
    file: tuple[str, bytes] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.url or self.file)


@dataclass(frozen=True)
class Missing:
    """What one submission is asked for: by the clause's code, what is missing there."""

    submission: Submission
    fields: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def ask_for_evidence(*, round: Round, missing: Sequence[Missing], actor: User, at: datetime) -> list[EvidenceRequest]:
    """Send the round's one request for missing evidence: to everybody concerned at once, all with the same time.

    The chair asks; where the chair is kept out of a submission, a deputy who is kept out of none. Only evidence that
    was due with the submission can be asked for. Where nothing at all was given for a clause, all for whom that is so
    are asked, or none. Raises Refused with everything that stands in the way.
    """
    seat = seat_of(round, actor, PanelRole.CHAIR)
    require_state(round, *ASKING_STATES)
    require_answers(round)
    if seat != queries.asks_for_evidence(round):
        raise NotPermitted(WHO_ASKS)
    wanted = [each for each in missing if each.fields]
    if found := _wrong_requests(round, wanted):
        raise Refused(*found)
    return [_ask(round, each, actor, at, evidence_due_at(at)) for each in wanted]


@transaction.atomic
def answer_evidence(
    *, request: EvidenceRequest, additions: Mapping[str, Addition], actor: User, at: datetime
) -> EvidenceRequest:
    """The supplier's one answer, before its time: additions to the named fields alone; what was submitted stays.

    Raises FileRefused with the reason for a file, and then nothing was taken in.
    """
    lock(request)
    if not rules.may_answer_evidence(actor, request):
        raise NotPermitted("Only an administrator of the supplier can answer.")
    given = {code: addition for code, addition in additions.items() if not addition.is_empty}
    if found := _wrong_additions(request, given):
        raise Refused(*found)
    answers = {code: _kept(request, addition, actor, at) for code, addition in sorted(given.items())}
    perform(
        request, "answer", actor=actor, at=at,
        changes={"answers": answers, "answered_by": actor, "answered_at": at}, data={"fields": sorted(answers)},
    )  # fmt: skip
    return request


def evidence_due_at(at: datetime) -> datetime:
    """Until when evidence asked for now can be given: the end of the third working day, the same for all."""
    return first_instant(earliest_answer_day(at) + timedelta(days=1))


def _ask(round_: Round, missing: Missing, actor: User, at: datetime, due_at: datetime) -> EvidenceRequest:
    fields = {code: words.strip() for code, words in sorted(missing.fields.items())}
    row = EvidenceRequest.objects.create(
        round=round_, submission=missing.submission, fields=fields, asked_by=actor, asked_at=at, due_at=due_at
    )
    append_event(
        verb="evidence.asked", subject=row, actor=actor, at=at, challenge_id=round_.challenge_id,
        visibility=Visibility.SUPPLIER, data={"fields": sorted(fields), "due_at": due_at.isoformat()},
    )  # fmt: skip
    return row


def _wrong_requests(round_: Round, wanted: Sequence[Missing]) -> list[str]:
    if EvidenceRequest.objects.filter(round=round_).exists():
        return ["Missing evidence was asked for already: it is asked for once in a round, of everybody together."]
    if not wanted:
        return ["Say what is missing, for one clause of one submission at least."]
    known = queries.evidence_fields(round_)
    if any(each.submission.pk not in known for each in wanted):
        return ["This submission is not part of the round."]
    found = [
        f"{each.submission.pseudonym}: {code} is no clause whose evidence was due with the submission."
        for each in wanted
        for code in each.fields
        if code not in {known_field.code for known_field in known[each.submission.pk]}
    ]
    found += [
        f"{each.submission.pseudonym}, {code}: say what is missing."
        for each in wanted
        for code, words in each.fields.items()
        if not words.strip()
    ]
    return found or _unequal(round_, wanted, known)


def _unequal(
    round_: Round, wanted: Sequence[Missing], known: Mapping[int, Sequence[queries.EvidenceField]]
) -> list[str]:
    """Where nothing was given for a clause and one is asked, everybody like them is asked too."""
    asked = {(each.submission.pk, code) for each in wanted for code in each.fields}
    names = {each.pk: each.pseudonym for each in queries.submissions_in(round_)}
    bare = {(pk, row.code) for pk, rows in known.items() for row in rows if row.is_bare}
    concerned = {code for pk, code in asked & bare}
    left_out = sorted((code, names[pk]) for pk, code in bare - asked if code in concerned)
    return [
        f"{code}: {name} gave no evidence for it either. Ask everybody for whom it is missing, or nobody."
        for code, name in left_out
    ]


def _wrong_additions(request: EvidenceRequest, given: Mapping[str, Addition]) -> list[str]:
    if not given:
        return ["Give what is missing: some words, an address or a file."]
    found = [
        f"{code}: nothing was asked for here, so nothing can be added." for code in given if code not in request.fields
    ]
    for code, addition in given.items():
        if (words := count_words(addition.text)) > MOST_WORDS:
            found.append(f"{code}: your words are {words - MOST_WORDS} too many (at most {MOST_WORDS}).")
    return found


def _kept(request: EvidenceRequest, addition: Addition, actor: User, at: datetime) -> dict[str, object]:
    files = [str(_stored(request.submission, *addition.file, actor, at).public_id)] if addition.file else []
    return {"text": addition.text.strip(), "url": addition.url, "files": files}


def _stored(submission: Submission, name: str, data: bytes, actor: User, at: datetime) -> StoredFile:
    """The file, closed as every file of the submission is, and checked like them before anybody opens it."""
    found = examine(name, data, settings.UPLOAD_MAX_BYTES)
    stored = file_actions.store(
        incoming=Incoming(found.name, found.content_type, data), owner=submission, actor=actor, at=at,
        sealer=attachments.sealer(submission),
    )  # fmt: skip
    with file_actions.kept_only_if_all_goes_well(stored):
        stored.display_name, stored.content_type = found.name, found.content_type
        stored.save(update_fields=["display_name", "content_type"])
        have_checked(stored, at)
    return stored
