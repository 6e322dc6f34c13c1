"""Where a device stood on a day. Pure: days of devices and their moves in, days at the right sites out (P4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pilots.formats import DayOfDevice

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Move:
    """From the day after `on`, the device stands at `site`."""

    on: date
    site: str
    arm: str


@dataclass(frozen=True)
class Stay:
    """A device stood at a site on every day from `first` to `last`."""

    first: date
    last: date


def stays(site: str, moves: Sequence[Move], since: date = date.min) -> Iterator[tuple[str, Stay]]:
    """Where a device that stood at `site` at first was, and when, in order; the day of a move belongs to neither."""
    here, first = site, since
    for move in moves:
        if first < move.on:
            yield here, Stay(first, move.on - ONE_DAY)
        here, first = move.site, move.on + ONE_DAY
    yield here, Stay(first, date.max)


def placed(days: Iterable[DayOfDevice], moves: Mapping[str, Sequence[Move]]) -> Iterator[DayOfDevice]:
    """Each day at the site where its device stood; days of a move are left out. `moves` are in order, by device."""
    for day in days:
        if day.device not in moves:
            yield day
        elif all(move.on != day.day for move in moves[day.device]):
            site, arm = where(day.device, day.site, day.arm, day.day, moves)
            yield replace(day, site=site, arm=arm)


def where(device: str, site: str, arm: str, day: date, moves: Mapping[str, Sequence[Move]]) -> tuple[str, str]:
    """Site and arm of a device on a day; `site` and `arm` are those that it was registered at."""
    last = next((move for move in reversed(moves.get(device, ())) if move.on < day), None)
    return (last.site, last.arm) if last else (site, arm)
