"""What is wrong with a document: each thing with its line or key, all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """`file` is plan or readings, `line` counts from 1 (None where it is about the whole), `key` names a plan's key."""

    file: str
    sentence: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        where = (f", line {self.line}" if self.line else "") + (f", {self.key}" if self.key else "")
        return f"{self.file}{where}: {self.sentence}"


class DocumentError(ValueError):
    """A document cannot be used; `problems` lists what is wrong with it (at most 100 things, and how many more)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = list(problems)
        more = len(found) - MOST_SHOWN
        shown = found[:MOST_SHOWN]
        if more > 0:
            shown.append(Problem(found[-1].file, f"{more:,} more things are wrong in the same file."))
        self.problems = tuple(shown)
        super().__init__(" ".join(map(str, shown)))
