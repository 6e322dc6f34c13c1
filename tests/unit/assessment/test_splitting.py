"""Who marks what, without a database."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assessment.splitting import split

NOBODY: dict[str, frozenset[int]] = {}


def loads(shared):
    return Counter(person for people in shared.values() for person in people)


def test_sixty_submissions_by_three_of_five_are_shared_evenly():
    shared = split(range(60), "ABCDE", each=3, recused=NOBODY)

    assert {len(people) for people in shared.values()} == {3}
    assert set(loads(shared).values()) == {36}


def test_assessors_meet_in_many_pairs_so_that_their_marks_can_be_compared():
    shared = split(range(12), "ABCD", each=2, recused=NOBODY)

    assert len(set(shared.values())) == 6


def test_A3_nobody_gets_what_they_are_recused_from_and_too_few_stay_too_few():
    recused = {"A": frozenset({0, 1}), "B": frozenset({0})}

    shared = split([0, 1], "ABC", each=2, recused=recused)

    assert shared == {0: frozenset("C"), 1: frozenset("BC")}


def test_a_submission_somebody_began_stays_theirs():
    shared = split([0, 1, 2], "AB", each=1, recused=NOBODY, kept={0: frozenset("A"), 1: frozenset("A")})

    assert shared == {0: frozenset("A"), 1: frozenset("A"), 2: frozenset("B")}


def test_a_chain_of_exchanges_is_found():
    # Only C could take something over from A, and only through B.
    recused = {"A": frozenset({3}), "B": frozenset({0}), "C": frozenset({0, 1, 2})}
    shared = split([0, 1, 2, 3], "ABC", each=1, recused=recused)

    assert sorted(loads(shared).values()) == [1, 1, 2]


@given(
    st.integers(1, 12), st.integers(1, 5), st.integers(1, 4),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 11)), max_size=20),
)  # fmt: skip
def test_everybody_asked_for_who_is_free_and_never_two_apart_without_a_reason(submissions, people, each, conflicts):
    assessors = list(range(people))
    recused = {a: frozenset(s for person, s in conflicts if person == a) for a in assessors}

    shared = split(range(submissions), assessors, each=each, recused=recused)

    for item, chosen in shared.items():
        free = {a for a in assessors if item not in recused[a]}
        assert chosen <= free
        assert len(chosen) == min(each, len(free))
    load = loads(shared)
    for item, chosen in shared.items():
        for giver in chosen:
            for taker in assessors:
                could = taker not in chosen and item not in recused[taker]
                assert not (could and load[giver] - load[taker] >= 2)
