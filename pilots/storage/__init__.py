"""Where readings are kept: the one way in, their hourly and daily sums, and months that are closed.

The same functions on both databases; `engine()` is the module that speaks the database's own language.
"""

from pilots.storage.archives import Parcel, ReadingsMovedError, leave_out, pack, readings_of, slices, wrap
from pilots.storage.batches import Batch, Mask, Outcome
from pilots.storage.corrections import Correction, correct
from pilots.storage.erasing import erase, forget
from pilots.storage.keeping import foresee, hold_open, write
from pilots.storage.months import bounds, ensure_months, let_go, month_of, months_between
from pilots.storage.rollups import catch_up, roll_up

__all__ = [
    "Batch",
    "Correction",
    "Mask",
    "Outcome",
    "Parcel",
    "ReadingsMovedError",
    "bounds",
    "catch_up",
    "correct",
    "ensure_months",
    "erase",
    "foresee",
    "forget",
    "hold_open",
    "leave_out",
    "let_go",
    "month_of",
    "months_between",
    "pack",
    "readings_of",
    "roll_up",
    "slices",
    "wrap",
    "write",
]
