"""T1, T2: whether a call is open is asked of the clock at every instant, to the microsecond, across both changes."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Council
from challenges.models import Challenge, ChallengeState, Phase
from challenges.rules import is_open, takes_questions

MICRO = timedelta(microseconds=1)


def call(opens_at: datetime, closes_at: datetime, state: str = ChallengeState.PUBLISHED) -> Challenge:
    return Challenge(
        council=Council(name="A"), title="A", state=state, opens_at=opens_at, closes_at=closes_at,
        questions_close_at=closes_at - timedelta(days=3), answers_due_at=closes_at - timedelta(days=2),
    )  # fmt: skip


# Noon in London on the Sunday of each change: 11:00 UTC in summer, 12:00 UTC in winter; and inside the doubled hour.
DEADLINES = {
    "an ordinary day": datetime(2026, 6, 12, 11, 0, tzinfo=UTC),
    "the morning the clocks go forward": datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    "the noon after they went forward": datetime(2027, 3, 28, 11, 0, tzinfo=UTC),
    "the first of two half past ones": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    "the second of two half past ones": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    "the noon after they went back": datetime(2026, 10, 25, 12, 0, tzinfo=UTC),
}


@pytest.mark.parametrize("when", DEADLINES)
def test_T2_open_up_to_the_deadline_and_not_at_it(when: str) -> None:
    closes = DEADLINES[when]
    challenge = call(closes - timedelta(days=30), closes)

    seen = [is_open(challenge, instant) for instant in (closes - MICRO, closes, closes + MICRO)]

    assert seen == [True, False, False]
    assert (challenge.phase(closes - MICRO), challenge.phase(closes)) == (Phase.OPEN, Phase.CLOSED)


def test_T1_open_from_the_opening_instant_on() -> None:
    opens = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
    challenge = call(opens, opens + timedelta(days=30))

    assert [is_open(challenge, opens - MICRO), is_open(challenge, opens)] == [False, True]
    assert (challenge.phase(opens - MICRO), challenge.phase(opens)) == (Phase.UPCOMING, Phase.OPEN)


@pytest.mark.parametrize("state", [state for state in ChallengeState if state != ChallengeState.PUBLISHED])
def test_T1_no_other_state_is_ever_open(state: str) -> None:
    opens = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)

    assert is_open(call(opens, opens + timedelta(days=30), state), opens + timedelta(days=1)) is False


def test_Q1_questions_are_taken_up_to_their_instant() -> None:
    closes = datetime(2026, 6, 30, 11, 0, tzinfo=UTC)
    challenge = call(closes - timedelta(days=30), closes)
    end = challenge.questions_close_at

    assert [takes_questions(challenge, end - MICRO), takes_questions(challenge, end)] == [True, False]
