"""Reminders to a panel: each an event on the seat, which becomes mail and inbox like any other."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from assessment import pacing, queries, rules
from assessment.models import PanelMember, Round
from assessment.queries import Owing
from audit.actors import SYSTEM, Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock
from challenges.timetable import day_of
from work.actions import finish, handles, schedule
from work.models import DueWork

KIND = "assessment.reminders"
BY_HAND = timedelta(hours=24)


@transaction.atomic
def remind_panel(*, round: Round, actor: User, at: datetime) -> int:
    """Remind everybody who owes something now, by hand; returns how many. Nobody gets two within a day."""
    lock(round)
    if not rules.may_remind(actor, round):
        raise NotPermitted("Only the chair of the panel and the council's officers can send reminders.")
    late = queries.owing(round.challenge)
    if not late:
        raise Refused("Nobody on the panel owes anything now.")
    free = [each for each in late if each.seat.reminded_at is None or at - each.seat.reminded_at >= BY_HAND]
    if not free:
        raise Refused("Everybody who owes something was reminded within the last day.")
    _remind(round, free, actor, at)
    return len(free)


def remind_when_due(row: DueWork, at: datetime) -> None:
    """One working morning's reminders of a round, and the next morning's row; nothing once its marks are frozen."""
    with transaction.atomic():
        round_ = Round.objects.select_related("challenge", "panel").get(pk=row.subject_id)
        lock(round_)
        late = queries.owing(round_.challenge)
        _remind(round_, [each for each in late if _is_time(each, at)], SYSTEM, at)
        finish(row, at)
        if queries.is_before_the_freeze(round_):
            schedule(kind=KIND, subject_id=round_.pk, due_at=pacing.next_round(at))


def begin_reminding(round_: Round, at: datetime) -> None:
    """Think about reminders every working morning from now on; called when a round opens."""
    schedule(kind=KIND, subject_id=round_.pk, due_at=pacing.next_round(at))


def open_to_work() -> None:
    """Tell the work room who sends reminders; called from AppConfig.ready."""
    handles(KIND, remind_when_due)


def _is_time(each: Owing, at: datetime) -> bool:
    last = each.seat.reminded_at
    return pacing.is_time(today=day_of(at), since=each.since, last=day_of(last) if last else None, due_on=each.due_on)


def _remind(round_: Round, late: Iterable[Owing], actor: Actor, at: datetime) -> None:
    for each in late:
        PanelMember.objects.filter(pk=each.seat.pk).update(reminded_at=at)
        append_event(
            verb="panel.reminded", subject=each.seat, actor=actor, at=at, challenge_id=round_.challenge_id,
            visibility=Visibility.PANEL,
            data={"of": each.what, "words": each.words, "by": each.due_on.isoformat() if each.due_on else None},
        )  # fmt: skip
