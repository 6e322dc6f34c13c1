"""A panel as its officers see it: seats, vacancies, who marks what, how far each has come. Counts, never marks."""

from collections import Counter, defaultdict
from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from accounts.models import User
from assessment.models import Assessment, Panel, PanelMember, PanelRole, Round, RoundState
from assessment.queries.interests import confirmed_at_moderation
from assessment.queries.seats import (
    Declared,
    declarations,
    members,
    newest_round,
    quality_criteria,
    submissions_in,
    to_mark,
    work_of,
)
from challenges.models import Challenge
from challenges.timetable import day_of
from suppliers.models import Submission

LEAST_MARKING = 2
BEFORE_MODERATION = (RoundState.DECLARING, RoundState.SIFTING, RoundState.MARKING)
BEFORE_THE_FREEZE = (*BEFORE_MODERATION, RoundState.MODERATING)


@dataclass(frozen=True)
class Owing:
    """What a member of the panel still has to do: in words, with the day it is due and the day it could begin."""

    seat: PanelMember
    what: str
    words: str
    since: date
    due_on: date | None = None


@dataclass(frozen=True)
class MarkedRow:
    """One submission on the progress board: who marks it, and how many of them have handed in everything."""

    pseudonym: str
    assessors: tuple[str, ...]
    finished: int

    @property
    def asked(self) -> int:
        return len(self.assessors)


def panel_of(challenge: Challenge) -> Panel | None:
    """The challenge's panel, if it has one."""
    return Panel.objects.filter(challenge=challenge).first()


def seats_of(challenge: Challenge) -> list[PanelMember]:
    """Everybody who sits on the challenge's panel now, chair first."""
    seats = PanelMember.objects.active().filter(panel__challenge=challenge).select_related("user", "replaces__user")
    return sorted(seats, key=lambda seat: (list(PanelRole).index(PanelRole(seat.role)), seat.pk))


def seat_on(challenge: Challenge, user: User) -> PanelMember | None:
    """The person's seat on the challenge's panel, also before a round is open."""
    seats = PanelMember.objects.active().filter(panel__challenge=challenge, user=user)
    return seats.select_related("panel__challenge", "user").first()


def left_seats(challenge: Challenge) -> list[PanelMember]:
    """Those who were relieved while the panel was at work, with who took over."""
    seats = PanelMember.objects.filter(panel__challenge=challenge, left_at__isnull=False).exclude(left_reason="")
    return list(seats.select_related("user", "successor__user").order_by("left_at", "pk"))


def seats_before_the_round(user: User) -> list[PanelMember]:
    """The person's seats on panels whose round is not open yet, newest first."""
    seats = PanelMember.objects.active().filter(user=user, panel__rounds=None)
    return list(seats.select_related("panel__challenge__council").order_by("-pk"))


def is_at_work(round_: Round | None) -> bool:
    """Whether marking has begun, so that nobody joins any more but for somebody who was relieved."""
    return round_ is not None and round_.state != RoundState.DECLARING


def is_before_the_freeze(round_: Round) -> bool:
    """Whether the panel still judges."""
    return round_.state in BEFORE_THE_FREEZE


def vacancy_for(challenge: Challenge, role: str) -> PanelMember | None:
    """The oldest seat of this role that waits for a successor."""
    return PanelMember.objects.filter(panel__challenge=challenge, role=role).vacant().first()


def least_marking(round_: Round) -> int:
    """How many assessors have to mark each submission: the number that was set, at least two (A2)."""
    return max(round_.panel.marks_each or 0, LEAST_MARKING)


def marked_by(round_: Round) -> Counter[int]:
    """By submission id, how many people's whole marks count, those of relieved assessors included (A7)."""
    rows = Assessment.objects.counted().filter(round=round_, submitted_at__isnull=False)
    given = Counter(rows.values_list("submission_id", "member_id"))
    whole = len(quality_criteria(round_))
    return Counter(submission_id for (submission_id, _), marks in given.items() if marks == whole)


