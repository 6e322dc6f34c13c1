"""Strict JSON: bytes into a tree, with everything that is wrong with it as text. Nothing in a file is trusted."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from assessment.scoring import Problem

LARGEST: Final = 128 * 1024 * 1024
MOST_COMMAS: Final = 4_000_000  # of 128 MB of “{},” every three bytes become an object: gigabytes, before a check
DEEPEST: Final = 50


class MalformedError(ValueError):
    """A document that cannot be read; ``problems`` lists everything that is wrong, with its place."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.path}: {problem.sentence}" for problem in problems))


class Unquoted(str):
    """A number that stands in the file without quotes, or NaN or Infinity; its text is kept, its value never built."""

    __slots__ = ()


class Members(dict[str, Any]):
    """A JSON object that remembers which of its keys came twice."""

    __slots__ = ("repeated",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated: Sequence[str] = ()
        if len(self) < len(pairs):
            times = Counter(name for name, _ in pairs)
            self.repeated = sorted(name for name, count in times.items() if count > 1)


def parse(data: bytes) -> Any:
    """The tree of a JSON text: `Members`, lists, strings, `Unquoted`, truth values, None.

    Raises MalformedError for what is too large, not UTF-8, not JSON, nested too deeply, or names a key twice.
    """
    if len(data) > LARGEST:
        raise _malformed(f"The file is larger than {LARGEST // 1024 // 1024} MB.")
    if data.count(b",") > MOST_COMMAS:
        raise _malformed(f"The file holds more than {MOST_COMMAS:,} commas, and so more values than are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _malformed(f"The file is not UTF-8: its byte {error.start + 1} cannot be read.") from error
    try:
        tree = json.loads(
            text, object_pairs_hook=Members, parse_int=Unquoted, parse_float=Unquoted, parse_constant=Unquoted
        )
    except json.JSONDecodeError as error:
        raise _malformed(f"The file is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except RecursionError as error:
        raise _malformed(f"The file is nested more than {DEEPEST} deep.") from error
    if found := list(_faults(tree)):
        raise MalformedError(found)
    return tree


def child(path: str, key: str | int) -> str:
    """The place of a member or an element below a place."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def _faults(tree: Any) -> Iterator[Problem]:
    waiting: list[tuple[str, int, Any]] = [("", 0, tree)]
    while waiting:
        path, depth, value = waiting.pop()
        if depth > DEEPEST:
            yield Problem(path[:200], f"The file is nested more than {DEEPEST} deep.")
            return
        if isinstance(value, Members):
            for name in value.repeated:
                yield Problem(_shown(child(path, name)), f"The key “{_shown(name)}” occurs more than once.")
            if any(_is_broken(name) for name in value):
                yield Problem(_shown(path), "A key holds half a character (a lone surrogate).")
            waiting += [(child(path, name), depth + 1, each) for name, each in value.items()]
        elif isinstance(value, list):
            waiting += [(child(path, n), depth + 1, each) for n, each in enumerate(value)]
        elif isinstance(value, str) and _is_broken(value):
            yield Problem(_shown(path), "The text holds half a character (a lone surrogate).")


def _is_broken(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


def _shown(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()[:200]


def _malformed(sentence: str) -> MalformedError:
    return MalformedError([Problem("", sentence)])
