"""Readings as a Parquet file. Pure: rows and bytes, and never more than one group of rows in memory beside the file.

pyarrow is loaded here alone, by what packs or reads packed readings: it takes a tenth of a second and much memory.
"""

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

COLUMNS = ("taken_at", "device_id", "metric_id", "value", "source", "received_at", "version")
GROUP = 50_000
Row = tuple[Any, ...]


def written(rows: Iterable[Row]) -> tuple[bytes, int]:
    """A file of rows (as COLUMNS), and how many there are; empty where there are none."""
    left, number, file = iter(rows), 0, _File()
    while group := list(islice(left, GROUP)):
        file.add(_table(group))
        number += len(group)
    return file.content(), number


def read(content: bytes) -> Iterator[Row]:
    """The rows of a file, in their order."""
    for part in _opened(content).iter_batches(GROUP, columns=list(COLUMNS)):
        yield from zip(*(column.to_pylist() for column in part.columns), strict=True)


def holds(content: bytes, column: str, number: int) -> bool:
    """Whether any row has this number in a column; the other columns are not read."""
    import pyarrow.compute as compute  # noqa: PLC0415

    parts = _opened(content).iter_batches(GROUP, columns=[column])
    return any(compute.any(compute.equal(part.column(0), number)).as_py() for part in parts)


def without(content: bytes, column: str, number: int) -> tuple[bytes, int]:
    """The file without the rows that have this number in a column, and how many are left."""
    import pyarrow.compute as compute  # noqa: PLC0415

    opened, file, left = _opened(content), _File(), 0
    for place in range(opened.num_row_groups):
        group = opened.read_row_group(place)
        rest = group.filter(compute.not_equal(group[column], number))
        if rest.num_rows:
            file.add(rest)
        left += rest.num_rows
    return file.content(), left


class _File:
    """A file that is written group by group; it begins with the first."""

    def __init__(self) -> None:
        self._sink = io.BytesIO()
        self._writer: Any = None

    def add(self, table: Any) -> None:
        import pyarrow.parquet as parquet  # noqa: PLC0415

        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._sink, table.schema, compression="zstd")
        self._writer.write_table(table)

    def content(self) -> bytes:
        if self._writer is not None:
            self._writer.close()
        return self._sink.getvalue()


def _table(rows: list[Row]) -> Any:
    import pyarrow as arrow  # noqa: PLC0415

    instant = arrow.timestamp("us", tz="UTC")
    types = (
        instant, arrow.int64(), arrow.int64(), arrow.float64(), arrow.string(), instant, arrow.int16(),
    )  # fmt: skip
    columns = [arrow.array(column, type=kind) for column, kind in zip(zip(*rows, strict=True), types, strict=True)]
    return arrow.table(columns, names=COLUMNS)


def _opened(content: bytes) -> Any:
    import pyarrow.parquet as parquet  # noqa: PLC0415

    return parquet.ParquetFile(io.BytesIO(content))
