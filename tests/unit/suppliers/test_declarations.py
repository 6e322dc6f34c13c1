from datetime import UTC, datetime, timedelta

import pytest

from suppliers.declarations import DEBARMENT, EXCLUSION, REGISTRATION, lacking, lapses_at, needed

DAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
BOTH = {EXCLUSION: DAY, DEBARMENT: DAY}


def test_only_a_call_above_the_threshold_asks_for_the_platform() -> None:
    assert needed(is_above_threshold=False) == (EXCLUSION, DEBARMENT)
    assert needed(is_above_threshold=True) == (EXCLUSION, DEBARMENT, REGISTRATION)


def test_everything_that_is_lacking_is_told_in_order() -> None:
    assert [sentence.split()[0] for sentence in lacking(needed(is_above_threshold=True), {}, DAY)] == [
        "Declare", "Declare", "Confirm",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "days"), [(EXCLUSION, 365), (DEBARMENT, 365), (REGISTRATION, 90)])
def test_a_declaration_lasts_to_the_microsecond(kind: str, days: int) -> None:
    end = DAY + timedelta(days=days)

    assert lapses_at(kind, DAY) == end
    assert lacking((kind,), {kind: DAY}, end - timedelta(microseconds=1)) == []
    assert "again" in lacking((kind,), {kind: DAY}, end)[0]
