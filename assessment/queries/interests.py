"""What was declared and decided in a round: for the chair without suppliers' names, for the register with them (A3)."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from assessment.models import (
    ApproverDeclaration,
    InterestConfirmation,
    InterestDeclaration,
    OfficerDeclaration,
    OfficerRuling,
    PanelMember,
    PanelRole,
    Round,
    RoundState,
    Ruling,
)
from assessment.queries.seats import IN_ROUND, members
from suppliers.models import Partner, Submission

THE_SUPPLIER = "[the supplier]"
THE_CHALLENGE = "The challenge as a whole"


@dataclass(frozen=True)
class ToRule:
    """A declared interest for whoever decides about it. No supplier is named and no submission either (A6)."""

    pk: int
    person: str
    role: str
    about: str
    words: str
    declared_at: datetime
    ruling: str
    ruling_words: str
    reason: str


@dataclass(frozen=True)
class RegisterRow:
    """One line of the register of interests. It names suppliers, never what anybody answered or marked."""

    person: str
    role: str
    about: str
    interest: str
    words: str
    declared_at: datetime
    outcome: str
    reason: str
    decided_by: str
    decided_at: datetime | None
    confirmed_at: datetime | None


def to_rule(round_: Round, actor: User, roles: Iterable[PanelRole]) -> list[ToRule]:
    """The interests declared by members in these roles, except the reader's own; undecided ones first."""
    rows = InterestDeclaration.objects.filter(round=round_, has_interest=True, member__role__in=list(roles))
    found = rows.exclude(member__user=actor).select_related("member__user", "submission__supplier")
    hidden = _names_of_parties(round_)
    made = [_to_rule(row, hidden) for row in found.order_by("declared_at", "pk")]
    return sorted(made, key=lambda each: each.ruling != Ruling.OPEN)


def undecided(round_: Round) -> list[str]:
    """The people whose declared interests nobody has decided about."""
    rows = InterestDeclaration.objects.filter(round=round_, has_interest=True, ruling=Ruling.OPEN, member__left_at=None)
    return sorted({str(row.member.user) for row in rows.select_related("member__user")})


def has_confirmed(round_: Round, seat: PanelMember) -> bool:
    """Whether this member confirmed their interests again at moderation (A3)."""
    return seat.pk in confirmed_at_moderation(round_)


def confirmed_at_moderation(round_: Round) -> set[int]:
    """The ids of the seats that confirmed their interests while the round was in moderation."""
    rows = InterestConfirmation.objects.filter(round=round_, round_state=RoundState.MODERATING)
    return set(rows.values_list("member_id", flat=True))


def last_word(round_: Round, seat: PanelMember) -> datetime | None:
    """When this member last declared or confirmed."""
    said = InterestDeclaration.objects.filter(round=round_, member=seat).order_by("-declared_at")
    again = InterestConfirmation.objects.filter(round=round_, member=seat).order_by("-confirmed_at")
    instants = [*said.values_list("declared_at", flat=True)[:1], *again.values_list("confirmed_at", flat=True)[:1]]
    return max(instants, default=None)


def register_of(round_: Round) -> list[RegisterRow]:
    """The register of interests of a round: its panel's, those who left included, the approvers', and those of the
    officers and advisers who worked on the procurement from before its first notice on (D7)."""
    confirmed: dict[int, datetime] = {}
    for member_id, at in InterestConfirmation.objects.filter(round=round_).values_list("member_id", "confirmed_at"):
        confirmed[member_id] = at
    rows = InterestDeclaration.objects.filter(round=round_).select_related(
        "member__user", "submission__supplier", "ruled_by"
    )
    ordered = rows.order_by("member__role", "member_id", "submission__supplier__name")
    approvers = ApproverDeclaration.objects.filter(round=round_).select_related("user").order_by("pk")
    return [
        *(_row(row, confirmed.get(row.member_id)) for row in ordered), *(_approvers(row) for row in approvers),
        *(_officer(row) for row in _officers(round_)),
    ]  # fmt: skip


def published_register(round_: Round) -> dict[str, Any]:
    """What the public may know of a decided round's interests: counts and outcomes by role, nobody's name (R4)."""
    counts: dict[str, dict[str, int]] = defaultdict(
        lambda: {"people": 0, "with_an_interest": 0, "recused_from_something": 0, "found_without_conflict": 0}
    )
    said: dict[tuple[int, str], list[InterestDeclaration]] = defaultdict(list)
    for row in InterestDeclaration.objects.filter(round=round_).select_related("member"):
        said[row.member_id, row.member.role].append(row)
    for (_, role), rows in said.items():
        mine = counts[role]
        mine["people"] += 1
        mine["with_an_interest"] += any(row.has_interest for row in rows)
        mine["recused_from_something"] += any(row.is_recused for row in rows)
        mine["found_without_conflict"] += any(row.ruling == Ruling.MAY_JUDGE for row in rows)
    for has_interest in ApproverDeclaration.objects.filter(round=round_).values_list("has_interest", flat=True):
        counts["approver"]["people"] += 1
        counts["approver"]["with_an_interest"] += has_interest
    for officer in _officers(round_):
        mine = counts["officer or adviser"]
        mine["people"] += 1
        mine["with_an_interest"] += officer.has_interest
        mine["recused_from_something"] += officer.ruling == OfficerRuling.ASIDE
        mine["found_without_conflict"] += officer.ruling == OfficerRuling.MAY_ACT
    return {
        "challenge": round_.challenge.slug,
        "is_assessed": True,
        "last_reviewed_on": _last_reviewed(round_),
        "roles": [{"role": role, **numbers} for role, numbers in sorted(counts.items())],
    }


