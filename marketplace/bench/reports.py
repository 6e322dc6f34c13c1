"""What every bench returns, and how it is shown."""

import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Goal:
    """A figure that is asked to stay at or below a bound, or at or above it; `ratio` holds it, also for counts."""

    name: str
    ratio: float
    goal: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal

    def text(self) -> str:
        bound = "at least" if self.at_least else "at most"
        return f"{'met   ' if self.met else 'MISSED'} {self.name}: {self.ratio:g} ({bound} {self.goal:g})"


@dataclass(frozen=True)
class Report:
    """The outcome of one bench: its rows of figures and its goals."""

    bench: str
    rows: list[dict[str, Any]]
    goals: list[Goal]

    def document(self) -> dict[str, Any]:
        """The JSON form."""
        goals = [{**asdict(goal), "met": goal.met} for goal in self.goals]
        return {"bench": self.bench, "machine": machine(), "rows": self.rows, "goals": goals}

    def text(self) -> str:
        """The form for people."""
        names = list(self.rows[0])
        cells = [names, *([str(row[name]) for name in names] for row in self.rows)]
        widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
        lines += ["", *(goal.text() for goal in self.goals)]
        return "\n".join(lines)


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }
