"""What an amendment says about the parts of a story."""

from typing import Any

from challenges.differences import Line, Names, is_material, lines
from challenges.stories import changed


def text(number: int, words: str) -> dict[str, Any]:
    return {"type": "text", "value": words, "id": str(number)}


FIGURE = {"label": "stolen", "value": "412", "unit": "bicycles", "on": "2026-03-01", "source": "police"}
FIGURES = {"type": "numbers", "value": [{"type": "item", "value": FIGURE, "id": "x"}], "id": "9"}


def test_the_same_story_changes_nothing_whatever_numbers_the_editor_gives_its_rows() -> None:
    again = {**FIGURES, "value": [{"type": "item", "value": FIGURE, "id": "another"}]}

    assert changed([FIGURES, text(1, "<p>a</p>")], [again, text(1, "<p>a</p>")]) == {}


def test_what_is_new_what_is_gone_and_what_changed_places_is_told_in_words() -> None:
    was = [text(1, "<p>One</p>"), FIGURES, text(3, "<p>Three</p>")]
    now = [FIGURES, text(1, '<p>One <b>and</b> <a href="https://x.example/">more</a></p><ul><li>a</li></ul>')]

    told = lines(changed(was, now), Names())

    assert told == [
        Line("A text of the story", "One", "One and more (https://x.example/)\na"),
        Line("A text of the story", "Three", "none"),
        Line("The order of the parts", "a text of the story, figures", "figures, a text of the story"),
    ]
    assert lines(changed([], [FIGURES]), Names())[0].now == "stolen: 412 bicycles, 1 March 2026, police"


def test_a_picture_is_named_by_its_number_beside_what_it_shows() -> None:
    picture = {"type": "picture", "value": {"image": 7, "alt_text": "A street"}, "id": "5"}

    assert lines(changed([], [picture]), Names()) == [Line("A picture", "none", "A street", None, 7)]


def test_C2_only_what_answers_are_written_to_is_material_by_itself() -> None:
    keys = ("story.text.1", "story.order", "story.picture.2", "title", "story.good_answer.3")

    assert [is_material([key]) for key in keys] == [False, False, False, False, True]
