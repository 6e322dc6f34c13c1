"""The evaluations of a pilot as work: what is ahead, what is due, what ran, what failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, QuerySet

from pilots.models import EvaluationKind, Pilot, PilotEvaluation
from pilots.rules import local_day
from work.models import DueWork

KINDS = {f"pilot.{kind}": EvaluationKind(kind) for kind in EvaluationKind.values}
OPEN, DONE = 60, 20


@dataclass(frozen=True)
class Run:
    """`state`: ahead, due, computing, again (failed, and tried again by itself), failed (given up), done, left_out."""

    work: DueWork
    kind: EvaluationKind
    state: str
    evaluation: PilotEvaluation | None


def work_of(pilot: Pilot) -> QuerySet[DueWork]:
    """The rows of a pilot's evaluations."""
    return DueWork.objects.filter(kind__in=KINDS, subject_id=pilot.pk)


def given_up(pilots: Iterable[Pilot]) -> dict[int, date]:
    """Since when an evaluation of several pilots stands still because it failed, by the pilot's id: one query."""
    failed = DueWork.objects.filter(kind__in=KINDS, subject_id__in=[pilot.pk for pilot in pilots], done_at=None)
    rows = failed.exclude(failed_at=None).values("subject_id").annotate(first=Min("failed_at")).order_by("subject_id")
    return {row["subject_id"]: local_day(row["first"]) for row in rows}


def runs_of(pilot: Pilot, at: datetime) -> list[Run]:
    """What is open, the next first, then what was done last: three queries. Long lists are cut."""
    open_ones = list(work_of(pilot).filter(done_at=None).order_by("due_at", "pk")[:OPEN])
    done = list(work_of(pilot).exclude(done_at=None).order_by("-due_at", "-pk")[:DONE])
    found = _evaluations(pilot, done)
    runs = []
    for work in [*open_ones, *done]:
        kind = KINDS[work.kind]
        evaluation = found.get((kind, work.due_at))
        runs.append(Run(work, kind, _state(work, evaluation, at), evaluation))
    return sorted(runs, key=lambda run: run.state not in ("failed", "again"))


def _evaluations(pilot: Pilot, done: Sequence[DueWork]) -> dict[tuple[EvaluationKind, datetime], PilotEvaluation]:
    rows = pilot.evaluations.filter(due_at__in=[work.due_at for work in done]).defer("result").order_by("pk")
    return {(EvaluationKind(row.kind), row.due_at): row for row in rows}


def _state(work: DueWork, evaluation: PilotEvaluation | None, at: datetime) -> str:
    if work.done_at is not None:
        return "done" if evaluation else "left_out"
    if work.failed_at is not None:
        return "failed"
    if work.due_at > at:
        return "ahead"
    if work.lease_token and work.leased_until is not None and work.leased_until > at:
        return "computing"
    return "again" if work.last_error else "due"
