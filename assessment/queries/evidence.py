"""Missing evidence: what each submission gave with its clauses, where nothing stands, and what was asked for (A13)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import slugify

from assessment.models import EvidenceRequest, EvidenceState, PanelMember, PanelRole, Round
from assessment.queries.seats import Declared, declarations, members, submissions_in
from assessment.queries.standing import Standing
from challenges.models import ClauseRequirement
from clauses.models import Due
from suppliers.models import ClauseResponse, Submission


@dataclass(frozen=True)
class EvidenceField:
    """The evidence one submission gave for one clause; `is_bare`: no words, no address and no file."""

    code: str
    title: str
    given: str
    is_bare: bool


@dataclass(frozen=True)
class EvidenceRow:
    """One submission: its fields, and what it was asked, if anything."""

    submission_id: int
    pseudonym: str
    slug: str
    fields: tuple[EvidenceField, ...]
    request: EvidenceRequest | None = None
    may_be_read: bool = True


@dataclass(frozen=True)
class EvidenceBoard:
    """The round's one procedure: before it is sent the fields, afterwards what was asked of whom."""

    rows: tuple[EvidenceRow, ...] = ()
    due_at: datetime | None = None

    @property
    def is_sent(self) -> bool:
        return self.due_at is not None

    @property
    def asked(self) -> list[EvidenceRow]:
        return [row for row in self.rows if row.request is not None]


@dataclass(frozen=True)
class Asked:
    """One field as its supplier sees it: the clause, what is missing, and what was given already."""

    requirement: ClauseRequirement
    missing: str
    given: ClauseResponse | None
    added: Mapping[str, object] = field(default_factory=dict)


def evidence_board(standing: Standing) -> EvidenceBoard:
    """The procedure as whoever asks sees it; to a chair who does not ask, what they are kept out of is not in it."""
    round_ = standing.round
    asks = standing.member is not None and standing.member == asks_for_evidence(round_)
    requests = {row.submission_id: row for row in EvidenceRequest.objects.filter(round=round_)}
    fields = evidence_fields(round_)
    rows = [
        EvidenceRow(
            each.pk,
            each.pseudonym,
            slugify(each.pseudonym),
            fields[each.pk],
            requests.get(each.pk),
            may_be_read=each.pk not in standing.viewer.recused,
        )
        for each in standing.submissions
        if asks or each.pk not in standing.viewer.recused
    ]
    return EvidenceBoard(tuple(rows), next((row.due_at for row in requests.values()), None))


def asks_for_evidence(round_: Round) -> PanelMember | None:
    """Who asks for missing evidence: the chair, or the deputy where the chair is kept out of a submission.

    It is asked of everybody together, so only somebody who is kept out of nothing can; None where nobody is.
    """
    ids = [each.pk for each in submissions_in(round_)]
    declared, seats = declarations(round_, ids), members(round_)
    for role in (PanelRole.CHAIR, PanelRole.DEPUTY):
        for seat in seats:
            said = declared.get(seat.pk, Declared())
            if seat.role == role and said.is_complete(ids) and not said.recused:
                return seat
    return None


def evidence_fields(round_: Round) -> dict[int, tuple[EvidenceField, ...]]:
    """The fields that may be asked for, by submission: clauses whose evidence was due with the submission."""
    asked = list(may_be_asked(round_))
    given = {
        (row.submission_id, row.requirement_id): row for row in ClauseResponse.objects.filter(requirement__in=asked)
    }
    return {
        each.pk: tuple(_field(requirement, given.get((each.pk, requirement.pk))) for requirement in asked)
        for each in submissions_in(round_)
    }


def may_be_asked(round_: Round) -> list[ClauseRequirement]:
    """Clauses of which evidence was due with the submission; answers to criteria are never added to."""
    asked = ClauseRequirement.objects.filter(challenge_id=round_.challenge_id, due=Due.BID, needs_evidence_now=True)
    return list(asked.order_by("code"))


def request_to(submission: Submission) -> EvidenceRequest | None:
    """What the supplier of a submission was asked for."""
    return EvidenceRequest.objects.filter(submission=submission).select_related("round__challenge").first()


def asked_fields(request: EvidenceRequest) -> list[Asked]:
    """Each field of a request with what stands there already."""
    rows = ClauseRequirement.objects.filter(challenge_id=request.round.challenge_id, code__in=request.fields)
    given = {row.requirement_id: row for row in ClauseResponse.objects.filter(submission=request.submission_id)}
    return [
        Asked(row, request.fields[row.code], given.get(row.pk), request.answers.get(row.code, {}))
        for row in rows.order_by("code")
    ]


def waiting_for_evidence(round_: Round, at: datetime) -> list[EvidenceRequest]:
    """Requests whose supplier can still answer."""
    rows = EvidenceRequest.objects.filter(round=round_, state=EvidenceState.ASKED, due_at__gt=at)
    return list(rows.select_related("submission").only("due_at", "submission__pseudonym"))


def _field(requirement: ClauseRequirement, given: ClauseResponse | None) -> EvidenceField:
    kinds = []
    if given is not None and given.text.strip():
        kinds.append("words")
    if given is not None and given.url:
        kinds.append("an address")
    if given is not None and given.files:
        kinds.append("a file" if len(given.files) == 1 else f"{len(given.files)} files")
    return EvidenceField(requirement.code, requirement.title, ", ".join(kinds), not kinds)
