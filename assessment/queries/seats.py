"""Who sits where in a round, what they declared, and what they owe."""

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from accounts.models import User
from assessment.models import (
    Allotment,
    Assessment,
    Flag,
    InterestDeclaration,
    OfficerDeclaration,
    PanelMember,
    PanelRole,
    PilotEvidence,
    Round,
    RoundKind,
    RoundState,
)
from assessment.models.rounds import PILOTS_IN_ADDRESS
from assessment.visibility import Phase
from challenges.models import Challenge, Criterion, CriterionKind
from suppliers.models import Partner, Submission, SubmissionQuerySet, SubmissionState

IN_ROUND = (
    SubmissionState.UNSEALED, SubmissionState.ADMITTED, SubmissionState.DISREGARDED, SubmissionState.SELECTED,
    SubmissionState.NOT_SELECTED, SubmissionState.LEFT,
)  # fmt: skip
JUDGING = (RoundState.MARKING, RoundState.MODERATING)
# A sift is read by the wall as marking: content is open, and there are no marks yet.
PHASES = {RoundState.SIFTING: Phase.MARKING}
BLIND_COLUMNS = ("pk", "challenge_id", "state", "pseudonym", "disregard_reason")


@dataclass(frozen=True)
class Declared:
    """What one member declared so far; ids are of submissions."""

    about_challenge: bool = False
    about: frozenset[Hashable] = frozenset()
    recused: frozenset[Hashable] = frozenset()

    def is_complete(self, submission_ids: Iterable[int]) -> bool:
        """Declared for the challenge, and for every submission unless recused from it."""
        return self.about_challenge and self.about | self.recused >= set(submission_ids)


@dataclass(frozen=True)
class SupplierName:
    """A name shown for declaring interests, and nothing that ties it to a pseudonym (A3)."""

    supplier_id: int
    name: str
    company_number: str
    has_declared: bool
    has_interest: bool
    detail: str = ""


def round_of(challenge: Challenge, kind: RoundKind = RoundKind.SUBMISSIONS) -> Round | None:
    """The challenge's round over submissions, or over its finished pilots; None before it is opened."""
    return _with_challenge(Round.objects.filter(challenge=challenge, kind=kind).first(), challenge)


def newest_round(challenge: Challenge) -> Round | None:
    """The round that the challenge's panel works on now, or worked on last."""
    return _with_challenge(Round.objects.filter(challenge=challenge).order_by("pk").last(), challenge)


def _with_challenge(found: Round | None, challenge: Challenge) -> Round | None:
    if found is not None:
        found.challenge = challenge
    return found


def round_by_slug(slug: str) -> Round | None:
    """A round, found with its challenge and council by what stands for it in addresses (`Round.slug`)."""
    name, _, rest = slug.partition("/")
    kind = RoundKind.PILOTS if rest == PILOTS_IN_ADDRESS else RoundKind.SUBMISSIONS
    rounds = Round.objects.filter(challenge__slug=name, kind=kind)
    return rounds.select_related("challenge__council", "panel").first()


def has_sift(round_: Round) -> bool:
    """Whether a sift comes before the marks: where it was published, and of answers only."""
    return bool(round_.challenge.sift_criteria) and not round_.is_about_pilots


def entered(round_: Round) -> SubmissionQuerySet:
    """Everything that is in the round, ranked or not."""
    if round_.is_about_pilots:
        return Submission.objects.filter(pilot_evidence__round=round_)
    return Submission.objects.filter(challenge_id=round_.challenge_id, state__in=IN_ROUND)


def not_ranked(round_: Round) -> dict[int, str]:
    """What is in the round and is not ranked, by the submission's id, with the reason."""
    if round_.is_about_pilots:
        rows = PilotEvidence.objects.filter(round=round_).exclude(disregard_reason="")
        return dict(rows.values_list("submission_id", "disregard_reason"))
    return dict(entered(round_).filter(state=SubmissionState.DISREGARDED).values_list("pk", "disregard_reason"))


def named(submissions: Iterable[Submission], slug: str) -> Submission | None:
    """The one among these whose pseudonym reads so in an address."""
    return next((each for each in submissions if slugify(each.pseudonym) == slug), None)


def submissions_in(round_: Round) -> list[Submission]:
    """The round's submissions, without sealed boxes, in natural order of pseudonyms. For rooms, not for pages.

    While quality is judged, whoever was dropped before (in the sift) is not among them; later they are listed again.
    """
    found = entered(round_).only(*BLIND_COLUMNS)
    if round_.state in JUDGING and round_.is_about_pilots:
        found = found.filter(pilot_evidence__disregard_reason="")
    elif round_.state in JUDGING:
        found = found.exclude(state=SubmissionState.DISREGARDED)
    return sorted(found, key=lambda submission: naturally(submission.pseudonym))


