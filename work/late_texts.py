"""Texts that came too late: somebody saved after their writer had opened the page. Pure: values in, values out.

They are kept beside the saved text, by their key, which tells their writer and the version that they had opened:
{"value", "name", "at"}; until their writer has put the two together, or left theirs out.
"""

from typing import Any

Aside = dict[str, dict[str, Any]]
MOST_ASIDE = 5


def key_of(actor_key: str, version: int) -> str:
    """Under what a late text is kept: its writer, and the version they had opened."""
    return f"{actor_key}/{version}"


def keep(aside: Aside, key: str, value: Any, *, name: str, at: str) -> Aside:
    """The late texts with this one, newest last; the oldest goes when there are too many. `at`: ISO 8601, UTC."""
    kept = {each: text for each, text in aside.items() if each != key}
    kept[key] = {"value": value, "name": name, "at": at}
    return dict(list(kept.items())[-MOST_ASIDE:])


def is_of(key: str, actor_key: str) -> bool:
    """Whether this late text is this person's own."""
    return key.startswith(f"{actor_key}/")


def newest_of(aside: Aside, actor_key: str) -> tuple[str, dict[str, Any]] | None:
    """The newest text that this person has to put together with the saved one, and its key."""
    return newest({key: text for key, text in aside.items() if is_of(key, actor_key)})


def newest(aside: Aside) -> tuple[str, dict[str, Any]] | None:
    """The newest late text and its key."""
    return list(aside.items())[-1] if aside else None
