"""How firmly a ranking stands (A15): for the auditor's file, after the decision, never public."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessment.scoring.judging import Judged, Rules, share_of
from assessment.scoring.prices import ONE, ZERO
from assessment.scoring.ranking import Scored, Worked, placed, price_shares, priced, work_out
from assessment.scoring.shapes import Case, Ranked

FROM_LOWEST = ("relative", "qcbs", "linear_from_lowest")


@dataclass(frozen=True)
class WithoutOne:
    """What the ranking of the others would be if one that did not win had not taken part."""

    without: str
    first: tuple[str, ...]
    winner_changes: bool


@dataclass(frozen=True)
class WeightChange:
    """The smallest change of weights that would bring ``rival`` level with the winner.

    ``points`` is how many points of weight move from some criteria to others; ``weights`` are the weights afterwards.
    """

    rival: str
    points: Fraction
    weights: Mapping[str, Fraction]


@dataclass(frozen=True)
class Robustness:
    """``winner`` holds everybody on rank 1. ``changes`` lists only what would change the order of the others."""

    winner: tuple[str, ...]
    checked: int
    changes: tuple[WithoutOne, ...]
    weight_change: WeightChange | None


def robustness(case: Case) -> Robustness:
    """Leave out each loser in turn, and find the smallest change of weights that changes the winner. Exact.

    Who is admissible is held fast: thresholds were applied with the published weights. Raises ScoringError as `rank`.
    """
    worked = work_out(case)
    ranking = placed(worked, worked.scored)
    winner = tuple(row.id for row in ranking if row.rank == 1)
    losers = [row for row in worked.scored if row.id not in winner]
    return Robustness(
        winner=winner,
        checked=len(losers),
        changes=tuple(_without_each(worked, ranking, losers)),
        weight_change=_smallest_change(worked, ranking),
    )


def _without_each(worked: Worked, ranking: Sequence[Ranked], losers: Sequence[Scored]) -> Iterator[WithoutOne]:
    movers = _movers(worked)
    for loser in losers:
        if loser.id not in movers:
            continue
        rest = [row for row in worked.scored if row.id != loser.id]
        again = placed(worked, _rescored(worked.rules, rest))
        if _order(again) != _order([row for row in ranking if row.id != loser.id]):
            first = tuple(row.id for row in again if row.rank == 1)
            yield WithoutOne(loser.id, first, first != tuple(row.id for row in ranking if row.rank == 1))


def _movers(worked: Worked) -> frozenset[str]:
    """Those without whom another price would be worth something else; told by the formula, before any sum."""
    formula = worked.rules.price.formula if worked.rules.price else None
    if formula in FROM_LOWEST:
        lowest = min((row.price for row in worked.scored), default=ZERO)
        low = [row.id for row in worked.scored if row.price == lowest]
        return frozenset(low if len(low) == 1 else ())
    return frozenset(row.id for row in worked.scored if formula == "mean")


def _rescored(rules: Rules, rows: Sequence[Scored]) -> tuple[Scored, ...]:
    return priced(rules, [Judged(row.entry, _without_price(rules, row), row.quality, row.groups) for row in rows])


def _without_price(rules: Rules, row: Scored) -> dict[str, Fraction]:
    return {c.code: row.scores[c.code] for c in rules.judged}


def _order(ranking: Sequence[Ranked]) -> list[list[str]]:
    """The ids in their order, those of a shared rank together."""
    order: dict[int, list[str]] = {}
    for row in ranking:
        order.setdefault(row.rank, []).append(row.id)
    return list(order.values())


def _smallest_change(worked: Worked, ranking: Sequence[Ranked]) -> WeightChange | None:
    if len(ranking) < 2:
        return None
    shares = _shares(worked)
    first, *others = (row.id for row in ranking)
    prices = {row.id: row.price for row in worked.scored}
    found = []
    for rival in others:
        # Under price per point the winner is ahead while rival's price x own quality exceeds own price x rival's.
        own, other = (prices[rival], prices[first]) if worked.rules.basis != "points" else (ONE, ONE)
        leads = {code: own * shares[first][code] - other * shares[rival][code] for code in worked.rules.weights}
        change = _change_for(rival, leads, shares[first], worked.rules.weights)
        if change and _has_quality(worked, change.weights, shares[first]):
            found.append(change)
    return min(found, key=lambda change: change.points, default=None)


def _has_quality(worked: Worked, weights: Mapping[str, Fraction], reached: Mapping[str, Fraction]) -> bool:
    """Without any quality points nobody has a price per point: being level there is no change of the winner."""
    return worked.rules.basis == "points" or any(weights[code] * reached[code] for code in weights)


def _change_for(
    rival: str, leads: Mapping[str, Fraction], reached: Mapping[str, Fraction], published: Mapping[str, Fraction]
) -> WeightChange | None:
    """Move weight from where the winner leads most to where it leads least (or trails most), until they are level.

    ``leads`` is by how much the winner leads per point of weight. A point moved closes the gap by the difference of two
    leads, so taking the largest first is the cheapest way; None when no weights at all bring the rival level. Among the
    least leads weight goes where the winner reached most, so that no more of the quality is lost than has to be.
    """
    gap = sum((published[code] * leads[code] for code in leads), ZERO)
    least = min(leads, key=lambda code: (leads[code], -reached[code], code))
    weights, moved = dict(published), ZERO
    for code in sorted(leads, key=lambda code: (-leads[code], code)):
        gain = leads[code] - leads[least]
        if gap <= 0 or not gain:
            break
        step = min(weights[code], gap / gain)
        weights[code] -= step
        weights[least] += step
        moved, gap = moved + step, gap - step * gain
    return WeightChange(rival, moved, weights) if gap <= 0 else None


def _shares(worked: Worked) -> dict[str, dict[str, Fraction]]:
    """What each submission reached of each criterion, from 0 to 1, whatever its weight."""
    rules, rows = worked.rules, worked.scored
    shares = {row.id: {c.code: share_of(row.entry, c) for c in rules.judged} for row in rows}
    if rules.price is not None and rules.basis == "points":
        found = price_shares(rules.price, [row.price for row in rows], [row.quality for row in rows])
        for row, share in zip(rows, found, strict=True):
            shares[row.id][rules.price.code] = share
    return shares
