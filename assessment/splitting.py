"""Who marks what: every submission by the same number of assessors, nobody much more than anybody else. Pure."""

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

Assessor = TypeVar("Assessor", bound=Hashable)
Item = TypeVar("Item", bound=Hashable)


def split(
    submissions: Sequence[Item],
    assessors: Sequence[Assessor],
    *,
    each: int,
    recused: Mapping[Assessor, frozenset[Item]],
    kept: Mapping[Item, frozenset[Assessor]] | None = None,
) -> dict[Item, frozenset[Assessor]]:
    """Assign `each` assessors to every submission, fewer only where too few are left without an interest.

    `kept` stays as it is and is added to, so that a mark once given is never moved to somebody else. No single or
    chained exchange of the rest could make the loads more equal. The same input gives the same result.
    """
    fixed = {item: frozenset((kept or {}).get(item, ())) for item in submissions}
    chosen: dict[Item, set[Assessor]] = {item: set(fixed[item]) for item in submissions}
    load: Counter[Assessor] = Counter(person for people in chosen.values() for person in people)
    met: Counter[frozenset[Assessor]] = Counter()  # who marks together: mixed, so that marks can be compared
    free = {item: [a for a in assessors if item not in recused.get(a, frozenset())] for item in submissions}
    for item in sorted(submissions, key=lambda each_item: len(free[each_item])):
        while len(chosen[item]) < each and (left := [a for a in free[item] if a not in chosen[item]]):
            person = min(left, key=lambda a: (load[a], sum(met[frozenset((a, b))] for b in chosen[item])))
            met.update(frozenset((person, other)) for other in chosen[item])
            chosen[item].add(person)
            load[person] += 1
    while path := _improving(chosen, fixed, free, load, assessors):
        for giver, item, taker in path:
            chosen[item] = chosen[item] - {giver} | {taker}
        load[path[0][0]] -= 1
        load[path[-1][2]] += 1
    return {item: frozenset(people) for item, people in chosen.items()}


def _improving(
    chosen: Mapping[Item, set[Assessor]],
    fixed: Mapping[Item, frozenset[Assessor]],
    free: Mapping[Item, list[Assessor]],
    load: Mapping[Assessor, int],
    assessors: Iterable[Assessor],
) -> list[tuple[Assessor, Item, Assessor]]:
    """A chain of hand-overs from somebody to somebody who has at least two fewer; empty when there is none."""
    for start in sorted(assessors, key=lambda a: -load.get(a, 0)):
        came: dict[Assessor, tuple[Assessor, Item, Assessor] | None] = {start: None}
        queue = deque([start])
        while queue:
            giver = queue.popleft()
            if load.get(giver, 0) <= load.get(start, 0) - 2:
                return _back(came, giver)
            for item, taker in _offers(giver, chosen, fixed, free):
                if taker not in came:
                    came[taker] = (giver, item, taker)
                    queue.append(taker)
    return []


def _offers(
    giver: Assessor,
    chosen: Mapping[Item, set[Assessor]],
    fixed: Mapping[Item, frozenset[Assessor]],
    free: Mapping[Item, list[Assessor]],
) -> Iterable[tuple[Item, Assessor]]:
    for item, people in chosen.items():
        if giver in people and giver not in fixed[item]:
            yield from ((item, taker) for taker in free[item] if taker not in people)


def _back(
    came: Mapping[Assessor, tuple[Assessor, Item, Assessor] | None], end: Assessor
) -> list[tuple[Assessor, Item, Assessor]]:
    path = []
    while (step := came[end]) is not None:
        path.append(step)
        end = step[0]
    return path[::-1]