def arrived_count(challenge: Challenge) -> int:
    """How many submissions there are to assess."""
    return Submission.objects.filter(challenge=challenge, state__in=IN_ROUND).count()


def names_in(round_: Round) -> dict[int, str]:
    """Whose pilot it is, by the submission's id; of answers nobody may know (A6), so nothing is read."""
    if not round_.is_about_pilots:
        return {}
    return dict(entered(round_).values_list("pk", "supplier__name"))


def to_decide_about(round_: Round) -> list[Submission]:
    """The ranked submissions or finished pilots, in natural order of pseudonyms."""
    if round_.is_about_pilots:
        out = not_ranked(round_)
        return [each for each in submissions_in(round_) if each.pk not in out]
    return [each for each in submissions_in(round_) if each.state == SubmissionState.ADMITTED]


def rounds_for(user: User) -> list[tuple[Round, PanelMember]]:
    """The rounds of this person with their seat in each, newest first."""
    seats = {seat.panel_id: seat for seat in PanelMember.objects.active().filter(user=user)}
    rounds = Round.objects.visible_to(user).select_related("challenge__council").order_by("-opened_at", "-pk")
    return [(round_, seats[round_.panel_id]) for round_ in rounds]


def naturally(text: str) -> list[tuple[int, int, str]]:
    """A key by which “Answer 2” comes before “Answer 10”."""
    parts = re.split(r"(\d+)", text)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in parts if part]


def quality_criteria(round_: Round) -> list[Criterion]:
    """The criteria that the panel judges, in their published order."""
    return [criterion for criterion in criteria_of(round_) if criterion.kind == CriterionKind.QUALITY]


def criteria_of(round_: Round) -> list[Criterion]:
    """Everything that this round's marks and points come from, in published order: one query."""
    rows = Criterion.of_pilots if round_.is_about_pilots else Criterion.objects
    return list(rows.filter(challenge_id=round_.challenge_id).order_by("position", "id"))


def members(round_: Round) -> list[PanelMember]:
    """Everybody who sits on the panel now, chair first."""
    seats = PanelMember.objects.active().filter(panel=round_.panel_id).select_related("user")
    return sorted(seats, key=lambda seat: (list(PanelRole).index(PanelRole(seat.role)), seat.pk))


def member_of(round_: Round, user: User) -> PanelMember | None:
    """The user's seat on the round's panel."""
    return PanelMember.objects.active().filter(panel=round_.panel_id, user=user).select_related("user").first()


def declarations(
    round_: Round, submission_ids: Iterable[int], member: PanelMember | None = None
) -> dict[int, Declared]:
    """What each member (or one) declared, by the member's id; an interest in the whole challenge recuses from all."""
    everything = frozenset(submission_ids)
    found: dict[int, Declared] = {}
    rows = InterestDeclaration.objects.filter(round=round_, **({"member": member} if member else {}))
    for member_id, submission_id, is_recused in rows.values_list("member_id", "submission_id", "is_recused"):
        was = found.get(member_id, Declared())
        recused = (everything if submission_id is None else frozenset({submission_id})) if is_recused else frozenset()
        found[member_id] = Declared(
            was.about_challenge or submission_id is None,
            was.about | ({submission_id} if submission_id is not None else frozenset()),
            was.recused | recused,
        )
    return found


def declared_by(round_: Round, member: PanelMember, submission_ids: Iterable[int]) -> Declared:
    """What one member declared."""
    return declarations(round_, submission_ids, member).get(member.pk, Declared())


def supplier_names(round_: Round, member: PanelMember) -> list[SupplierName]:
    """The suppliers of the round by name, for this member to declare about; nothing here tells which answer is whose.

    Empty until the member declared about the challenge as a whole.
    """
    mine = {row.submission_id: row for row in InterestDeclaration.objects.filter(round=round_, member=member)}
    if None not in mine:
        return []
    rows = entered(round_).order_by("supplier__name")
    columns = rows.values_list("pk", "supplier_id", "supplier__name", "supplier__company_number")
    beside = partner_names(rows)
    return [
        _name(supplier_id, name + beside.get(pk, ""), number, mine.get(pk)) for pk, supplier_id, name, number in columns
    ]


def partner_names(submissions: SubmissionQuerySet) -> dict[int, str]:
    """Per submission, the organisations that answer together with its supplier: an interest in one of them counts."""
    found: dict[int, list[str]] = {}
    for pk, name in Partner.objects.filter(submission__in=submissions).values_list("submission_id", "name"):
        found.setdefault(pk, []).append(name)
    return {pk: f", with {', '.join(names)}" for pk, names in found.items()}


def _name(supplier_id: int, name: str, company_number: str, row: InterestDeclaration | None) -> SupplierName:
    if row is None:
        return SupplierName(supplier_id, name, company_number, has_declared=False, has_interest=False)
    return SupplierName(supplier_id, name, company_number, True, row.has_interest, row.detail)


