import pytest

from suppliers.effort import Estimate, Part, estimate
from suppliers.small_cells import shown


def test_the_estimate_is_the_sum_of_its_parts_and_says_how_each_was_computed() -> None:
    found = estimate([400, 200], yes_or_no=3, graded=2)

    assert [part.minutes for part in found.parts] == [20, 180, 70, 45, 30, 15]
    assert found.minutes == 360
    assert found.words == "about 6 hours"
    assert found.parts[1] == Part(
        "2 answers in words", "at most 600 words at 200 words an hour, thinking included", 180
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "about ½ hour"), (30, "about ½ hour"), (31, "about 1 hour"), (61, "about 1½ hours"), (120, "about 2 hours")],
)
def test_hours_are_rounded_up_to_halves(minutes: int, words: str) -> None:
    assert Estimate((Part("", "", minutes),)).words == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5 or more"), (9, "5 or more"), (10, "10 or more")],
)
def test_small_counts_are_hidden_and_single_steps_cannot_be_seen(count: int, words: str) -> None:
    assert shown(count) == words
