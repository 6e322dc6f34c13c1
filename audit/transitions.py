"""The one function that moves a record from one state to the next, and the tables it reads.

Each room declares a `Table` in its `states.py`. `perform` locks the row, asks the rule, asks the guards on the locked
row, writes, and adds one event. A guard returns `None`, or the sentence that the user reads.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from audit.actors import Actor
from audit.models import Event, Visibility

Guard = Callable[[Any, datetime], str | None]
Rule = Callable[[Any, Any], bool]
# Record, name of the step, actor: why this person does not take it.
PersonalGuard = Callable[[Any, str, Any], str | None]
EventParts = dict[str, Any]  # the fields of an event


class Refused(Exception):  # noqa: N818 - it reads as what it says: the step is refused
    """A step that may not happen now; `sentences` say why, to the person who tried."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


class NotPermitted(Refused):
    """A step that this actor may not take."""


class Pointing(str):
    """A sentence that stands in the way, and the address of the page on which that can be changed."""

    url: str

    def __new__(cls, words: str, url: str) -> "Pointing":
        made = super().__new__(cls, words)
        made.url = url
        return made


@dataclass(frozen=True)
class Step:
    """A row of a transition table. `awaits` names rooms that must add a guard before the step can ever happen."""

    name: str
    sources: tuple[str, ...]
    target: str
    who: Rule
    who_words: str
    event: str
    guards: tuple[Guard, ...] = ()
    awaits: tuple[str, ...] = ()
    visibility: str = Visibility.COUNCIL
    needs_reason: bool = False


@dataclass
class Table:
    """All steps of one model's `state` field."""

    model: type[models.Model]
    noun: str
    steps: tuple[Step, ...]
    challenge_id: Callable[[Any], int | None]

    @property
    def added(self) -> dict[str, dict[str, tuple[Guard, ...]]]:
        """Guards that higher rooms added, by step and room."""
        return ADDED.get(self.model, {})

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    def guards(self, step: Step) -> tuple[Guard, ...]:
        return step.guards + tuple(guard for added in self.added.get(step.name, {}).values() for guard in added)


TABLES: dict[type[models.Model], Table] = {}
# Kept beside the tables, not in them: a higher room may speak before the lower room's table is registered.
ADDED: dict[type[models.Model], dict[str, dict[str, tuple[Guard, ...]]]] = {}

PERSONAL: dict[type[models.Model], dict[str, PersonalGuard]] = {}


def register(table: Table) -> Table:
    """Make a table known; called once per model, in its `states.py`."""
    TABLES[table.model] = table
    return table


def add_guards(model: type[models.Model], step: str, *, room: str, guards: tuple[Guard, ...]) -> None:
    """Let a higher room guard a lower room's step; called from the higher room's AppConfig.ready."""
    ADDED.setdefault(model, {}).setdefault(step, {})[room] = guards


def add_personal_guard(model: type[models.Model], *, room: str, guard: PersonalGuard) -> None:
    """Let a higher room ask about the person before every step of this model; called from AppConfig.ready."""
    PERSONAL.setdefault(model, {})[room] = guard


def personal_objections(record: models.Model, name: str, actor: Actor) -> list[str]:
    """Every sentence that keeps this person from a step which their role would allow; empty when none does."""
    guards = PERSONAL.get(type(record), {}).values()
    return [sentence for guard in guards if (sentence := guard(record, name, actor))]


def objections(record: models.Model, name: str, *, at: datetime) -> list[str]:
    """Every sentence that stands in the way of a step now (state first, then guards); empty when it may go ahead."""
    table = TABLES[type(record)]
    step = table.step(name)
    if record.state not in step.sources:  # type: ignore[attr-defined]
        return [_wrong_state(record, step)]
    missing = [room for room in step.awaits if room not in table.added.get(name, {})]
    if missing:
        return [f"This step waits for checks by {', '.join(missing)}, which are not installed."]
    return [sentence for guard in table.guards(step) if (sentence := guard(record, at))]