def to_mark(
    member: PanelMember, declared: Declared, submissions: Iterable[Submission], work: Mapping[int, frozenset[int]]
) -> list[Submission]:
    """The submissions that an assessor marks: those of `work` (see `work_of`), without what they are recused from."""
    if member.role != PanelRole.ASSESSOR:
        return []
    own = work.get(member.pk)
    return [each for each in submissions if each.pk not in declared.recused and (own is None or each.pk in own)]


def work_of(round_: Round, *seats: PanelMember) -> dict[int, frozenset[int]]:
    """The submission ids that each of these seats marks; a seat that is missing here marks everything.

    Without a split nobody is here but successors, who leave out what stands of the marks of whoever they replaced.
    """
    if round_.panel.marks_each is not None:
        found: dict[int, set[int]] = {seat.pk: set() for seat in seats}
        rows = Allotment.objects.filter(round=round_, member__in=seats).values_list("member_id", "submission_id")
        for member_id, submission_id in rows if round_.state != RoundState.DECLARING else ():
            found[member_id].add(submission_id)
        return {pk: frozenset(ids) for pk, ids in found.items()}
    after = {seat.replaces_id: seat.pk for seat in seats if seat.replaces_id}
    if not after:
        return {}
    everything = frozenset(each.pk for each in submissions_in(round_))
    standing = Assessment.objects.counted().filter(round=round_, member__in=after, submitted_at__isnull=False)
    marked: dict[int, set[int]] = {pk: set() for pk in after.values()}
    for member_id, submission_id in standing.values_list("member_id", "submission_id"):
        marked[after[member_id]].add(submission_id)
    return {pk: everything - ids for pk, ids in marked.items()}


def owed_by(
    member: PanelMember,
    declared: Declared,
    submissions: Iterable[Submission],
    criteria: Iterable[Criterion],
    work: Mapping[int, frozenset[int]],
) -> list[tuple[int, str]]:
    """The (submission id, criterion code) pairs that an assessor has to mark; none for anybody else."""
    codes = [criterion.code for criterion in criteria]
    return [(each.pk, code) for each in to_mark(member, declared, submissions, work) for code in codes]


def incomplete_pairs(round_: Round) -> list[tuple[PanelMember, int]]:
    """Members who still owe submitted marks, with how many (A7)."""
    submissions, criteria = submissions_in(round_), quality_criteria(round_)
    declared = declarations(round_, [each.pk for each in submissions])
    done = _submitted_pairs(round_)
    waiting, seats = [], members(round_)
    work = work_of(round_, *seats)
    for member in seats:
        owed = owed_by(member, declared.get(member.pk, Declared()), submissions, criteria, work)
        if missing := [pair for pair in owed if pair not in done.get(member.pk, set())]:
            waiting.append((member, len(missing)))
    return waiting


def phase_of(round_: Round) -> Phase:
    """The round's state as the wall knows it."""
    return phase_in(RoundState(round_.state))


def phase_in(state: RoundState) -> Phase:
    """A state of rounds as the wall knows it: a sift reads what marking reads."""
    return PHASES.get(state) or Phase[state.upper()]


def _submitted_pairs(round_: Round) -> dict[int, set[tuple[Hashable, str]]]:
    rows = Assessment.objects.counted().filter(round=round_, submitted_at__isnull=False)
    done: dict[int, set[tuple[Hashable, str]]] = {}
    for member_id, submission_id, code in rows.values_list("member_id", "submission_id", "criterion__code"):
        done.setdefault(member_id, set()).add((submission_id, code))
    return done


def kept_about(user: User) -> dict[str, list[dict[str, Any]]]:
    """What a person declared and marked, for the export of their own data.

    Marks name pseudonyms. Declarations name no submission: they were made by the suppliers' names, and beside a
    pseudonym they would tell whose it is (A6).
    """
    told = (
        Flag.objects.filter(member__user=user)
        .order_by("pk")
        .values("submission__pseudonym", "kind", "reason", "raised_at")
    )
    declared = InterestDeclaration.objects.filter(member__user=user).order_by("declared_at", "pk")
    marked = Assessment.objects.filter(member__user=user).order_by("pk")
    marks = marked.values("round_id", "submission__pseudonym", "criterion__code", "mark", "rationale", "submitted_at")
    return {
        "interest_declarations": [
            dict(row) for row in declared.values("round_id", "has_interest", "detail", "declared_at")
        ],
        "procurement_interests": [
            dict(row)
            for row in OfficerDeclaration.objects.filter(user=user)
            .order_by("pk")
            .values("challenge_id", "has_interest", "detail", "declared_at", "confirmed_at")
        ],
        "marks": [dict(row) for row in marks],
        "flags": [dict(row) for row in told.values("submission__pseudonym", "kind", "reason", "raised_at")],
    }
