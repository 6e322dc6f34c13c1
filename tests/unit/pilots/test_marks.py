"""Marks of hours come out as they went in, also those from before they were packed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pilots.storage.marks import packed, unpacked

PAIRS = st.lists(st.tuples(st.integers(1, 2**62), st.integers(-(2**20), 2**30)), min_size=1, max_size=60)


@given(PAIRS)
def test_pairs_come_out_as_they_went_in(pairs: list[tuple[int, int]]) -> None:
    columns = np.array(sorted(pairs), dtype=np.int64)
    assert unpacked(packed(columns)).tolist() == columns.tolist()
    assert unpacked(columns.astype("<i8").tobytes()).tolist() == columns.tolist()


def test_a_batch_of_a_city_stays_in_its_row() -> None:
    pairs = np.array([(device, 495_000 + hour) for device in range(1, 2801) for hour in range(4)], dtype=np.int64)
    assert len(packed(pairs)) < 2000  # beyond, PostgreSQL stores it apart
