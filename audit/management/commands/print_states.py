"""`manage.py print_states > docs/states.md`: every record's life as a diagram and a table, printed from the code."""

import inspect
from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.models import Field

from audit.transitions import PERSONAL, TABLES, Guard, PersonalGuard, Step, Table

INTRODUCTION = """\
# How records move

Printed from the transition tables by `./run manage print_states > docs/states.md`; a test says that it is current.
One function, `audit.transitions.perform`, takes every step: it locks the row, asks who may, asks every check on the
locked row, writes the new state, and adds one event to the record.
"""
COLUMNS = ("Step", "From", "To", "Who", "What is checked", "Event, and who reads it")


class Command(BaseCommand):
    help = "Print every transition table as Markdown, with a diagram each."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")


def document() -> str:
    """The whole of docs/states.md, from the lowest room up."""
    rooms = [config.label for config in apps.get_app_configs()][::-1]
    tables = sorted(TABLES.values(), key=lambda table: rooms.index(table.model._meta.app_label))
    return "\n".join([INTRODUCTION, *(part for table in tables for part in _section(table))]).rstrip() + "\n"


def _section(table: Table) -> Iterator[str]:
    yield f"## {table.noun.capitalize()} (`{table.model._meta.label}`)\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from (f"    {line}" for line in _diagram(table))
    yield "```\n"
    yield _row(COLUMNS)
    yield _row(["---"] * len(COLUMNS))
    yield from (_row(_cells(table, step)) for step in table.steps)
    for room, guard in sorted(PERSONAL.get(table.model, {}).items()):
        yield f"\nOf the person, before every step, *added by {room}:* {_words(guard)}"
    yield ""


def _diagram(table: Table) -> Iterator[str]:
    field = cast("Field[Any, Any]", table.model._meta.get_field("state"))
    for value, words in field.choices or []:
        yield f"{value}: {words}"
    yield f"[*] --> {field.get_default()}"
    for step in table.steps:
        for source in step.sources:
            yield f"{_value(source)} --> {_value(step.target)}: {step.name}"


def _cells(table: Table, step: Step) -> list[str]:
    sources = ", ".join(_value(source) for source in step.sources)
    event = f"`{step.event}` ({step.visibility})"
    checks = "<br>".join(_checks(table, step)) or "-"
    return [f"`{step.name}`", sources, _value(step.target), _plain(step.who_words), checks, event]


def _checks(table: Table, step: Step) -> Iterator[str]:
    if step.needs_reason:
        yield "A reason is given."
    for guard in step.guards:
        yield _words(guard)
    added = table.added.get(step.name, {})
    for room in sorted({*step.awaits, *added}):
        waits = "awaited from" if room in step.awaits else "added by"
        sentences = " ".join(_words(guard) for guard in added.get(room, ())) or "Nothing yet: the step refuses."
        yield f"*{waits} {room}:* {sentences}"


def _words(guard: Guard | PersonalGuard) -> str:
    """The first paragraph of the guard's docstring, on one line; its name where it has none."""
    text = inspect.getdoc(guard) or ""
    return " ".join(text.split("\n\n")[0].split()) or f"`{guard.__name__}`"


def _value(state: Any) -> str:
    return str(getattr(state, "value", state))


def _plain(words: str) -> str:
    return words.strip(" ,")


def _row(cells: Any) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
