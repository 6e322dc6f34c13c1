"""Whatever is sent, a file is taken in or refused with a sentence; nothing else happens."""

from hypothesis import given
from hypothesis import strategies as st

from files.checks import KINDS, FileRefused, examine, shown_name

ENDINGS = st.sampled_from([*KINDS, ".exe", ""])
STARTS = st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"MZ"])


def outcome(name: str, data: bytes) -> str:
    """The kind of the file, or what its refusal begins with."""
    try:
        return examine(name, data, 1000).content_type
    except FileRefused as refused:
        return refused.sentences[0][: len(shown_name(name)) + 3]


@given(st.text(max_size=30), ENDINGS, STARTS, st.binary(max_size=200))
def test_R3_any_bytes_are_taken_or_refused(stem: str, ending: str, start: bytes, rest: bytes) -> None:
    name = stem + ending

    assert outcome(name, start + rest) in {kind.content_type for kind in KINDS.values()} | {f"“{shown_name(name)}” "}


@given(st.text(max_size=400))
def test_a_shown_name_holds_no_folder_and_no_control_character(name: str) -> None:
    shown = shown_name(name)

    assert 0 < len(shown) <= 120
    assert "/" not in shown
    assert "\\" not in shown
    assert shown.isprintable()
