"""The figures of a pilot's page: each a chart, its table, and what is to be said about it.

Pure but for the marking of markup as safe: a registered plan, days of devices and results in, figures out.
"""

from pilots.figures.arrived import arrived, arrived_shares
from pilots.figures.beside import Other, beside
from pilots.figures.changes import changes, sites
from pilots.figures.control import control
from pilots.figures.effect import effect
from pilots.figures.sheets import Figure, PlannedPlace, Sheet, sheet

__all__ = [
    "Figure",
    "Other",
    "PlannedPlace",
    "Sheet",
    "arrived",
    "arrived_shares",
    "beside",
    "changes",
    "control",
    "effect",
    "sheet",
    "sites",
]
