"""Plays stories in the order of their times, on a clock that only moves forward."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from audit import clock

Story = Iterator[datetime]


def play(stories: Iterable[Story], *, tell: Callable[[datetime], None] = lambda at: None) -> None:
    """Run every story to its end. A story yields the instant at which it wants to go on; the earliest goes first."""
    waiting: list[tuple[datetime, int, Story]] = []
    for number, story in enumerate(stories):
        _wait(waiting, number, story)
    while waiting:
        instant, number, story = heapq.heappop(waiting)
        if instant > clock.now():
            clock.move_to(instant)
            tell(instant)
        _wait(waiting, number, story)


def _wait(waiting: list[tuple[datetime, int, Story]], number: int, story: Story) -> None:
    instant = next(story, None)
    if instant is not None:
        heapq.heappush(waiting, (instant, number, story))
