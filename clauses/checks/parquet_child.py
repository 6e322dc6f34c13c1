"""Reads Parquet on standard input and writes its rows as JSON: a program of its own, which `parquet` runs.

Its memory and time are bounded by the system, so that a file made to fill the one or break the reader ends this
process and no other.
"""

import json
import resource
import sys
from datetime import date, datetime, time
from typing import Any

MEMORY, SECONDS = 900_000_000, 15


def shown(value: Any) -> Any:
    """A value as JSON has it: instants as ISO 8601, bytes as text, what JSON has not as its text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)[:2000]


def main(most_rows: int, most_columns: int, most_cells: int) -> None:
    """Write {"columns", "rows", "more"}, or {"wrong": why} where the file is no table that is read."""
    import pyarrow  # noqa: PLC0415 - after the bounds
    import pyarrow.parquet as parquet  # noqa: PLC0415

    file = parquet.ParquetFile(pyarrow.BufferReader(sys.stdin.buffer.read()))
    names = file.schema_arrow.names
    if len(names) > most_columns or len(set(names)) < len(names):
        print(json.dumps({"wrong": f"It has {len(names):,} columns, or one name twice."}))  # noqa: T201
        return
    most, rows = min(most_rows, most_cells // max(1, len(names))), list[list[Any]]()
    for batch in file.iter_batches(batch_size=2000):
        rows += [[shown(row[name]) for name in names] for row in batch.to_pylist()]
        if len(rows) > most:
            break
    print(json.dumps({"columns": names, "rows": rows[:most], "more": len(rows) > most}))  # noqa: T201


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(*(int(each) for each in sys.argv[1:4]))
