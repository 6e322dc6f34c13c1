"""Reads hand-written TOML tables field by field and gathers everything that is wrong, in plain sentences.

Pure: no Django. People write and review these files, so a reader names the place and the field, and lists
all the faults at once instead of stopping at the first.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Faults(list[str]):
    """What is wrong with the files read so far, one sentence each."""


def folded(text: str) -> str:
    """Join the lines of each paragraph, keeping the blank line between paragraphs."""
    paragraphs = (" ".join(part.split()) for part in text.strip().split("\n\n"))
    return "\n\n".join(part for part in paragraphs if part)


def words_in(text: str) -> int:
    """Count the words of a text, separated by white space."""
    return len(text.split())


def load_toml(path: Path, faults: Faults) -> "Table":
    """Open one TOML file as a table; an absent or malformed file becomes a fault and an empty table."""
    data: dict[str, Any] = {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(f"{path.name}: the file is missing.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path.name}: not a readable TOML file ({error}).")
    return Table(data, path.name, faults)


class Table:
    """One TOML table under a name that people recognise; every read notes a fault instead of raising."""

    def __init__(self, data: dict[str, Any], place: str, faults: Faults) -> None:
        self.data, self.place, self.faults = data, place, faults
        self.read: set[str] = set()

    def fault(self, sentence: str) -> None:
        """Note a fault of this table, e.g. `fault("has no title.")`."""
        self.faults.append(f"{self.place}: {sentence}")

    def value(self, key: str, kinds: type | tuple[type, ...], default: Any, words: str) -> Any:
        """Return the field when it is of the wanted kind; `default=None` makes the field required."""
        self.read.add(key)
        if key not in self.data and default is not None:
            return default
        found = self.data.get(key)
        # A TOML true is a Python int, so a number must not accept it.
        if isinstance(found, kinds) and (not isinstance(found, bool) or kinds is bool):
            return found
        self.fault(f"the field “{key}” is missing." if found is None else f"the field “{key}” must be {words}.")
        return None

    def text(self, key: str, default: str | None = None) -> str:
        """Return a folded text; empty is a fault unless a default is given."""
        found = self.value(key, str, default, "text")
        if found is not None and default is None and not found.strip():
            self.fault(f"the field “{key}” is empty.")
        return folded(found or "")

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        """Return a list of folded texts."""
        found = self.value(key, list, default, "a list of texts") or []
        if not all(isinstance(item, str) and item.strip() for item in found):
            self.fault(f"the field “{key}” must be a list of texts.")
            return ()
        return tuple(folded(item) for item in found)

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number."""
        return self.value(key, int, default, "a whole number") or 0

    def number(self, key: str, default: float | None = None) -> float:
        """Return a number, whole or with decimals."""
        return float(self.value(key, (int, float), default, "a number") or 0)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return true or false."""
        return bool(self.value(key, bool, default, "true or false"))

    def one_of(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """Return a text that is one of the choices."""
        found = self.text(key, default)
        if found and found not in choices:
            self.fault(f"the field “{key}” is “{found}”, but must be one of: {', '.join(choices)}.")
        return found

    def table(self, key: str, name: str = "") -> "Table":
        """Return the table under a key; an absent one is a fault and reads as empty."""
        found = self.value(key, dict, None, "a table") or {}
        return Table(found, f"{self.place}, {name or key}", self.faults)

    def tables(self, key: str, named_by: str, *, required: bool = True) -> "list[Table]":
        """Return the tables of an array, each placed by the field that names it ("open-data.toml, OD-01")."""
        found = self.value(key, list, None if required else [], "a list of tables") or []
        if not all(isinstance(item, dict) for item in found):
            self.fault(f"the field “{key}” must be a list of tables.")
            return []
        named = [(item, item.get(named_by, f"{key} {number}")) for number, item in enumerate(found, start=1)]
        return [Table(item, f"{self.place}, {name}", self.faults) for item, name in named]

    def entries(self, key: str, *, required: bool = True) -> "dict[str, Table]":
        """Return a table of tables by their keys."""
        found = self.value(key, dict, None if required else {}, "a table") or {}
        wrong = [name for name, item in found.items() if not isinstance(item, dict)]
        for name in wrong:
            self.fault(f"“{key}.{name}” must be a table.")
        return {
            name: Table(item, f"{self.place}, {key} {name}", self.faults)
            for name, item in found.items()
            if name not in wrong
        }

    def finish(self) -> None:
        """Note every field that nothing has read: it is most often a misspelt one."""
        for key in self.data:
            if key not in self.read:
                self.fault(f"“{key}” is not a field that is known here.")


def repeated(values: Sequence[str]) -> list[str]:
    """Return the values that occur more than once, each once, in order of appearance."""
    return [value for place, value in enumerate(values) if values.index(value) == place and values.count(value) > 1]
