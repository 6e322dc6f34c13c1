"""The documents of an evaluation, as docs/formats/ describes them: plan and readings in, result out. No Django."""

from pilots.formats.cells import Cell, DayOfDevice, Readings, analysis_cells, cells_of, readings_of
from pilots.formats.looks import at_look
from pilots.formats.marks import BY_MISTAKE, OTHER_EVENT, Mark, marked
from pilots.formats.places import with_lines
from pilots.formats.plans import PlanDocument, read_plan
from pilots.formats.problems import DocumentError, Problem
from pilots.formats.readings import COLUMNS, read_readings, readings_lines
from pilots.formats.results import evaluate_documents, monitored_document, result_document

__all__ = [
    "BY_MISTAKE",
    "COLUMNS",
    "OTHER_EVENT",
    "Cell",
    "DayOfDevice",
    "DocumentError",
    "Mark",
    "PlanDocument",
    "Problem",
    "Readings",
    "analysis_cells",
    "at_look",
    "cells_of",
    "evaluate_documents",
    "marked",
    "monitored_document",
    "read_plan",
    "read_readings",
    "readings_lines",
    "readings_of",
    "result_document",
    "with_lines",
]
