"""Readings in: the one way by which rows of any source become readings."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from audit import clock
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import EventParts, NotPermitted, Refused, append, insertion, lock
from pilots import rows as judging
from pilots import rules, storage
from pilots.actions.noting import draft, note
from pilots.models import OutOfRangeReading, Pilot, PilotState, Source
from pilots.quick_rows import Row, judge_quickly
from pilots.rosters import roster_of
from pilots.storage.batches import microseconds
from work.models import RequestKey

PROBE = 1000
SPELLED_OUT = 200
# What machines send is summed by the worker, a moment later; what a person sends is on the page they see next.
BY_MACHINE = (Source.API, Source.PULL)
TOO_LATE = "The registered result is computed: what is here can be corrected, nothing is added."


@dataclass(frozen=True)
class Intake:
    """What became of a batch: rows received, readings added, those that were here already, and the refused ones."""

    received: int
    added: int
    unchanged: int
    refused: tuple[judging.Refusal, ...]
    corrected: int = 0

    def as_data(self) -> dict[str, Any]:
        """Plain data for an answer: every refused row with its reason, the first 200 with their sentence, too."""
        return {
            "received": self.received, "added": self.added, "unchanged": self.unchanged,
            "corrected": self.corrected, "refused": len(self.refused),
            "refusals": [
                {"row": each.number, "reason": each.reason}
                | ({"sentence": each.sentence} if place < SPELLED_OUT else {})
                for place, each in enumerate(self.refused)
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """The stored answer to a request with an idempotency key; `is_replay` when it had been given before."""

    data: dict[str, Any]
    is_replay: bool = False


class KeyReusedError(Exception):
    """An idempotency key came again with another body."""


@transaction.atomic
def ingest(
    *, pilot: Pilot, rows: Iterable[Any], source: str, actor: Actor, at: datetime | None, correction: str = ""
) -> Intake:
    """Take rows in: good ones are kept, each bad one is reported with its number and why. Sending again adds nothing.

    Rows are mappings with device, metric, taken_at, value and unit (see `pilots.rows`), or `quick_rows.Row`. A row that
    says another value than the one that is kept is refused, unless `correction` gives the reason (published) why it
    counts from now on. Raises NotPermitted for a stranger or a revoked token, and Refused while the pilot takes no
    readings at all; after the registered result corrections alone are taken, and the result stands (P6). The time is
    read once the pilot is held, and is not before `at`.
    """
    if correction:
        lock(pilot)  # two corrections of one reading wait for each other
    held = storage.hold_open(pilot, rules.token_number(actor))
    now = max(at or held.at, held.at)
    _refuse_unless_taking(pilot, actor, now, correction, held.token_stands)
    is_late = not rules.takes_readings(pilot, now)
    rows = list(rows)
    judged = _judge(rows, expected(pilot, now))
    if_new = _if_all_new(len(rows), judged)
    told = insertion(_received(pilot, actor, now, if_new, source))
    outcome = storage.foresee(judged.batch) if is_late else storage.write(judged.batch, source, now, told)
    if correction:
        why = storage.Correction(actor.actor_key, source, correction)
        storage.correct(outcome.batch.where(_to_correct(outcome)), why, now)
    if judged.out_of_range and not is_late:
        _keep_aside(judged.out_of_range, now)
    if source not in BY_MACHINE:
        storage.roll_up()
    if outcome.is_told:
        return if_new
    intake = _intake(len(rows), judged, outcome, bool(correction), is_late)
    _record(pilot, actor, now, intake, source, correction)
    return intake


@transaction.atomic
def ingest_once(  # noqa: PLR0913 - what comes, under which key, from whom, and why where it corrects
    *, pilot: Pilot, key: str, body: bytes, rows: Iterable[Any], actor: Actor, at: datetime, correction: str = ""
) -> Answered:
    """`ingest` for a request that carries an idempotency key: the same key and body get the same answer, once.

    Raises KeyReusedError where the key came before with another body.
    """
    lock(pilot)
    scope, body_hash = f"readings:{pilot.public_id}", hashlib.sha256(correction.encode() + body).hexdigest()
    known = RequestKey.objects.filter(scope=scope, key=key).first()
    if known:
        _refuse_unless_sender(pilot, actor, max(at, clock.now()))
        if known.body_hash != body_hash:
            raise KeyReusedError
        return Answered(known.response, is_replay=True)
    data = ingest(pilot=pilot, rows=rows, source="api", actor=actor, at=at, correction=correction).as_data()
    RequestKey.objects.create(
        scope=scope, key=key, body_hash=body_hash, status=200, response=data, created_at=at
    )  # fmt: skip
    return Answered(data)


def roll_up_readings() -> int:
    """Make the sums of readings that are owed; returns how many marks were done."""
    done = 0
    while found := storage.roll_up():
        done += found
    return done


def preview(*, pilot: Pilot, rows: Iterable[Any], at: datetime, is_correction: bool = False) -> Intake:
    """What `ingest` would make of these rows now; nothing is written."""
    rows = list(rows)
    judged = _judge(rows, expected(pilot, at))
    is_late = not rules.takes_readings(pilot, at)
    return _intake(len(rows), judged, storage.foresee(judged.batch), is_correction, is_late)


def try_out(*, pilot: Pilot, rows: Iterable[Any], actor: Actor, at: datetime, correction: str = "") -> Intake:
    """What `ingest` would answer this sender now, its refusals included; nothing is written."""
    _refuse_unless_taking(pilot, actor, at, correction)
    return preview(pilot=pilot, rows=rows, at=at, is_correction=bool(correction))


def expected(pilot: Pilot, at: datetime) -> judging.Expected:
    """What the pilot takes in at this instant; it has to be registered."""
    if pilot.baseline_starts_on is None or pilot.starts_on is None or pilot.ends_on is None:
        raise Refused("The measures are not registered yet: readings are taken from then on.")
    roster = roster_of(pilot)
    return judging.Expected(
        devices=roster.devices,
        metrics=roster.metrics,
        first=pilot.baseline_starts_on,
        starts_on=pilot.starts_on,
        last=pilot.ends_on,
        is_running=pilot.state == PilotState.RUNNING,
        now=at,
    )


@dataclass(frozen=True)
class _Judged:
    batch: storage.Batch
    refused: tuple[judging.Refusal, ...]
    out_of_range: tuple[judging.Good, ...]


def _judge(rows: Sequence[Any], expected: judging.Expected) -> _Judged:
    """Rows that a machine sent in the usual shape go the quick way; all others one by one."""
    if not rows or not isinstance(rows[0], Row):
        judged = judging.judge_rows(rows, expected)
        return _Judged(_columns(judged.good), judged.refused, judged.out_of_range)
    quick = judge_quickly(rows, expected)
    plain = storage.Batch(quick.numbers, quick.devices, quick.metrics, quick.moments, quick.values)
    return _Judged(plain.with_more(_columns(quick.rest.good)), quick.rest.refused, quick.rest.out_of_range)


def _columns(rows: Iterable[judging.Good]) -> storage.Batch:
    return storage.Batch.of(
        (row.number, row.device, row.metric, microseconds(row.taken_at), row.value) for row in rows
    )  # fmt: skip


def _to_correct(outcome: storage.Outcome) -> storage.Mask:
    """Rows that say another value than the one that was there before; not the second of two in one batch."""
    return outcome.conflicting & ~outcome.batch.repeats()


def _intake(received: int, judged: _Judged, outcome: storage.Outcome, is_correction: bool, is_late: bool) -> Intake:
    corrected = _to_correct(outcome) if is_correction else np.zeros(len(outcome.batch), dtype=bool)
    conflicting = outcome.conflicting & ~corrected
    refused = [*judged.refused, *_conflicts(outcome, conflicting)]
    added = int(outcome.added.sum())
    if is_late:
        late = outcome.batch.numbers[outcome.added].tolist()
        refused, added = [*refused, *(judging.Refusal(number, "late", TOO_LATE) for number in late)], 0
    refused.sort(key=lambda each: each.number)
    return Intake(received, added, int(outcome.unchanged.sum()), tuple(refused), int(corrected.sum()))


def _conflicts(outcome: storage.Outcome, rows: storage.Mask) -> Iterator[judging.Refusal]:
    for number, value in zip(outcome.batch.numbers[rows].tolist(), outcome.kept[rows].tolist(), strict=True):
        sentence = f"Another value, {value:g}, came first for this device, metric and time; this one was not taken."
        yield judging.Refusal(number, "conflict", sentence)


def _keep_aside(rows: Sequence[judging.Good], at: datetime) -> None:
    beyond = [
        OutOfRangeReading(
            metric_id=row.metric, device_id=row.device, taken_at=row.taken_at, value=row.value, received_at=at
        )
        for row in rows
    ]
    OutOfRangeReading.objects.bulk_create(beyond, ignore_conflicts=True, batch_size=PROBE)


def _refuse_unless_taking(
    pilot: Pilot, actor: Actor, at: datetime, correction: str, token_stands: bool | None = None
) -> None:
    _refuse_unless_sender(pilot, actor, at, token_stands)
    if pilot.state == PilotState.PLANNED:
        raise Refused("The measures are not registered yet: readings are taken from then on.")
    if pilot.state == PilotState.SUSPENDED:
        raise Refused("The pilot is suspended: no readings are taken. Keep them, and send them once it goes on.")
    if pilot.state == PilotState.ENDED:
        raise Refused("The pilot was ended early: it takes no more readings.")
    if rules.takes_readings(pilot, at):
        return
    if not correction:
        raise Refused("The registered analysis date has come: this pilot takes no more readings.")
    if not rules.takes_corrections(pilot, at):
        raise Refused("Readings are corrected before the analysis date, or once the registered result is there.")


def _refuse_unless_sender(pilot: Pilot, actor: Actor, at: datetime, token_stands: bool | None = None) -> None:
    if not rules.may_send_readings(actor, pilot, at, token_stands):
        raise NotPermitted("Only this pilot's own feeds, its supplier and the council's pilot manager send readings.")


def _if_all_new(received: int, judged: _Judged) -> Intake:
    return Intake(received, len(judged.batch), 0, judged.refused)


def _received(pilot: Pilot, actor: Actor, at: datetime, intake: Intake, source: str) -> EventParts:
    counts = {"received": intake.received, "added": intake.added, "unchanged": intake.unchanged}
    return draft(
        "pilot.readings_received", pilot, actor, at, **counts, refused=len(intake.refused), source=source
    )  # fmt: skip


def _record(pilot: Pilot, actor: Actor, at: datetime, intake: Intake, source: str, correction: str) -> None:
    if not correction or intake.added:
        append(_received(pilot, actor, at, intake, source))
    if intake.corrected:
        told = {"corrected": intake.corrected, "source": source}
        note("pilot.readings_corrected", pilot, actor, at, Visibility.PUBLIC, correction, **told)
