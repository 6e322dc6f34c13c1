"""The desk: what waits at each challenge, who can move it on, and whether that is the person looking."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from wagtail.models import WorkflowState

from accounts.models import CouncilMembership, CouncilRole, User
from assessment.models import Panel, Round, RoundState
from challenges.models import Challenge, ChallengeState, Phase
from cms.models import ChallengePage
from pilots.models import GateChoice, Pilot, PilotState
from suppliers.models import Clarification

OWNER, LEAD, PILOT_MANAGER = CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD, CouncilRole.PILOT_MANAGER
OFFICERS = frozenset({OWNER, LEAD})
AT_ITS_END = (PilotState.DECIDED, PilotState.CLOSED, PilotState.ENDED, PilotState.DROPPED)
SHOWN = 60

# What waits, who can remove it in words, and in which roles; an empty set of roles is nobody of the council's desk.
NOTHING: tuple[str, str, frozenset[str]] = ("", "", frozenset())
OF_PHASE: dict[str, tuple[str, str, frozenset[str]]] = {
    Phase.DRAFT: ("Being written", "Problem owner or procurement lead", OFFICERS),
    Phase.UPCOMING: ("Opens at its time", "Nobody: the clock", frozenset()),
    Phase.OPEN: ("Open for answers", "Suppliers", frozenset()),
    Phase.CLOSED: ("Closed: unseal the submissions", "Two people of the council", OFFICERS),
    Phase.ASSESSING: ("Open the round of the panel", "Procurement lead", frozenset({LEAD})),
    Phase.ASSESSED: ("Plan and register the pilots", "Pilot manager", frozenset({PILOT_MANAGER})),
    Phase.PILOTING: ("Pilots are running", "Pilot manager", frozenset()),
}
OF_ROUND: dict[str, tuple[str, str, frozenset[str]]] = {
    RoundState.DECLARING: ("The panel declares its interests", "Panel", frozenset()),
    RoundState.SIFTING: ("The panel sifts", "Assessors, then the chair", frozenset()),
    RoundState.MARKING: ("The panel marks", "Assessors", frozenset()),
    RoundState.MODERATING: ("Marks are moderated", "Chair", frozenset()),
    RoundState.PRICES: ("Open the prices", "Two people of the council", OFFICERS),
    RoundState.RANKED: ("Decide who runs a pilot", "An approver who did not assess", frozenset({LEAD})),
}


@dataclass(frozen=True)
class Row:
    """One challenge on the desk."""

    challenge: Challenge
    phase: Phase
    waiting: str
    who: str
    is_yours: bool


@dataclass(frozen=True)
class Signs:
    """What the other rooms say about the challenges on the desk, read once for all of them."""

    approvals: set[int]
    questions: Counter[int]
    rounds: dict[int, str]
    pilots: dict[int, set[tuple[str, str]]]
    panels: set[int]


def rows_for(user: User, at: datetime) -> list[Row]:
    """The user's councils' challenges: those that wait for this person first, then the newest; finished ones last."""
    roles: dict[int, set[str]] = {}
    for council_id, role in CouncilMembership.objects.filter(user=user).values_list("council_id", "role"):
        roles.setdefault(council_id, set()).add(role)
    found = Challenge.objects.filter(council__in=roles).select_related("council").order_by("-created_at", "-id")
    challenges = list(found[:SHOWN])
    signs = _signs([challenge.pk for challenge in challenges])
    rows = [_row(challenge, challenge.phase(at), signs, user, roles[challenge.council_id]) for challenge in challenges]
    return sorted(rows, key=lambda row: (not row.is_yours, not row.waiting))


def _row(challenge: Challenge, phase: Phase, signs: Signs, user: User, roles: set[str]) -> Row:
    waiting, who, by = _waits(challenge, phase, signs)
    is_yours = bool(by & roles)
    if challenge.pk in signs.approvals:  # nobody approves a challenge of their own
        is_yours = is_yours and challenge.owner_id != user.pk
    return Row(challenge, phase, waiting, who, is_yours)


def _waits(challenge: Challenge, phase: Phase, signs: Signs) -> tuple[str, str, frozenset[str]]:
    if challenge.pk in signs.approvals:
        return "Approve it, or hand it back", "Procurement lead who does not own it", frozenset({LEAD})
    if phase == Phase.OPEN and (count := signs.questions[challenge.pk]):
        return f"{count} question{'' if count == 1 else 's'} to answer", "Problem owner or procurement lead", OFFICERS
    if phase == Phase.UPCOMING and challenge.pk not in signs.panels:
        return "Opens at its time. Set up the panel before", "Problem owner or procurement lead", OFFICERS
    if phase == Phase.ASSESSING and challenge.pk in signs.rounds:
        return OF_ROUND.get(signs.rounds[challenge.pk], NOTHING)
    if phase == Phase.PILOTING:
        return _of_pilots(signs.pilots.get(challenge.pk, set()))
    return OF_PHASE.get(phase, NOTHING)


def _of_pilots(known: set[tuple[str, str]]) -> tuple[str, str, frozenset[str]]:
    """What a challenge in its pilots waits for, from the state of each and what its gate decided."""
    if any(state == PilotState.EVALUATING for state, _ in known):
        return "A result is in: its gate is decided", "The person named in the plan", frozenset()
    if not known or any(state not in AT_ITS_END or choice == GateChoice.EXTEND for state, choice in known):
        return OF_PHASE[Phase.PILOTING]
    if any(choice == GateChoice.SCALE for _, choice in known):
        return "A pilot proved its outcome: on to the award", "Problem owner or procurement lead", frozenset()
    return "No pilot led to a contract: conclude the challenge", "Procurement lead", frozenset({LEAD})


def _pilots(ids: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    rows = Pilot.objects.filter(challenge__in=ids).values_list("challenge_id", "state", "gate__choice")
    for challenge, state, choice in rows:
        found.setdefault(challenge, set()).add((state, choice or ""))
    return found


def _signs(ids: Iterable[int]) -> Signs:
    asked = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS, base_content_type__model="page"
    ).values_list("object_id", flat=True)
    drafts = ChallengePage.objects.filter(challenge__in=ids, challenge__state=ChallengeState.DRAFT)
    waiting = {int(page_id) for page_id in asked}
    questions = Clarification.objects.filter(challenge__in=ids, answered_at=None).values_list("challenge_id")
    return Signs(
        approvals={challenge for page, challenge in drafts.values_list("pk", "challenge_id") if page in waiting},
        questions=Counter(dict(questions.annotate(Count("pk")))),
        rounds=dict(Round.objects.filter(challenge__in=ids).values_list("challenge_id", "state")),
        pilots=_pilots(ids),
        panels=set(Panel.objects.filter(challenge__in=ids).values_list("challenge_id", flat=True)),
    )
