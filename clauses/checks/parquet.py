"""Parquet, read by a process of its own (`parquet_child`): bytes in, rows or one sentence out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from clauses.checks.shapes import CannotCheck

CHILD = Path(__file__).with_name("parquet_child.py")
PATIENCE = 20.0


def rows_of(body: bytes, most: tuple[int, int, int]) -> tuple[tuple[str, ...], list[dict[str, Any]], bool]:
    """Columns, rows and whether there are more. `most`: rows, columns, cells. Raises CannotCheck."""
    command = [sys.executable, "-I", str(CHILD), *map(str, most)]
    # One thread and the system's own memory: the child's bounds count what it reserves, too.
    env = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, input=body, capture_output=True, env=env, timeout=PATIENCE, check=True)  # noqa: S603
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise CannotCheck("It is not Parquet that can be read.", "Send a Parquet file of plain rows.") from error
    if wrong := found.get("wrong"):
        raise CannotCheck(wrong, "Send a Parquet file of plain rows, each column with a name of its own.")
    columns = tuple(found["columns"])
    return columns, [dict(zip(columns, row, strict=True)) for row in found["rows"]], bool(found["more"])
