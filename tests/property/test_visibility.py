"""What the wall never does, whoever looks at whatever list in whatever phase (A3, A4, A6, A8, A14)."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assessment.visibility import (
    PRICE_FIELDS,
    MarkRecord,
    Phase,
    Role,
    Viewer,
    may_see_spread,
    visible_fields,
    visible_marks,
)

people = st.sampled_from(["ann", "bo", "cy", "di"])
submissions = st.sampled_from(["S1", "S2", "S3"])
phases = st.sampled_from(Phase)
marks = st.lists(st.builds(MarkRecord, people, submissions, st.booleans(), st.booleans()), max_size=12)
viewers = st.builds(
    Viewer, st.sampled_from(Role), people, st.booleans(), st.booleans(), st.frozensets(submissions, max_size=2)
)
declared_viewers = viewers.map(lambda viewer: replace(viewer, has_declared=True))


@given(viewers, phases, marks)
def test_A3_a_recused_or_undeclared_viewer_sees_nothing(viewer, phase, listed):
    shown = list(visible_marks(viewer, phase, listed))

    assert [mark for mark in shown if mark.submission_id in viewer.recused] == []
    if not viewer.has_declared and viewer.role is not Role.AUDITOR:
        assert shown == []


@given(declared_viewers, phases, marks)
def test_A4_an_unfinished_assessor_sees_only_their_own(viewer, phase, listed):
    viewer = replace(viewer, role=Role.ASSESSOR)
    has_open = any(mark.assessor_id == viewer.id and not mark.is_submitted for mark in listed)

    shown = list(visible_marks(viewer, phase, listed))

    if has_open or not viewer.has_finished:
        assert {mark.assessor_id for mark in shown} <= {viewer.id}


@given(declared_viewers, phases, marks)
def test_A4_a_draft_mark_is_its_authors_alone(viewer, phase, listed):
    others = [mark for mark in visible_marks(viewer, phase, listed) if mark.assessor_id != viewer.id]

    assert all(mark.is_submitted for mark in others)


@given(declared_viewers, phases, marks)
def test_A3_voided_marks_are_for_the_auditor(viewer, phase, listed):
    shown = [mark for mark in visible_marks(viewer, phase, listed) if mark.is_voided]

    assert shown == [] or (viewer.role is Role.AUDITOR and phase is Phase.DECIDED)


@given(declared_viewers, phases, marks)
def test_the_wall_filters_and_never_reorders_or_invents(viewer, phase, listed):
    remaining = iter(listed)

    assert all(any(mark is other for other in remaining) for mark in visible_marks(viewer, phase, listed))


@given(declared_viewers, marks)
def test_what_is_seen_only_grows_with_the_round(viewer, listed):
    counts = [len(list(visible_marks(viewer, phase, listed))) for phase in Phase]

    assert counts == sorted(counts)


@given(viewers, phases, submissions, st.booleans())
def test_A9_prices_stay_closed_before_their_phase_and_for_the_disregarded(viewer, phase, submission, is_admissible):
    fields = visible_fields(viewer, phase, submission, is_admissible=is_admissible)

    if phase < Phase.PRICES or not is_admissible:
        assert fields.isdisjoint(PRICE_FIELDS)


@given(viewers, phases, submissions, marks)
def test_A14_a_spread_is_never_shown_before_the_marks_are_locked(viewer, phase, submission, listed):
    if may_see_spread(viewer, phase, submission, listed):
        assert phase >= Phase.MODERATING
        assert all(mark.is_submitted or mark.is_voided for mark in listed)
