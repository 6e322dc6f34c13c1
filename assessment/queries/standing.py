"""One person in one round, read once for a page: their seat, what they declared, and their own marks."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from accounts.models import User
from assessment import rules
from assessment.models import ApproverDeclaration, Assessment, PanelMember, PanelRole, Round
from assessment.queries.seats import (
    declared_by,
    member_of,
    members,
    names_in,
    owed_by,
    phase_of,
    quality_criteria,
    submissions_in,
    to_mark,
    work_of,
)
from assessment.visibility import Phase, Role, Viewer, is_finished
from challenges.models import Criterion
from suppliers.models import Submission

ROLES = {
    PanelRole.CHAIR: Role.CHAIR, PanelRole.DEPUTY: Role.CHAIR, PanelRole.ASSESSOR: Role.ASSESSOR,
    PanelRole.OBSERVER: Role.OBSERVER,
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What the wall asks about a person, with the rows it was answered from. For queries and views, not for templates.

    `own` holds the person's counted marks by (submission id, criterion id), `to_mark` what an assessor marks, `names`
    whose finished pilot it is; outsiders have neither seat nor marks.
    """

    round: Round
    viewer: Viewer
    submissions: tuple[Submission, ...]
    criteria: tuple[Criterion, ...]
    member: PanelMember | None = None
    own: dict[tuple[int, int], Assessment] = field(default_factory=dict)
    to_mark: tuple[Submission, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def phase(self) -> Phase:
        return phase_of(self.round)


def standing_of(round_: Round, user: User) -> Standing:
    """How the user stands to this round: five queries for a member of the panel, however long its lists are."""
    submissions, criteria = tuple(submissions_in(round_)), tuple(quality_criteria(round_))
    member = member_of(round_, user)
    if member is None:
        return Standing(round_, _outsider(round_, user), submissions, criteria)
    ids = [each.pk for each in submissions]
    declared = declared_by(round_, member, ids)
    own = _own_marks(round_, member)
    codes = {criterion.pk: criterion.code for criterion in criteria}
    submitted: set[tuple[Hashable, str]] = {
        (submission_id, codes[criterion_id])
        for (submission_id, criterion_id), row in own.items()
        if row.submitted_at is not None
    }
    work = work_of(round_, member)
    viewer = Viewer(
        role=ROLES[PanelRole(member.role)],
        id=member.pk,
        has_declared=declared.is_complete(ids),
        has_finished=is_finished(set(owed_by(member, declared, submissions, criteria, work)), submitted),
        recused=declared.recused | not_the_deputys(round_, member, ids),
    )
    mine = tuple(to_mark(member, declared, submissions, work))
    return Standing(round_, viewer, submissions, criteria, member, own, mine, names_in(round_))


def not_the_deputys(round_: Round, member: PanelMember, ids: list[int]) -> frozenset[Hashable]:
    """A deputy works only on what the chair is kept out of, and stands aside from everything else."""
    if member.role != PanelRole.DEPUTY:
        return frozenset()
    chair = next((seat for seat in members(round_) if seat.role == PanelRole.CHAIR), None)
    return frozenset(ids) - (declared_by(round_, chair, ids).recused if chair else frozenset())


def _outsider(round_: Round, user: User) -> Viewer:
    if rules.may_approve(user, round_):
        clear = ApproverDeclaration.objects.filter(round=round_, user=user, has_interest=False).exists()
        return Viewer(role=Role.APPROVER, has_declared=clear)
    return Viewer(role=Role.AUDITOR if rules.may_audit(user, round_) else Role.OUTSIDER)


def _own_marks(round_: Round, member: PanelMember) -> dict[tuple[int, int], Assessment]:
    rows = Assessment.objects.counted().filter(round=round_, member=member).select_related("paper")
    return {(row.submission_id, row.criterion_id): row for row in rows}
