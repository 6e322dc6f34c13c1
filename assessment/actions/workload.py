"""How many mark each submission, by when, and who marks what."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from assessment import queries, rules, states
from assessment.actions.entry import note
from assessment.models import Allotment, Assessment, Panel, PanelRole, Round, RoundState
from assessment.queries.panels import LEAST_MARKING
from assessment.splitting import split
from audit.actors import SYSTEM
from audit.transitions import NotPermitted, Refused, append_event, lock
from challenges.models import Challenge


@transaction.atomic
def plan_work(
    *, challenge: Challenge, marks_each: int | None, days: tuple[date | None, date | None], actor: User, at: datetime
) -> None:
    """Say how many assessors mark each submission (none: all of them), and by which `days` to declare and to mark.

    The number stays as it is once marking has begun; the days may move.
    """
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can plan the panel's work.")
    panel = queries.panel_of(challenge)
    if panel is None:
        raise Refused("Name the panel first.")
    if found := _wrong(panel, challenge, marks_each, days):
        raise Refused(*found)
    panel.marks_each, (panel.declare_by, panel.mark_by) = marks_each, days
    panel.save(update_fields=["marks_each", "declare_by", "mark_by"])
    append_event(
        verb="panel.work_planned", subject=panel, actor=actor, at=at, challenge_id=challenge.pk,
        data={"marks_each": marks_each, "days": [day.isoformat() if day else None for day in days]},
    )  # fmt: skip


def share_out(round_: Round, at: datetime) -> None:
    """Assign every submission to as many assessors as were asked for, as evenly as can be; nothing without a split.

    Called when marking begins and whenever somebody joins, leaves or is recused. Whoever has begun to mark a submission
    keeps it.
    """
    each = round_.panel.marks_each
    if each is None or round_.state != RoundState.MARKING:
        return
    submissions = [each_one.pk for each_one in queries.submissions_in(round_)]
    declared = queries.declarations(round_, submissions)
    assessors = [seat.pk for seat in queries.members(round_) if seat.role == PanelRole.ASSESSOR]
    ready = [pk for pk in assessors if declared.get(pk, queries.Declared()).is_complete(submissions)]
    recused = {pk: frozenset(n for n in submissions if n in declared[pk].recused) for pk in ready}
    chosen = split(submissions, ready, each=each, recused=recused, kept=_kept(round_, recused))
    _write(round_, {(pk, member) for pk, people in chosen.items() for member in people}, at)


def _wrong(
    panel: Panel, challenge: Challenge, marks_each: int | None, days: tuple[date | None, date | None]
) -> list[str]:
    found, round_ = [], queries.newest_round(challenge)
    assessors = sum(seat.role == PanelRole.ASSESSOR for seat in queries.seats_of(challenge))
    if marks_each != panel.marks_each and queries.is_at_work(round_):
        found.append("Marking has begun: how many mark each submission can no longer be changed.")
    elif marks_each is not None and marks_each < LEAST_MARKING:
        found.append(f"Each submission is marked by at least {LEAST_MARKING} assessors.")
    elif marks_each is not None and marks_each > assessors:
        found.append(f"The panel has {assessors} assessors, fewer than {marks_each}.")
    declare_by, mark_by = days
    if declare_by and mark_by and mark_by < declare_by:
        found.append("Marks cannot be due before the declarations of interests are.")
    return found


def _kept(round_: Round, recused: dict[int, frozenset[int]]) -> dict[int, frozenset[int]]:
    """Who stays with which submission: whoever wrote a mark on it, and relieved assessors whose marks stand."""
    begun = set(Assessment.objects.counted().filter(round=round_).values_list("submission_id", "member_id"))
    found: dict[int, set[int]] = {}
    for submission_id, member_id in begun:
        if submission_id not in recused.get(member_id, frozenset()):
            found.setdefault(submission_id, set()).add(member_id)
    return {pk: frozenset(people) for pk, people in found.items()}


def _write(round_: Round, wanted: set[tuple[int, int]], at: datetime) -> None:
    rows = Allotment.objects.filter(round=round_)
    had = {(row.submission_id, row.member_id): row.pk for row in rows}
    gone = [pk for pair, pk in had.items() if pair not in wanted]
    new = sorted(wanted - had.keys())
    if not gone and not new:
        return
    Allotment.objects.filter(pk__in=gone).delete()
    Allotment.objects.bulk_create(Allotment(round=round_, submission_id=pk, member_id=member) for pk, member in new)
    work: dict[int, list[int]] = {}
    for pk, member in sorted(wanted):
        work.setdefault(member, []).append(pk)
    note("round.work_shared_out", round_, round_, SYSTEM, at, work=work)
