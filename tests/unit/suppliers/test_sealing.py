"""Boxes and receipts, without a database."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from suppliers import sealing

PLACE = {"challenge": "c-1", "submission": "s-1", "kind": "content_box"}


@pytest.fixture
def signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def receipt(signer: Ed25519PrivateKey) -> dict[str, object]:
    fields = {
        "received_at": "2026-06-12T11:00:00+00:00", "sha256": sealing.sha256({"answers": "x"}), "challenge": "c-1",
        "submission": "s-1", "files": 2,
    }  # fmt: skip
    return sealing.sign_receipt(fields, signer)


def test_a_box_opens_with_its_key_and_place() -> None:
    key = sealing.new_key()

    box = sealing.seal(key, b"our answer", **PLACE)

    assert sealing.open_box(key, box, **PLACE) == b"our answer"


@pytest.mark.parametrize("part", ["challenge", "submission", "kind"])
def test_a_box_does_not_open_in_another_place(part: str) -> None:
    key = sealing.new_key()
    box = sealing.seal(key, b"our answer", **PLACE)

    with pytest.raises(sealing.CannotOpenError, match="does not open"):
        sealing.open_box(key, box, **{**PLACE, part: "another"})


def test_a_box_does_not_open_with_another_key() -> None:
    box = sealing.seal(sealing.new_key(), b"our answer", **PLACE)

    with pytest.raises(sealing.CannotOpenError):
        sealing.open_box(sealing.new_key(), box, **PLACE)


@pytest.mark.parametrize("position", [0, 5, 20, -1])
def test_a_changed_box_does_not_open(position: int) -> None:
    key = sealing.new_key()
    box = bytearray(sealing.seal(key, b"our answer to the call", **PLACE))
    box[position] ^= 1

    with pytest.raises(sealing.CannotOpenError):
        sealing.open_box(key, bytes(box), **PLACE)


def test_two_boxes_of_the_same_text_differ() -> None:
    key = sealing.new_key()

    assert sealing.seal(key, b"same", **PLACE) != sealing.seal(key, b"same", **PLACE)


def test_canonical_json_is_one_text_whatever_the_order() -> None:
    assert sealing.canonical({"b": 1, "a": ["é", None]}) == '{"a":["é",null],"b":1}'.encode()
    assert sealing.sha256({"b": 1, "a": 2}) == sealing.sha256({"a": 2, "b": 1})


def test_S5_a_receipt_verifies_with_the_public_key(receipt: dict[str, object], signer: Ed25519PrivateKey) -> None:
    read_back = json.loads(json.dumps(receipt, indent=2))

    assert sealing.verify_receipt(read_back, signer.public_key()) is None


@pytest.mark.parametrize("field", ["received_at", "sha256", "challenge", "submission", "files"])
def test_S5_a_change_of_any_field_is_noticed(receipt: dict[str, object], signer: Ed25519PrivateKey, field: str) -> None:
    changed = {**receipt, field: "2026-06-12T10:59:59+00:00"}

    assert sealing.verify_receipt(changed, signer.public_key()) == (
        "The signature does not fit: the receipt was changed after it was signed, or never signed by this key."
    )


def test_S5_an_added_field_is_noticed(receipt: dict[str, object], signer: Ed25519PrivateKey) -> None:
    reason = sealing.verify_receipt({**receipt, "note": "accepted"}, signer.public_key())

    assert reason == (
        "The signature does not fit: the receipt was changed after it was signed, or never signed by this key."
    )


def test_a_receipt_of_another_key_names_both_keys(receipt: dict[str, object], signer: Ed25519PrivateKey) -> None:
    other = Ed25519PrivateKey.generate().public_key()

    assert sealing.verify_receipt(receipt, other) == (
        f"It was signed with the key {sealing.key_id(signer.public_key())}; the key given is {sealing.key_id(other)}."
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, "This is not a receipt: it should be one JSON object."),
        ([], "This is not a receipt: it should be one JSON object."),
        (
            {"sha256": "x"},
            "This is not a receipt of ours: it has no received_at, key_id, challenge, submission, signature.",
        ),
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_named(given: object, reason: str, signer: Ed25519PrivateKey) -> None:
    assert sealing.verify_receipt(given, signer.public_key()) == reason


def test_a_signature_that_is_not_base64_is_refused(receipt: dict[str, object], signer: Ed25519PrivateKey) -> None:
    reason = sealing.verify_receipt({**receipt, "signature": "§§"}, signer.public_key())

    assert reason is not None
    assert reason.startswith("The signature does not fit")


def test_S5_content_is_compared_with_the_receipt(receipt: dict[str, object]) -> None:
    assert sealing.differs(receipt, {"answers": "x"}) is None
    other = sealing.sha256({"answers": "y"})
    assert sealing.differs(receipt, {"answers": "y"}) == (
        f"The content is not the one received: its sha256 is {other}, the receipt says {receipt['sha256']}."
    )
    assert sealing.differs(receipt, {"submission": "s-2"}) == (
        "The content belongs to another submission: s-2, not s-1."
    )


def test_Q1_a_pseudonym_is_stable_within_a_challenge_and_unlinkable_across() -> None:
    first, second = sealing.new_key(), sealing.new_key()

    assert sealing.pseudonym(first, supplier="a") == sealing.pseudonym(first, supplier="a")
    assert sealing.pseudonym(first, supplier="a") != sealing.pseudonym(second, supplier="a")
