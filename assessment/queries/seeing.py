"""Who could see what at an instant: read from the record and answered by the wall, never from a second list.

The events say how far the round had come, who sat where, who had declared what and who had handed in; `visibility` says
what follows from it. The stored rows are asked only what never changes: which submission a declaration is about.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from accounts.models import CouncilRole
from accounts.queries import names_of
from assessment.models import ApproverDeclaration, InterestDeclaration, PanelMember, PanelRole, Round, RoundState
from assessment.queries.seats import not_ranked, phase_in, submissions_in
from assessment.queries.standing import ROLES
from assessment.visibility import (
    MarkRecord,
    Part,
    Phase,
    Role,
    Viewer,
    parts_in,
    visible_fields,
    visible_marks,
)
from audit.models import Event, EventQuerySet

WORDS = {
    "round.opened": "The assessment opened",
    "round.sift_began": "The sift began",
    "round.marking_began": "Marking began",
    "round.moderation_began": "Moderation began",
    "round.marking_reopened": "Marking was reopened",
    "round.quality_frozen": "Quality was frozen",
    "round.ranked": "Prices were opened and the result computed",
    "round.decided": "The decision was recorded",
    "panel.set_up": "The panel was named",
    "panel.joined": "Somebody joined the panel",
    "panel.relieved": "Somebody was relieved",
    "panel.terms_accepted": "The terms were accepted",
    "interest.declared": "Interests were declared",
    "interest.ruled": "An interest was decided about",
    "marks.submitted": "Marks were handed in",
    "marks.reopened": "Marks were reopened",
    "round.work_shared_out": "The work was shared out",
}
MOST_CHANGES = 2_000
GONE = "A person who has left"


@dataclass(frozen=True)
class Seat:
    """One person at an instant, as far as the record says."""

    key: str
    role: str
    since: datetime
    has_accepted: bool = False
    about_challenge: bool = False
    about: frozenset[int] = frozenset()
    recused: frozenset[int] = frozenset()
    work: frozenset[int] | None = None
    handed_in: frozenset[int] = frozenset()
    is_barred: bool = False


@dataclass(frozen=True)
class Sees:
    """What one person could see, as counts of submissions; marks of others in words."""

    person: str
    role: str
    since: datetime
    declared: str
    answers: int
    prices: int
    names: int
    others_marks: int


@dataclass(frozen=True)
class Change:
    """One thing that changed what somebody could see, and whose doing it was."""

    at: datetime
    words: str
    by: str


@dataclass(frozen=True)
class Sight:
    """Who could see what of a round at an instant, out of how many submissions."""

    at: datetime
    phase: Phase | None
    submissions: int
    rows: tuple[Sees, ...]


@dataclass
class _World:
    phase: Phase | None = None
    seats: dict[str, Seat] = field(default_factory=dict)
    left: dict[str, Seat] = field(default_factory=dict)
    approvers: dict[str, Seat] = field(default_factory=dict)
    auditors: dict[str, Seat] = field(default_factory=dict)


def sight_at(round_: Round, at: datetime) -> Sight:
    """Who could see what at that instant."""
    out, ids = not_ranked(round_), [each.pk for each in submissions_in(round_)]
    in_round = {pk: pk not in out for pk in ids}
    world = _world_at(round_, at, frozenset(ids))
    people = [*world.seats.values(), *world.approvers.values(), *world.auditors.values()]
    names, phase = names_of(seat.key for seat in people), world.phase
    chairs = frozenset[int]().union(*(seat.recused for seat in people if seat.role == PanelRole.CHAIR))
    viewers = [(seat, _viewer(seat, ids, chairs)) for seat in people]
    rows = [_sees(names.get(seat.key, GONE), seat, viewer, phase, in_round) for seat, viewer in viewers if phase]
    if round_.is_about_pilots:  # whose finished pilot it is stands on every page that shows one
        rows = [replace(row, names=max(row.names, row.answers)) for row in rows]
    return Sight(at, phase, len(ids), tuple(rows))


def changes_of(round_: Round, until: datetime) -> list[Change]:
    """What changed what somebody could see, the newest first; the same thing done several times running is one line."""
    rows = _events(round_, until).filter(challenge_id=round_.challenge_id).order_by("-at", "-pk")
    runs = [next(run) for _, run in groupby(rows[:MOST_CHANGES], key=lambda row: (row.verb, row.actor_key))]
    names = names_of(event.actor_key for event in runs)
    return [Change(row.at, WORDS[row.verb], names.get(row.actor_key, "The system")) for row in runs]


def _events(round_: Round, until: datetime) -> EventQuerySet:
    found = Event.objects.filter(challenge_id=round_.challenge_id, verb__in=list(WORDS), at__lte=until)
    roles = Event.objects.about(round_.challenge.council).filter(
        verb__in=["council.role_given", "council.role_ended"], at__lte=until
    )
    return (found | roles).order_by("at", "pk")


def _world_at(round_: Round, at: datetime, everything: frozenset[int]) -> _World:
    world = _World()
    rows = PanelMember.objects.filter(panel=round_.panel_id).values_list("pk", "user_id")
    members = {pk: f"user:{user_id}" for pk, user_id in rows}
    declared = _declarations(round_)
    for event in _events(round_, at):
        if _is_of_another_round(event, round_):
            continue
        if event.verb.startswith("panel."):
            _seat(world, event)
        elif event.verb.startswith("interest."):
            _declare(world, event, declared, everything)
        elif event.verb == "round.work_shared_out":
            _share_out(world, event, members)
        elif event.verb.startswith("marks."):
            _hand_in(world, event, members, everything)
        elif event.verb.startswith("council."):
            _give_role(world, event)
        else:
            world.phase = phase_in(RoundState(event.data.get("to", RoundState.DECLARING)))
    return world


def _is_of_another_round(event: Event, round_: Round) -> bool:
    return event.subject_type == Round._meta.label_lower and event.subject_id != round_.pk


def _seat(world: _World, event: Event) -> None:
    data = event.data
    if event.verb == "panel.terms_accepted":
        if seat := world.seats.get(event.actor_key):
            world.seats[event.actor_key] = replace(seat, has_accepted=True)
    elif event.verb == "panel.relieved":
        _stand_up(world, data["user"])
    elif event.verb == "panel.joined":
        _sit_down(world, data["user"], data["role"], event.at)
    else:
        named = {data["chair"]: PanelRole.CHAIR} | dict.fromkeys(data["assessors"], PanelRole.ASSESSOR)
        others = (PanelRole.DEPUTY, PanelRole.OBSERVER)
        for key in [key for key, seat in world.seats.items() if key not in named and seat.role not in others]:
            _stand_up(world, key)
        for key, role in named.items():
            _sit_down(world, key, role, event.at)


def _sit_down(world: _World, key: str, role: str, at: datetime) -> None:
    """Whoever comes back is held to what they declared before."""
    if key in world.seats:
        world.seats[key] = replace(world.seats[key], role=role)
    else:
        world.seats[key] = replace(world.left.pop(key, Seat(key, role, at)), role=role, since=at)


def _stand_up(world: _World, key: str) -> None:
    if seat := world.seats.pop(key, None):
        world.left[key] = seat


def _declarations(round_: Round) -> dict[tuple[str, int], tuple[str, int | None]]:
    rows = InterestDeclaration.objects.filter(round=round_).values_list("pk", "member__user_id", "submission_id")
    label = InterestDeclaration._meta.label_lower
    approvers = ApproverDeclaration.objects.filter(round=round_).values_list("pk", "user_id")
    beside = ApproverDeclaration._meta.label_lower
    return {(label, pk): (f"user:{user_id}", submission_id) for pk, user_id, submission_id in rows} | {
        (beside, pk): (f"user:{user_id}", None) for pk, user_id in approvers
    }


def _declare(
    world: _World, event: Event, declared: dict[tuple[str, int], tuple[str, int | None]], everything: frozenset[int]
) -> None:
    if event.subject_type == ApproverDeclaration._meta.label_lower:
        if (event.subject_type, event.subject_id) not in declared:
            return
        barred = bool(event.data["has_interest"])
        seat = Seat(event.actor_key, Role.APPROVER, event.at, about_challenge=not barred, is_barred=barred)
        world.approvers[event.actor_key] = seat
        return
    key, submission_id = declared.get((event.subject_type, event.subject_id), ("", None))
    seat = world.seats.get(key, Seat(key, "", event.at))
    if key not in world.seats:
        return
    concerned = everything if submission_id is None else frozenset({submission_id})
    is_recused = event.data["is_recused"] if "is_recused" in event.data else event.data["has_interest"]
    world.seats[key] = replace(
        seat,
        about_challenge=seat.about_challenge or submission_id is None,
        about=seat.about | (concerned if submission_id is not None else frozenset()),
        recused=seat.recused | concerned if is_recused else seat.recused - concerned,
    )


def _share_out(world: _World, event: Event, members: dict[int, str]) -> None:
    work = {members.get(int(pk), ""): frozenset(ids) for pk, ids in event.data["work"].items()}
    for key, seat in world.seats.items():
        world.seats[key] = replace(seat, work=work.get(key, frozenset()))


def _hand_in(world: _World, event: Event, members: dict[int, str], everything: frozenset[int]) -> None:
    key = members.get(event.data["member"], "")
    if seat := world.seats.get(key):
        owed = everything if seat.work is None else seat.work
        world.seats[key] = replace(seat, handed_in=owed if event.verb == "marks.submitted" else frozenset())


def _give_role(world: _World, event: Event) -> None:
    if event.data.get("role") != CouncilRole.AUDITOR:
        return
    key = event.data["user"]
    if event.verb == "council.role_given":
        world.auditors[key] = Seat(key, Role.AUDITOR, event.at)
    else:
        world.auditors.pop(key, None)


def _sees(person: str, seat: Seat, viewer: Viewer, phase: Phase, in_round: dict[int, bool]) -> Sees:
    """`in_round`: by submission id, whether it is admissible."""
    seen = [parts_in(visible_fields(viewer, phase, pk, is_admissible=can)) for pk, can in in_round.items()]
    others = [MarkRecord("somebody else", pk, is_submitted=True) for pk in in_round]
    return Sees(
        person=person,
        role=str(seat.role).capitalize(),
        since=seat.since,
        declared=_declared_words(seat, viewer.has_declared),
        answers=sum(Part.ANSWERS in parts for parts in seen),
        prices=sum(Part.PRICES in parts for parts in seen),
        names=sum(Part.NAMES in parts for parts in seen),
        others_marks=len(list(visible_marks(viewer, phase, others))),
    )


def _viewer(seat: Seat, ids: list[int], chairs: frozenset[int]) -> Viewer:
    """`chairs`: what the chair is kept out of, and so all that a deputy may work on."""
    if seat.role in (Role.APPROVER, Role.AUDITOR):
        return Viewer(Role(seat.role), seat.key, has_declared=seat.about_challenge)
    owed = (frozenset(ids) if seat.work is None else seat.work) - seat.recused
    return Viewer(
        role=ROLES[PanelRole(seat.role)],
        id=seat.key,
        has_declared=seat.about_challenge and seat.about | seat.recused >= set(ids),
        has_finished=bool(owed) and owed <= seat.handed_in,
        recused=seat.recused | (frozenset(ids) - chairs if seat.role == PanelRole.DEPUTY else frozenset()),
    )


def _declared_words(seat: Seat, has_declared: bool) -> str:
    if seat.role == Role.AUDITOR:
        return "Declares nothing"
    if seat.is_barred:
        return "Declared an interest; does not decide"
    if not has_declared:
        return "Not yet declared" if seat.has_accepted or seat.role == Role.APPROVER else "Terms not accepted"
    return f"Declared; kept out of {len(seat.recused)}" if seat.recused else "Declared"
