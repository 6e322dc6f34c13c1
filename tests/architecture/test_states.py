"""Every state belongs to a table, every table can be read, and docs/states.md says what the code does."""

import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from audit.management.commands.print_states import document
from audit.transitions import TABLES, Step, Table

ROOT = Path(__file__).resolve().parents[2]
STEPS = [pytest.param(table, step, id=f"{table.noun}-{step.name}") for table in TABLES.values() for step in table.steps]


def _has_state(model: type[models.Model]) -> bool:
    return any(field.name == "state" for field in model._meta.get_fields())


def _is_ours(model: type[models.Model]) -> bool:
    return (ROOT / model.__module__.split(".")[0]).is_dir()


def test_every_model_with_a_state_has_a_table() -> None:
    with_state = {model._meta.label for model in apps.get_models() if _is_ours(model) and _has_state(model)}

    assert with_state == {model._meta.label for model in TABLES}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.noun)
def test_every_state_of_a_model_is_reached_or_left_by_a_step(table: Table) -> None:
    field = table.model._meta.get_field("state")
    reachable = {field.get_default(), *(str(step.target) for step in table.steps)}
    left = {str(source) for step in table.steps for source in step.sources}

    assert {str(state) for state in reachable} == {value for value, _ in field.choices}
    assert left <= {value for value, _ in field.choices}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.noun)
def test_no_two_steps_of_a_table_share_a_name(table: Table) -> None:
    names = [step.name for step in table.steps]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(("table", "step"), STEPS)
def test_a_steps_event_names_its_subject_and_what_happened(table: Table, step: Step) -> None:
    assert re.fullmatch(rf"{re.escape(table.noun.replace(' ', '_'))}\.[a-z_]+", step.event)


@pytest.mark.parametrize(("table", "step"), STEPS)
def test_every_check_of_a_step_says_what_it_checks(table: Table, step: Step) -> None:
    silent = [guard.__name__ for guard in table.guards(step) if not inspect.getdoc(guard)]

    assert silent == []


@pytest.mark.parametrize(("table", "step"), STEPS)
def test_every_room_that_a_step_awaits_has_spoken(table: Table, step: Step) -> None:
    assert set(step.awaits) - set(table.added.get(step.name, {})) == set()


def test_every_room_that_adds_checks_adds_them_to_a_step_that_exists() -> None:
    added = {(table.noun, name) for table in TABLES.values() for name in table.added}
    existing = {(table.noun, step.name) for table in TABLES.values() for step in table.steps}

    assert added - existing == set()


def test_the_printed_states_are_current() -> None:
    printed = ROOT / "docs" / "states.md"

    assert printed.read_text() == document(), "run: ./run manage print_states > docs/states.md"
