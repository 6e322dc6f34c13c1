"""Late texts: kept beside the saved one, newest last, the oldest gone when there are too many."""

from work import late_texts


def test_a_late_text_is_its_writers_and_the_newest_comes_first():
    aside = late_texts.keep({}, late_texts.key_of("user:1", 3), "one", name="Ada", at="2026-01-01T00:00:00Z")
    aside = late_texts.keep(aside, late_texts.key_of("user:12", 3), "two", name="Bo", at="2026-01-01T00:00:01Z")

    assert late_texts.newest_of(aside, "user:1") == (
        "user:1/3",
        {"value": "one", "name": "Ada", "at": "2026-01-01T00:00:00Z"},
    )
    assert late_texts.newest(aside)[0] == "user:12/3"
    assert (late_texts.newest_of(aside, "user:2"), late_texts.newest({})) == (None, None)


def test_five_are_kept_and_the_same_version_is_kept_once():
    aside = {}
    for version in (1, 2, 3, 4, 5, 6, 6):
        aside = late_texts.keep(aside, late_texts.key_of("user:1", version), version, name="Ada", at="")

    assert list(aside) == [f"user:1/{version}" for version in (2, 3, 4, 5, 6)]