def unconfirmed_names(round_: Round) -> list[str]:
    """Those who judge and have not confirmed their interests at moderation."""
    confirmed = confirmed_at_moderation(round_)
    return [str(each.user) for each in members(round_) if each.role != PanelRole.OBSERVER and each.pk not in confirmed]


def _to_rule(row: InterestDeclaration, hidden: list[str]) -> ToRule:
    return ToRule(
        pk=row.pk,
        person=str(row.member.user),
        role=PanelRole(row.member.role).word,
        about=THE_CHALLENGE if row.submission_id is None else "One of the suppliers",
        words=_without_names(row.detail, hidden),
        declared_at=row.declared_at,
        ruling=row.ruling,
        ruling_words=str(Ruling(row.ruling).label),
        reason=row.ruling_reason,
    )


def _names_of_parties(round_: Round) -> list[str]:
    """The names of everybody who answered, whoever was dropped in the sift included, with and without “Ltd”."""
    rows = Submission.objects.filter(challenge_id=round_.challenge_id, state__in=IN_ROUND)
    partners = Partner.objects.filter(submission__in=rows).values_list("name", flat=True)
    names = {*partners, *rows.values_list("supplier__name", flat=True)}
    short = {re.sub(r"\s+(ltd|limited|cic|llp|plc)\.?$", "", name, flags=re.IGNORECASE) for name in names}
    return sorted(names | short, key=len, reverse=True)


def _without_names(words: str, hidden: list[str]) -> str:
    for name in hidden:
        words = re.sub(re.escape(name), THE_SUPPLIER, words, flags=re.IGNORECASE)
    return words


def _row(row: InterestDeclaration, confirmed_at: datetime | None) -> RegisterRow:
    return RegisterRow(
        person=str(row.member.user),
        role=PanelRole(row.member.role).word,
        about=row.submission.supplier.name if row.submission else THE_CHALLENGE,
        interest="Interest" if row.has_interest else "No interest",
        words=row.detail,
        declared_at=row.declared_at,
        outcome=_outcome(row),
        reason=row.ruling_reason,
        decided_by=str(row.ruled_by) if row.ruled_by else "",
        decided_at=row.ruled_at,
        confirmed_at=confirmed_at,
    )


def _outcome(row: InterestDeclaration) -> str:
    if not row.has_interest:
        return ""
    return str(Ruling(row.ruling).label) if row.ruling else "Recused; not decided yet"


def _approvers(row: ApproverDeclaration) -> RegisterRow:
    return RegisterRow(
        person=str(row.user), role="Approver", about="The ranked suppliers",
        interest="Interest" if row.has_interest else "No interest", words=row.detail, declared_at=row.declared_at,
        outcome="Does not decide" if row.has_interest else "", reason="", decided_by="", decided_at=None,
        confirmed_at=None,
    )  # fmt: skip


def _officers(round_: Round) -> QuerySet[OfficerDeclaration]:
    rows = OfficerDeclaration.objects.filter(challenge=round_.challenge_id)
    return rows.select_related("user", "ruled_by").order_by("pk")


def _officer(row: OfficerDeclaration) -> RegisterRow:
    return RegisterRow(
        person=str(row.user), role="Officer or adviser", about="The procurement, before its notices",
        interest="Interest" if row.has_interest else "No interest", words=row.detail, declared_at=row.declared_at,
        outcome=str(OfficerRuling(row.ruling).label) if row.has_interest else "", reason=row.ruling_reason,
        decided_by=str(row.ruled_by) if row.ruled_by else "", decided_at=row.ruled_at, confirmed_at=row.confirmed_at,
    )  # fmt: skip


def _last_reviewed(round_: Round) -> str | None:
    said = InterestDeclaration.objects.filter(round=round_).values_list("declared_at", flat=True)
    again = InterestConfirmation.objects.filter(round=round_).values_list("confirmed_at", flat=True)
    approvers = ApproverDeclaration.objects.filter(round=round_).values_list("declared_at", flat=True)
    officers = [row.confirmed_at or row.declared_at for row in _officers(round_)]
    last = max([*said, *again, *approvers, *officers], default=None)
    return last.date().isoformat() if last else None
