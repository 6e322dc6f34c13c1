"""The parts of a problem statement's story (figures, texts, pictures), compared part by part and said in words. Pure.

A part is what the editor stores: {"type", "value", "id"}. An amendment keeps the parts it changes whole, so that what
stood before can be shown for ever.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from html.parser import HTMLParser
from typing import Any, Final

Part = Mapping[str, Any]
STORY: Final = "story."
ORDER: Final = "story.order"
GOOD_ANSWER: Final = "good_answer"
NAMES: Final[Mapping[str, str]] = {
    "numbers": "Figures",
    GOOD_ANSWER: "What a good answer does",
    "text": "A text of the story",
    "picture": "A picture",
}
BLOCKS: Final = frozenset({"p", "li", "h2", "h3", "h4", "br", "ul", "ol"})


def changed(was: Iterable[Part], now: Iterable[Part]) -> dict[str, list[Any]]:
    """The part of a difference that two states of a story make; empty where they say the same.

    Keys are `story.<type>.<id>`, and `story.order` where parts that stay have changed places.
    """
    before, after = _by_key(was), _by_key(now)
    keys = [*before, *(key for key in after if key not in before)]
    found: dict[str, list[Any]] = {
        key: [before.get(key), after.get(key)] for key in keys if before.get(key) != after.get(key)
    }
    stayed, stay = [key for key in before if key in after], [key for key in after if key in before]
    if stayed != stay:
        found[ORDER] = [[_kind(key) for key in stayed], [_kind(key) for key in stay]]
    return found


def is_part(key: str) -> bool:
    """Whether a key of a difference is about the story's parts."""
    return key.startswith(STORY)


def is_asked_of_answers(key: str) -> bool:
    """Whether a part says what answers are written to: what a good answer does."""
    return key.startswith(f"{STORY}{GOOD_ANSWER}.")


def label(key: str) -> str:
    """What a changed part is called."""
    return "The order of the parts" if key == ORDER else NAMES.get(_kind(key), _kind(key))


def said(key: str, value: Any) -> str:
    """A part as words; empty where there is none."""
    if key == ORDER:
        return ", ".join(NAMES.get(each, each).lower() for each in value)
    if not value:
        return ""
    writer = WRITERS.get(_kind(key))
    return writer(value) if writer else str(value)


def picture_in(key: str, value: Any) -> int | None:
    """The number of the picture that a part shows; None for any other part."""
    return int(value["image"]) if value and key.startswith(f"{STORY}picture.") else None


def _by_key(parts: Iterable[Part]) -> dict[str, Any]:
    return {f"{STORY}{each['type']}.{each['id']}": _without_ids(each["value"]) for each in parts}


def _kind(key: str) -> str:
    return key.removeprefix(STORY).partition(".")[0]


def _without_ids(value: Any) -> Any:
    """A value without the editor's own numbers of the rows of its lists: they say nothing."""
    if isinstance(value, list):
        return [_without_ids(each["value"] if _is_row(each) else each) for each in value]
    return {name: _without_ids(each) for name, each in value.items()} if isinstance(value, dict) else value


def _is_row(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() >= {"type", "value"} and value["type"] == "item"


def _figures(value: Any) -> str:
    return "\n".join(_figure(row) for row in value)


def _figure(row: Mapping[str, str]) -> str:
    on = date.fromisoformat(row["on"])
    source = f", {row['source']}" if row.get("source") else ""
    return f"{row['label']}: {row['value']} {row['unit']}, {on.day} {on:%B %Y}{source}"


def _points(value: Any) -> str:
    return "\n".join(str(point) for point in value["points"])


def _picture(value: Any) -> str:
    return str(value.get("alt_text") or "a picture without a description")


class _Words(HTMLParser):
    """What a rich text says: its words, a line for each block, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.link = dict(attrs).get("href") or ""
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link:
            self.parts.append(f" ({self.link})")
            self.link = ""

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _text(value: Any) -> str:
    parser = _Words()
    parser.feed(str(value))
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)


WRITERS: Final = {"numbers": _figures, GOOD_ANSWER: _points, "text": _text, "picture": _picture}
