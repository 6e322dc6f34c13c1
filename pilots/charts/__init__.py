"""Charts of a pilot, drawn as SVG text. Pure: numbers and words in, markup out; no styles, only the house's classes.

Each is drawn on wide paper, and again on narrow paper for telephones. Things differ by dash, marker or height as well
as by colour, and each picture is described in words.
"""

from pilots.charts.control import ControlChart, draw_control
from pilots.charts.effect import EffectChart, Interval, draw_effect
from pilots.charts.frames import NARROW, Paper
from pilots.charts.heat import HeatMap, HeatRow, draw_heat
from pilots.charts.series import Line, SeriesChart, axis_words, describe, draw_series, mean
from pilots.charts.small import SmallMultiples, draw_small_multiples, scale_words

__all__ = [
    "NARROW",
    "ControlChart",
    "EffectChart",
    "HeatMap",
    "HeatRow",
    "Interval",
    "Line",
    "Paper",
    "SeriesChart",
    "SmallMultiples",
    "axis_words",
    "describe",
    "draw_control",
    "draw_effect",
    "draw_heat",
    "draw_series",
    "draw_small_multiples",
    "mean",
    "scale_words",
]
