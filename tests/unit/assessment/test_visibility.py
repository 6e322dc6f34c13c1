"""The wall as a table: every role in every phase, then each exception by itself."""

import pytest

from assessment.visibility import (
    BLIND_SUBMISSION_FIELDS,
    IDENTITY_FIELDS,
    NOTHING,
    PRICE_FIELDS,
    MarkRecord,
    Phase,
    Role,
    Viewer,
    is_finished,
    may_see_spread,
    visible_fields,
    visible_marks,
)

MINE = MarkRecord("me", "S1", is_submitted=True)
MY_DRAFT = MarkRecord("me", "S2")
THEIRS = MarkRecord("them", "S1", is_submitted=True)
THEIR_DRAFT = MarkRecord("them", "S2")
VOIDED = MarkRecord("recused", "S1", is_submitted=True, is_voided=True)
MARKS = [MINE, THEIRS, THEIR_DRAFT, VOIDED]
BLIND_AND_PRICES = BLIND_SUBMISSION_FIELDS | PRICE_FIELDS
ALL = BLIND_AND_PRICES | IDENTITY_FIELDS


def seen(viewer, phase, marks=MARKS):
    return list(visible_marks(viewer, phase, marks))


def declared(role, **changes):
    return Viewer(role, "me", has_declared=True, **changes)


# role: what is seen while DECLARING, MARKING, MODERATING, PRICES, RANKED, DECIDED
MARKS_SEEN = {
    "chair": [[], [MINE], [MINE, THEIRS], [MINE, THEIRS], [MINE, THEIRS], [MINE, THEIRS]],
    "assessor": [[], [MINE], [MINE], [MINE], [MINE], [MINE]],
    "observer": [[], [], [], [MINE, THEIRS], [MINE, THEIRS], [MINE, THEIRS]],
    "approver": [[], [], [], [], [MINE, THEIRS], [MINE, THEIRS]],
    "auditor": [[], [], [], [], [], [MINE, THEIRS, VOIDED]],
    "outsider": [[], [], [], [], [], []],
}
FIELDS_SEEN = {
    "chair": [NOTHING, BLIND_SUBMISSION_FIELDS, BLIND_SUBMISSION_FIELDS, BLIND_AND_PRICES, ALL, ALL],
    "assessor": [NOTHING, BLIND_SUBMISSION_FIELDS, BLIND_SUBMISSION_FIELDS, BLIND_AND_PRICES, ALL, ALL],
    "observer": [NOTHING, NOTHING, NOTHING, BLIND_AND_PRICES, ALL, ALL],
    "approver": [NOTHING, NOTHING, NOTHING, NOTHING, ALL, ALL],
    "auditor": [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, ALL],
    "outsider": [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING],
}


def cells(table):
    return [(Role(role), phase, row[phase - 1]) for role, row in table.items() for phase in Phase]


def test_the_tables_name_every_role():
    assert list(MARKS_SEEN) == list(FIELDS_SEEN) == [role.value for role in Role]


@pytest.mark.parametrize(("role", "phase", "expected"), cells(MARKS_SEEN))
def test_A4_A14_marks_by_role_and_phase(role, phase, expected):
    assert seen(declared(role), phase) == expected


@pytest.mark.parametrize(("role", "phase", "expected"), cells(FIELDS_SEEN))
def test_A6_A9_fields_by_role_and_phase(role, phase, expected):
    assert visible_fields(declared(role), phase, "S1") == expected


@pytest.mark.parametrize("phase", list(Phase)[1:])
def test_A4_a_finished_assessor_sees_what_others_have_submitted(phase):
    assert seen(declared(Role.ASSESSOR, has_finished=True), phase) == [MINE, THEIRS]


@pytest.mark.parametrize("phase", list(Phase)[1:])
def test_A4_a_mark_of_ones_own_still_open_hides_the_others_again(phase):
    viewer = declared(Role.ASSESSOR, has_finished=True)

    assert seen(viewer, phase, [*MARKS, MY_DRAFT]) == [MINE, MY_DRAFT]


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("role", [Role.CHAIR, Role.ASSESSOR, Role.OBSERVER, Role.APPROVER])
def test_A3_nothing_before_interests_are_declared(role, phase):
    viewer = Viewer(role, "me", has_declared=False, has_finished=True)

    assert seen(viewer, phase) == []
    assert visible_fields(viewer, phase, "S1") == NOTHING
    assert may_see_spread(viewer, phase, "S1", [MINE, THEIRS]) is False


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("role", list(Role))
def test_A3_nobody_sees_anything_of_a_submission_they_are_recused_from(role, phase):
    viewer = declared(role, has_finished=True, recused=frozenset({"S1"}))

    assert seen(viewer, phase, [MINE, THEIRS, VOIDED]) == []
    assert visible_fields(viewer, phase, "S1") == NOTHING
    assert may_see_spread(viewer, phase, "S1", [MINE, THEIRS]) is False


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("role", list(Role))
def test_A8_the_price_of_a_disregarded_submission_is_opened_to_nobody(role, phase):
    fields = visible_fields(declared(role), phase, "S1", is_admissible=False)

    assert fields & PRICE_FIELDS == NOTHING


@pytest.mark.parametrize("role", list(Role))
def test_A14_only_the_chair_sees_the_spread_and_only_after_marking(role):
    shown = [phase for phase in Phase if may_see_spread(declared(role), phase, "S1", [MINE, THEIRS, VOIDED])]

    assert shown == (list(Phase)[2:] if role is Role.CHAIR else [])


def test_A14_no_spread_while_a_mark_is_open_again():
    assert may_see_spread(declared(Role.CHAIR), Phase.MODERATING, "S1", [MINE, THEIR_DRAFT]) is False


def test_A6_the_blind_fields_hold_neither_price_nor_name():
    assert {"pseudonym", "answers", "clause_responses", "attachments"} == BLIND_SUBMISSION_FIELDS
    assert BLIND_SUBMISSION_FIELDS & (PRICE_FIELDS | IDENTITY_FIELDS) == NOTHING


@pytest.mark.parametrize(
    ("owed", "submitted", "expected"),
    [
        (set(), set(), False),
        ({("S1", "fit")}, set(), False),
        ({("S1", "fit"), ("S1", "plan")}, {("S1", "fit")}, False),
        ({("S1", "fit")}, {("S1", "fit"), ("S2", "fit")}, True),
    ],
)
def test_A4_finished_means_every_mark_owed(owed, submitted, expected):
    assert is_finished(owed, submitted) is expected
