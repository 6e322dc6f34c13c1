"""The answer to a document: its ranked result, and how another one differs from it."""

from collections.abc import Iterator, Mapping
from typing import Any

from assessment.inputs.parsing import child
from assessment.inputs.writing import plain
from assessment.scoring import (
    Case,
    PanelMarks,
    Problem,
    rank_case,
    robustness,
    to_document,
    to_json_number,
    to_robustness_document,
)


def answer(case: Case) -> dict[str, Any]:
    """Everything that can be computed from a case, as `docs/formats/assessment.md` describes it.

    Raises ScoringError with everything that is inconsistent.
    """
    result = to_document(rank_case(case))
    ranked = {row["id"] for row in result["ranking"]}
    return {
        **{key: result[key] for key in result if key != "hash"},
        "corrections": [
            {"id": entry.id, "stated": plain(entry.stated_price), "corrected": plain(entry.price)}
            for entry in sorted(case.entries, key=lambda entry: entry.id)
            if entry.id in ranked and entry.stated_price is not None
        ],
        "averaged": [
            {"id": entry.id, "criterion": code, "mark": to_json_number(mark.mean()).decimal, "exact": str(mark.mean())}
            for entry in sorted(case.entries, key=lambda entry: entry.id)
            for code, mark in sorted(entry.marks.items())
            if isinstance(mark, PanelMarks) and entry.disregarded is None
        ],
        "robustness": to_robustness_document(robustness(case)),
        "hash": result["hash"],
    }


def differences(stated: Any, computed: Any, path: str = "") -> Iterator[Problem]:
    """Where what a file states is not what was computed, with both."""
    if isinstance(stated, Mapping) and isinstance(computed, Mapping):
        for key in sorted({*stated, *computed}):
            place = child(path, key)
            if key not in stated:
                yield Problem(place, "is missing in the file.")
            elif key not in computed:
                yield Problem(place, "is in the file, but does not follow from its inputs.")
            else:
                yield from differences(stated[key], computed[key], place)
    elif isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        for n, (one, other) in enumerate(zip(stated, computed, strict=True)):
            yield from differences(one, other, f"{path}[{n}]")
    elif _said(stated) != _said(computed):
        yield Problem(path, f"the file says {_said(stated)}, recomputed it is {_said(computed)}.")


def _said(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "an object"
    return str(value)
