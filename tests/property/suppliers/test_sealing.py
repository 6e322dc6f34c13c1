"""Boxes, canonical JSON and receipts, for any content."""

import json
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from suppliers import sealing

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(32))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
PLACES = st.fixed_dictionaries({"challenge": TEXT, "submission": TEXT, "kind": TEXT})


@given(VALUES, st.randoms(use_true_random=False))
def test_S5_the_hash_does_not_depend_on_order_or_on_a_trip_through_a_file(value: object, order: random.Random) -> None:
    def shuffled(part: object) -> object:
        if isinstance(part, dict):
            items = [(name, shuffled(inner)) for name, inner in part.items()]
            order.shuffle(items)
            return dict(items)
        return [shuffled(inner) for inner in part] if isinstance(part, list) else part

    read_back = json.loads(json.dumps(shuffled(value), indent=3))

    assert sealing.sha256(read_back) == sealing.sha256(value)


@given(st.binary(max_size=300), PLACES, PLACES)
def test_a_box_opens_in_its_own_place_and_in_no_other(
    plain: bytes, place: dict[str, str], other: dict[str, str]
) -> None:
    key = bytes(32)
    box = sealing.seal(key, plain, **place)

    assert sealing.open_box(key, box, **place) == plain
    if other != place:
        with pytest.raises(sealing.CannotOpenError):
            sealing.open_box(key, box, **other)


@given(st.binary(max_size=80))
def test_no_bytes_at_all_open_by_chance_or_break_the_reader(box: bytes) -> None:
    with pytest.raises(sealing.CannotOpenError):
        sealing.open_box(bytes(32), box, kind="content_box")


@given(st.dictionaries(TEXT.filter(lambda name: name != "signature"), VALUES, max_size=4), TEXT, VALUES)
def test_S5_a_receipt_verifies_until_anything_in_it_changes(more: dict[str, object], name: str, value: object) -> None:
    fields = {
        **more,
        "received_at": "2026-06-12T11:00:00+00:00",
        "sha256": "0" * 64,
        "challenge": "c",
        "submission": "s",
    }
    receipt = sealing.sign_receipt(fields, SIGNER)
    changed = {**receipt, name: value}

    assert sealing.verify_receipt(receipt, SIGNER.public_key()) is None
    same = sealing.canonical(changed) == sealing.canonical(receipt)
    assert (sealing.verify_receipt(changed, SIGNER.public_key()) is None) is same


@given(VALUES)
def test_anything_may_be_shown_to_the_verifier(value: object) -> None:
    assert isinstance(sealing.verify_receipt(value, SIGNER.public_key()), str)
