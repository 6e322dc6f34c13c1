"""T1, T2: whether a call takes anything is the clock's and the stored dates' matter alone."""

from datetime import UTC, datetime, timedelta

import pytest

from challenges.models import Challenge, ChallengeState
from suppliers.states import closed_sentence

CLOSED = "This call has closed. Nothing can be submitted, changed or withdrawn any more; your draft is kept."
MICROSECOND = timedelta(microseconds=1)
# The two nights on which London's clocks change, and an ordinary noon.
DEADLINES = [
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    datetime(2026, 6, 12, 11, 0, tzinfo=UTC),
]  # fmt: skip


def call(closes_at: datetime, state: str = ChallengeState.PUBLISHED) -> Challenge:
    return Challenge(state=state, opens_at=closes_at - timedelta(days=30), closes_at=closes_at)


@pytest.mark.parametrize("closes_at", DEADLINES)
def test_T2_one_microsecond_before_the_deadline_is_in_time(closes_at: datetime) -> None:
    assert closed_sentence(call(closes_at), closes_at - MICROSECOND) is None


@pytest.mark.parametrize("closes_at", DEADLINES)
def test_T2_the_deadline_itself_is_late(closes_at: datetime) -> None:
    assert closed_sentence(call(closes_at), closes_at) == CLOSED


def test_T1_a_call_opens_by_the_clock() -> None:
    noon = DEADLINES[2]

    assert closed_sentence(call(noon), noon - timedelta(days=30)) is None
    assert closed_sentence(call(noon), noon - timedelta(days=30) - MICROSECOND) == "This call has not opened yet."


@pytest.mark.parametrize("state", [ChallengeState.DRAFT, ChallengeState.CANCELLED])
def test_only_a_published_call_takes_anything(state: str) -> None:
    noon = DEADLINES[2]

    assert closed_sentence(call(noon, state), noon - MICROSECOND) == (
        "This call takes no submissions. Your draft is kept."
    )