def who_marks_what(round_: Round) -> list[MarkedRow]:
    """Every submission with those who mark it and how many have finished it, in natural order of pseudonyms."""
    submissions, seats = submissions_in(round_), members(round_)
    declared = declarations(round_, [each.pk for each in submissions])
    work, finished = work_of(round_, *seats), marked_by(round_)
    names: dict[int, list[str]] = defaultdict(list)
    for seat in seats:
        for each in to_mark(seat, declared.get(seat.pk, Declared()), submissions, work):
            names[each.pk].append(str(seat.user))
    for pk, name in _standing_marks(round_):
        names[pk].append(f"{name} (relieved, marks stand)")
    return [MarkedRow(each.pseudonym, tuple(names[each.pk]), finished[each.pk]) for each in submissions]


def owing(challenge: Challenge) -> list[Owing]:
    """Everybody on the panel who is to do something now, and what; nothing once quality is frozen."""
    round_ = newest_round(challenge)
    if round_ is None or not is_before_the_freeze(round_):
        return []
    seats = [seat for seat in seats_of(challenge) if seat.user.is_active and seat.role != PanelRole.OBSERVER]
    asked = _Asked.of(round_, seats)
    found = [_owing(round_, seat, asked) for seat in seats]
    return [each for each in found if each is not None]


@dataclass(frozen=True)
class _Asked:
    """What everybody's debts are counted from, read once.

    `handed_in`: how many marks, by (member id, submission id). `confirmed`: seats that confirmed their interests at
    moderation, which began on the day `moderated_from`, when the last marks came in.
    """

    submissions: list[Submission]
    declared: dict[int, Declared]
    work: dict[int, frozenset[int]]
    criteria: int
    handed_in: Counter[tuple[int, int]]
    confirmed: Set[int]
    moderated_from: date

    @classmethod
    def of(cls, round_: Round, seats: list[PanelMember]) -> "_Asked":
        submissions = submissions_in(round_)
        rows = Assessment.objects.counted().filter(round=round_, submitted_at__isnull=False)
        last = rows.aggregate(last=Max("submitted_at"))["last"] or round_.opened_at
        return cls(
            submissions, declarations(round_, [each.pk for each in submissions]), work_of(round_, *seats),
            len(quality_criteria(round_)), Counter(rows.values_list("member_id", "submission_id")),
            confirmed_at_moderation(round_), day_of(last),
        )  # fmt: skip


def _owing(round_: Round, seat: PanelMember, asked: _Asked) -> Owing | None:
    panel, opened_on = round_.panel, day_of(round_.opened_at)
    if seat.terms_accepted_at is None:
        return Owing(seat, "terms", "accept the terms of the panel", opened_on, panel.declare_by)
    declared = asked.declared.get(seat.pk, Declared())
    if not declared.is_complete([each.pk for each in asked.submissions]):
        return Owing(seat, "interests", "declare your interests", day_of(seat.terms_accepted_at), panel.declare_by)
    if round_.state == RoundState.MODERATING and seat.pk not in asked.confirmed:
        return Owing(seat, "confirmation", "confirm your interests again", asked.moderated_from)
    if round_.state != RoundState.MARKING or seat.role != PanelRole.ASSESSOR:
        return None
    mine = to_mark(seat, declared, asked.submissions, asked.work)
    left = len(mine) * asked.criteria - sum(asked.handed_in[seat.pk, each.pk] for each in mine)
    words = f"hand in {left} mark{'' if left == 1 else 's'}"
    return Owing(seat, "marks", words, day_of(seat.terms_accepted_at), panel.mark_by) if left else None


def _standing_marks(round_: Round) -> list[tuple[int, str]]:
    rows = Assessment.objects.counted().filter(round=round_, submitted_at__isnull=False, member__left_at__isnull=False)
    found = rows.values_list("submission_id", "member__user__full_name").distinct().order_by("submission_id")
    return list(found)
