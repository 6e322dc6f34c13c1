"""Readings in: tokens for machines, and the one way by which rows of any source become readings."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import clock
from audit.actors import Actor
from audit.transitions import NotPermitted, Refused, append_event, lock
from pilots import rows as judging
from pilots import rules, storage
from pilots.models import OutOfRangeReading, Pilot, PilotState, ReadingToken, Source
from pilots.quick_rows import Column, Row, judge_quickly
from pilots.rosters import roster_of
from pilots.storage.batches import microseconds
from work.models import RequestKey

PROBE = 1000
SHOWN_REFUSALS = 200
# What machines send is summed by the worker, a moment later; what a person sends is on the page they see next.
BY_MACHINE = (Source.API,)


@dataclass(frozen=True)
class Intake:
    """What became of a batch: rows received, readings added, those that were here already, and the refused ones."""

    received: int
    added: int
    unchanged: int
    refused: tuple[judging.Refusal, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain data for an answer; at most 200 refusals are spelled out."""
        return {
            "received": self.received, "added": self.added, "unchanged": self.unchanged, "refused": len(self.refused),
            "refusals": [
                {"row": each.number, "reason": each.reason, "sentence": each.sentence}
                for each in self.refused[:SHOWN_REFUSALS]
            ],
        }  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """The stored answer to a request with an idempotency key; `is_replay` when it had been given before."""

    data: dict[str, Any]
    is_replay: bool = False


class KeyReusedError(Exception):
    """An idempotency key came again with another body."""


def token_hash(secret: str) -> str:
    """sha256 (hex) of a token's secret: all that is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(*, pilot: Pilot, label: str, actor: Actor, at: datetime) -> tuple[ReadingToken, str]:
    """Make a token for the readings API; returns it with its secret, which is never readable again."""
    lock(pilot)
    _refuse_unless_manager(actor, pilot)
    if pilot.state not in (PilotState.PLANNED, *rules.TAKING_READINGS):
        raise Refused("This pilot takes no more readings: it needs no token.")
    secret = f"pf_{secrets.token_urlsafe(32)}"
    token = ReadingToken.objects.create(pilot=pilot, token_sha256=token_hash(secret), label=label, issued_at=at)
    _event("pilot.token_issued", pilot, actor, at, {"token": token.actor_key, "label": label})
    return token, secret


@transaction.atomic
def revoke_token(*, pilot: Pilot, token: ReadingToken, actor: Actor, at: datetime) -> None:
    """Make a token useless from now on."""
    lock(pilot)
    _refuse_unless_manager(actor, pilot)
    if not ReadingToken.objects.filter(pk=token.pk, pilot=pilot, revoked_at=None).update(revoked_at=at):
        raise Refused("This token was revoked already.")
    _event("pilot.token_revoked", pilot, actor, at, {"token": token.actor_key})


@transaction.atomic
def ingest(*, pilot: Pilot, rows: Iterable[Any], source: str, actor: Actor, at: datetime) -> Intake:
    """Take rows in: good ones are kept, each bad one is reported with its number and why. Sending again adds nothing.

    Rows are mappings with device, metric, taken_at, value and unit (see `pilots.rows`). Raises NotPermitted for a
    stranger or a revoked token, and Refused while the pilot takes no readings at all.
    """
    storage.hold_open(pilot)
    now = max(at, clock.now())
    _refuse_unless_taking(pilot, actor, now)
    rows = list(rows)
    judged = _judge(rows, expected(pilot, now))
    outcome = storage.write(judged.batch, source, now)
    _keep_aside(judged.out_of_range, now)
    if source not in BY_MACHINE:
        storage.roll_up()
    intake = _intake(len(rows), judged, outcome)
    counts = {name: number for name, number in intake.as_data().items() if name != "refusals"}
    _event("pilot.readings_received", pilot, actor, now, {**counts, "source": source})
    return intake


@transaction.atomic
def ingest_once(*, pilot: Pilot, key: str, body: bytes, rows: Iterable[Any], actor: Actor, at: datetime) -> Answered:
    """`ingest` for a request that carries an idempotency key: the same key and body get the same answer, once.

    Raises KeyReusedError where the key came before with another body.
    """
    lock(pilot)
    scope, body_hash = f"readings:{pilot.public_id}", hashlib.sha256(body).hexdigest()
    known = RequestKey.objects.filter(scope=scope, key=key).first()
    if known:
        _refuse_unless_sender(pilot, actor)
        if known.body_hash != body_hash:
            raise KeyReusedError
        return Answered(known.response, is_replay=True)
    data = ingest(pilot=pilot, rows=rows, source="api", actor=actor, at=at).as_data()
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


def preview(*, pilot: Pilot, rows: Iterable[Any], at: datetime) -> Intake:
    """What `ingest` would make of these rows now; nothing is written."""
    rows = list(rows)
    judged = _judge(rows, expected(pilot, at))
    return _intake(len(rows), judged, storage.foresee(judged.batch))


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
    if rows and isinstance(rows[0], Row):
        quick = judge_quickly(rows, expected)
        good, judged = quick.good, quick.rest
    else:
        good, judged = [], judging.judge_rows(rows, expected)
    batch = storage.Batch.of([*good, *map(_column, judged.good)])
    return _Judged(batch, judged.refused, judged.out_of_range)


def _column(row: judging.Good) -> Column:
    return row.number, row.device, row.metric, microseconds(row.taken_at), row.value


def _intake(received: int, judged: _Judged, outcome: storage.Outcome) -> Intake:
    kept = outcome.kept[outcome.conflicting].tolist()
    numbers = outcome.batch.numbers[outcome.conflicting].tolist()
    conflicts = [_conflict(number, value) for number, value in zip(numbers, kept, strict=True)]
    refused = tuple(sorted([*judged.refused, *conflicts], key=lambda each: each.number))
    return Intake(received, int(outcome.added.sum()), int(outcome.unchanged.sum()), refused)


def _conflict(number: int, value: float) -> judging.Refusal:
    sentence = f"Another value, {value:g}, is kept already for this device, metric and time; this one was not taken."
    return judging.Refusal(number, "conflict", sentence)


def _keep_aside(rows: Sequence[judging.Good], at: datetime) -> None:
    beyond = [
        OutOfRangeReading(
            metric_id=row.metric, device_id=row.device, taken_at=row.taken_at, value=row.value, received_at=at
        )
        for row in rows
    ]
    OutOfRangeReading.objects.bulk_create(beyond, ignore_conflicts=True, batch_size=PROBE)


def _refuse_unless_taking(pilot: Pilot, actor: Actor, at: datetime) -> None:
    _refuse_unless_sender(pilot, actor)
    if pilot.state == PilotState.PLANNED:
        raise Refused("The measures are not registered yet: readings are taken from then on.")
    if not rules.takes_readings(pilot, at):
        raise Refused("The registered analysis date has come: this pilot takes no more readings.")


def _refuse_unless_sender(pilot: Pilot, actor: Actor) -> None:
    if not rules.may_send_readings(actor, pilot):
        raise NotPermitted("Only this pilot's own feeds, its supplier and the council's pilot manager send readings.")


def _refuse_unless_manager(actor: Actor, pilot: Pilot) -> None:
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager can do this.")


def _event(verb: str, pilot: Pilot, actor: Actor, at: datetime, data: dict[str, Any]) -> None:
    append_event(verb=verb, subject=pilot, actor=actor, at=at, challenge_id=pilot.challenge_id, data=data)
