"""Evaluations when they are due: computed outside any transaction, written with the due row in one last transaction."""

import gzip
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit import clock
from audit.actors import SYSTEM, Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock, perform
from pilots import evaluating, plans, queries, rules, storage
from pilots.actions.noting import note
from pilots.actions.planning import MONITORING, REGISTERED
from pilots.actions.stopping import end_suspension
from pilots.models import AnalysedReadings, EvaluationKind, Pilot, PilotEvaluation, PilotState
from work.actions import ATTEMPTS, TryAgainError, finish, try_again
from work.models import DueWork


def evaluate_due(work: DueWork, at: datetime) -> None:
    """Do a due row of kind pilot.monitoring or pilot.registered; the handler that the room registers with `work`.

    A row of a plan that was replaced, or of a pilot that is not at that point, is finished without an evaluation.
    Raises work.actions.LeaseLostError, and then nothing was written, when another worker took the row over.
    """
    pilot = Pilot.objects.get(pk=work.subject_id)
    if work.kind == REGISTERED:
        _close_intake(pilot, work, at)
    if not _is_wanted(pilot, work):
        with transaction.atomic():
            finish(work, at)
    elif work.kind == MONITORING:
        storage.catch_up(_metrics(pilot))
        _store(pilot, work, evaluating.monitoring(pilot, rules.local_day(work.due_at)), at)
    else:
        _compute_result(pilot, work)


def _compute_result(pilot: Pilot, work: DueWork) -> None:
    """Compute, and again where a recall, an erasure or another thing that touches the data came in those seconds.

    A result carries what the public page says of its data (P6), and no file keeps what was erased meanwhile.
    """
    look = None if _is_analysis_date(pilot, work) else rules.local_day(work.due_at)
    for _ in range(ATTEMPTS):
        known, at = queries.happened_to_data(pilot), clock.now()
        storage.catch_up(_metrics(pilot))
        if _store(pilot, work, evaluating.registered_result(pilot, look), at, known):
            return
    raise TryAgainError("Something that touches the data was recorded each time while it was computed.")


def _metrics(pilot: Pilot) -> Iterable[int]:
    return pilot.metrics.values_list("pk", flat=True)


@transaction.atomic
def end_on_look(*, pilot: Pilot, reason: str, actor: User, at: datetime) -> None:
    """End the pilot on its latest earlier result, which said scale or stop; then its gate is decided on that.

    Readings are closed, and what was still due is finished without a result. Both looks were registered, so nothing
    of alpha is spent twice.
    """
    lock(pilot)
    found = queries.result_to_end_on(pilot)
    day = rules.local_day(found.due_at) if found else pilot.analysis_on
    perform(
        pilot, "end_on_look", actor=actor, at=at, reason=reason, changes={"analysis_on": day},
        data={"look": day.isoformat() if day else "", "verdict": found.verdict if found else ""},
    )  # fmt: skip
    if found:
        note("pilot.evaluated", pilot, SYSTEM, at, Visibility.PUBLIC, **_said(found), verdict=found.verdict)


def _said(found: PilotEvaluation) -> dict[str, Any]:
    return {
        "evaluation": found.pk, "due_at": found.due_at.isoformat(), "snapshot_sha256": found.snapshot_sha256
    }  # fmt: skip


@transaction.atomic
def retry_evaluation(*, pilot: Pilot, work: DueWork, actor: Actor, at: datetime) -> None:
    """Have an evaluation computed that was given up. What it reads is what there was on its date all the same (P6)."""
    lock(pilot)
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager has an evaluation computed again.")
    if not try_again(work):
        raise Refused("This evaluation was not given up: it is computed by itself.")
    note("pilot.evaluation_retried", pilot, actor, at, kind=work.kind, due_at=work.due_at.isoformat())


def _close_intake(pilot: Pilot, work: DueWork, at: datetime) -> None:
    """Move to `evaluating` first: no reading is taken from then on, so what is read next is all there will be (P6)."""
    with transaction.atomic():
        lock(pilot)
        if pilot.state in rules.UNDER_WAY and _is_analysis_date(pilot, work):
            perform(pilot, "begin_evaluation", actor=SYSTEM, at=at)
            end_suspension(pilot, "", SYSTEM, at)


def _is_wanted(pilot: Pilot, work: DueWork) -> bool:
    if work.kind == MONITORING:
        days = plans.monitoring_days(pilot.plan) if pilot.plan else []
        is_day = pilot.has_live_simulation or rules.local_day(work.due_at) in days
        return pilot.state == PilotState.RUNNING and is_day
    if _is_analysis_date(pilot, work):
        return pilot.state == PilotState.EVALUATING
    return pilot.state in rules.UNDER_WAY and rules.local_day(work.due_at) in plans.earlier_looks(pilot.plan or {})


def _is_analysis_date(pilot: Pilot, work: DueWork) -> bool:
    return pilot.analysis_on is not None and work.due_at == rules.first_instant(pilot.analysis_on)


@transaction.atomic
def _store(
    pilot: Pilot,
    work: DueWork,
    computed: evaluating.Computed,
    at: datetime,
    known: queries.HappenedToData | None = None,
) -> bool:
    """Write what was computed, unless the pilot is past it by now. False where the data are not as `known` any more."""
    lock(pilot)
    kind = EvaluationKind.MONITORING if known is None else EvaluationKind.REGISTERED
    is_wanted = _is_wanted(pilot, work)
    if is_wanted and known is not None and queries.happened_to_data(pilot) != known:
        return False
    finish(work, at)
    if is_wanted:
        _write(pilot, work, kind, computed, at)
    return True


def _write(pilot: Pilot, work: DueWork, kind: str, computed: evaluating.Computed, at: datetime) -> None:
    evaluation = PilotEvaluation.objects.create(
        pilot=pilot, kind=kind, due_at=work.due_at, computed_at=at, completeness=computed.completeness,
        verdict=computed.verdict, result=computed.result, snapshot_sha256=computed.snapshot,
    )  # fmt: skip
    is_result = kind == EvaluationKind.REGISTERED
    if is_result:
        packed = gzip.compress(computed.readings.encode(), mtime=0)
        AnalysedReadings.objects.create(evaluation=evaluation, gzipped_csv=packed)
    data = _said(evaluation)
    if is_result:
        verb = "pilot.evaluated" if _is_analysis_date(pilot, work) else "pilot.evaluated_earlier"
        note(verb, pilot, SYSTEM, at, Visibility.PUBLIC, **data, verdict=computed.verdict)
    else:
        note("pilot.monitored", pilot, SYSTEM, at, **data)
