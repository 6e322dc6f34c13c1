"""Marks as they are kept: pairs of device and hour, so small that a row holds them. Pure.

Pairs follow one another closely, so their differences are nearly all alike and shrink to a hundredth. As plain numbers
they would be thousands of bytes, which PostgreSQL compresses and stores apart, at the cost of a tenth of the batch.
"""

import zlib

import numpy as np

from pilots.storage.batches import Ints

_PAIR = 16  # bytes of a device and an hour as plain numbers, which is how marks were kept at first
_QUICKLY = 1


def packed(pairs: Ints) -> bytes:
    """Pairs of device and hour (since 1970) as bytes, never a whole number of plain pairs."""
    differences = np.empty((2, len(pairs)), dtype="<i8")
    differences[:, :1] = pairs[:1].T
    np.subtract(pairs[1:].T, pairs[:-1].T, out=differences[:, 1:])
    kept = zlib.compress(differences.tobytes(), _QUICKLY)
    return kept if len(kept) % _PAIR else kept + b"\0"


def unpacked(kept: bytes) -> Ints:
    """The pairs again, also of a mark from before they were packed."""
    if len(kept) % _PAIR == 0:
        return np.frombuffer(kept, dtype="<i8").reshape(-1, 2).astype(np.int64)
    differences = np.frombuffer(zlib.decompressobj().decompress(kept), dtype="<i8").reshape(2, -1)
    return differences.T.cumsum(axis=0, dtype=np.int64)