@transaction.atomic
def perform(  # noqa: PLR0913 - the parts of one sentence: who moves what, how, when, why, with what
    record: models.Model,
    name: str,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Take step `name` on `record`: lock, check who, check guards, write `changes` and the new state, add the event.

    `record` is refreshed in place. Raises NotPermitted or Refused, and then nothing was written.
    """
    table = TABLES[type(record)]
    step = table.step(name)
    lock(record)
    if not step.who(actor, record):
        raise NotPermitted(f"Only {step.who_words} can do this.")
    if step.needs_reason and not reason.strip():
        raise Refused("Give a reason: it is published with this step.")
    if sentences := [*objections(record, name, at=at), *personal_objections(record, name, actor)]:
        raise Refused(*sentences)
    was = record.state  # type: ignore[attr-defined]
    for field_name, value in {**(changes or {}), "state": step.target}.items():
        setattr(record, field_name, value)
    record.save(update_fields=[*(changes or {}), "state"])
    return append_event(
        verb=step.event,
        subject=record,
        actor=actor,
        at=at,
        reason=reason,
        visibility=step.visibility,
        challenge_id=table.challenge_id(record),
        data={"from": was, "to": step.target, **(data or {})},
    )


def append_event(  # noqa: PLR0913 - an event has this many parts
    *,
    verb: str,
    subject: models.Model,
    actor: Actor,
    at: datetime,
    challenge_id: int | None,
    visibility: str = Visibility.COUNCIL,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Add one event to the record (for actions that change no state); returns it."""
    return append(draft_event(
        verb=verb, subject=subject, actor=actor, at=at, challenge_id=challenge_id, visibility=visibility, reason=reason,
        data=data,
    ))  # fmt: skip


def append(parts: EventParts) -> Event:
    """Add a drafted event to the record; returns it."""
    event = Event(**parts)
    event.save(force_insert=True)
    return event


def draft_event(  # noqa: PLR0913 - an event has this many parts
    *,
    verb: str,
    subject: models.Model,
    actor: Actor,
    at: datetime,
    challenge_id: int | None,
    visibility: str = Visibility.COUNCIL,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> EventParts:
    """An event that is not on the record yet: for `append`, and for who sends it along with other statements."""
    return {
        "at": at, "verb": verb, "actor_key": actor.actor_key, "actor_label": actor.actor_label,
        "subject_type": subject._meta.label_lower, "subject_id": subject.pk, "challenge_id": challenge_id,
        "visibility": visibility, "reason": reason, "data": dict(data or {}),
    }  # fmt: skip


def insertion(parts: EventParts) -> tuple[str, list[Any]]:
    """The statement that adds a drafted event, and its values: in plain SQL, a tenth of what the ORM costs."""
    return _INSERTION, [_column(parts[name]) for name in _COLUMNS]


# Each part is a column, of the same name.
_COLUMNS = [str(field.column) for field in Event._meta.concrete_fields if not field.primary_key]
_INSERTION = (  # of the model's own names
    f"INSERT INTO {Event._meta.db_table} ({', '.join(_COLUMNS)}) "  # noqa: S608
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
)


def _column(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value)
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def lock(record: models.Model) -> None:
    """Lock the record's row until the transaction ends, refresh the record from it, and forget what was read around."""
    fresh = type(record)._base_manager.select_for_update(of=("self",)).get(pk=record.pk)
    for model_field in record._meta.concrete_fields:
        setattr(record, model_field.attname, getattr(fresh, model_field.attname))
    record.__dict__.pop("_prefetched_objects_cache", None)


def stands(record: models.Model) -> str:
    """Where a record is, as a sentence begins: the words of its state in quotes, for they are of every kind."""
    words: Any = record
    return f"The {TABLES[type(record)].noun} stands at “{words.get_state_display()}”"


def _wrong_state(record: models.Model, step: Step) -> str:
    if record.state == step.target:  # type: ignore[attr-defined]
        return f"{stands(record)} already: nothing is left to do here."
    labels = dict(getattr(record._meta.get_field("state"), "choices", None) or [])
    wanted = " or ".join(f"“{labels[source]}”" for source in step.sources)
    return (
        f"{stands(record)}. “{step.name.replace('_', ' ').capitalize()}” can be done only while it stands at {wanted}."
    )
