"""The clause library as written in its files, and what a person sees who writes one wrongly."""

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from clauses.reading import Library, LibraryError, read_library

FOLDER = Path(__file__).resolve().parents[3] / "clauses" / "library"
REFERENCE = Path(os.environ.get("REFERENCE_DIR", Path(__file__).resolve().parents[4] / "shared"))


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "library"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(LibraryError) as caught:
        read_library(folder)
    return caught.value.faults


def test_the_library_holds_45_clauses_by_family(library: Library) -> None:
    assert Counter(clause.family for clause in library.clauses) == {
        "open-data": 11,
        "security": 13,
        "privacy": 6,
        "interoperability": 5,
        "inclusion": 4,
        "ethics": 6,
    }
    assert library.version == 1


def test_21_clauses_are_mandatory_and_24_scored(library: Library) -> None:
    assert Counter(clause.mode for clause in library.clauses) == {"mandatory": 21, "scored": 24}
    assert sum(clause.is_mandatory for clause in library.clauses) == 21


def test_weights_by_family_are_those_of_the_scored_clauses(library: Library) -> None:
    weights = Counter()
    for clause in library.clauses:
        weights[clause.family] += clause.default_weight
    assert weights == {
        "open-data": 20,
        "security": 23,
        "privacy": 6,
        "interoperability": 18,
        "inclusion": 10,
        "ethics": 8,
    }


def test_clauses_by_due_stage_and_check(library: Library) -> None:
    assert Counter(clause.due for clause in library.clauses) == {
        "bid": 12,
        "before_pilot_start": 16,
        "during_pilot": 14,
        "before_award": 3,
    }
    assert Counter(clause.check.kind for clause in library.clauses) == {"machine": 20, "assisted": 15, "human": 10}


def test_every_graded_clause_has_a_descriptor_for_each_level(library: Library) -> None:
    graded = [clause for clause in library.clauses if clause.response_type == "graded"]

    assert len(graded) == 18
    assert {clause.code: len(clause.descriptors) for clause in graded} == {clause.code: 5 for clause in graded}
    assert all(all(clause.descriptors) for clause in graded)


def test_sets_choose_known_clauses_and_the_micro_pilot_asks_eight_at_most(library: Library) -> None:
    clauses, sets = library.by_code(), {chosen.code: chosen for chosen in library.sets}

    assert {code: len(chosen.codes) for code, chosen in sets.items()} == {
        "micro-pilot": 13,
        "standard-pilot": 45,
        "before-award": 22,
    }
    asked = [code for code in sets["micro-pilot"].codes if clauses[code].due == "bid"]
    assert asked == ["OD-01", "OD-09", "SE-06", "PR-06"]
    assert sets["micro-pilot"].yes_no_at_submission is True
    assert all(code in sets["before-award"].codes for code in clauses if clauses[code].is_mandatory or code == "IN-05")


def test_folded_texts_have_no_line_breaks(library: Library) -> None:
    texts = [text for clause in library.clauses for text in (clause.title, clause.requirement, clause.why)]

    assert [text for text in texts if "\n" in text or "  " in text] == []


# Words that the library says in its own vocabulary: a supplier makes a submission, never a bid.
OWN_WORDS = {
    "The bid ": "The submission ",
    "the bid ": "the submission ",
    "at bid stage": "at submission",
    "level bid": "level offered",
    "bidders": "suppliers",
    "(our proposal)": "(our own choice)",
    "Demystifying the smart city (seed document)": "Demystifying the smart city",
    "techUK seed document": "techUK Demystifying the smart city",
    "UPRN/USRN policy itself not looked up in this study.": (
        "The UPRN and USRN policy itself has not been looked up; verify before publishing."
    ),
}


def in_our_words(text: str | None) -> str:
    for theirs, ours in OWN_WORDS.items():
        text = (text or "").replace(theirs, ours)
    return text or ""


def as_reference(clause: dict) -> dict:
    """Shape one clause of the reference data like a ClauseText, in the library's own vocabulary."""
    return {
        "code": clause["code"],
        "family": clause["family"],
        "title": clause["title"],
        "requirement": in_our_words(clause["requirement"]),
        "why": in_our_words(clause.get("why")),
        "mode": clause["mode"],
        "default_weight": clause["default_weight"],
        "response_type": clause["response_type"],
        "due": clause["due"],
        "applies_when": clause["applies_when"],
        "evidence": tuple(clause["evidence"]),
        "descriptors": tuple(clause["grades"][level] for level in "01234") if "grades" in clause else (),
        "sources": [
            (in_our_words(source["framework"]), source["ref"], {"seed": "reported"}.get(source["seen"], source["seen"]))
            for source in clause["sources"]
        ],
        "check": (clause["check"]["kind"], in_our_words(clause["check"]["limits"])),
        "steps": [
            (
                step["id"],
                step["method"],
                tuple(step["inputs"]),
                in_our_words(step["pass_rule"]),
                step["schedule"],
                step["tool"] or "",
            )
            for step in clause["check"]["checks"]
        ],
    }


def test_the_library_keeps_every_field_of_the_reference_clauses(library: Library) -> None:
    path = REFERENCE / "data" / "clauses.json"
    if not path.exists():
        pytest.skip("The reference clauses are not on this machine (set REFERENCE_DIR to their folder).")
    reference = json.loads(path.read_text(encoding="utf-8"))["clauses"]

    ours = [
        {
            **{name: getattr(clause, name) for name in list(as_reference(reference[0]))[:12]},
            "sources": [(source.framework, source.ref, source.seen) for source in clause.sources],
            "check": (clause.check.kind, clause.check.limits),
            "steps": [
                (step.id, step.method, step.inputs, step.pass_rule, step.schedule, step.tool)
                for step in clause.check.steps
            ],
        }
        for clause in library.clauses
    ]

    assert ours == [as_reference(clause) for clause in reference]


def test_a_missing_descriptor_is_named(copy: Path) -> None:
    change(copy / "open-data.toml", '\n3 = "open format, documented schema, stable URLs"', "")

    assert faults_of(copy) == ("open-data.toml, OD-03: the descriptor for level 3 is missing.",)


def test_a_code_used_twice_is_named(copy: Path) -> None:
    change(copy / "open-data.toml", 'code = "OD-02"', 'code = "OD-01"')

    assert "The code OD-01 is used by more than one clause." in faults_of(copy)


def test_an_unknown_code_in_a_set_is_named(copy: Path) -> None:
    change(copy / "sets.toml", '"ET-01",\n]', '"ET-99",\n]')

    assert faults_of(copy) == ("sets.toml, micro-pilot: the code ET-99 is not in the library.",)


def test_an_unknown_family_is_named_by_field_and_by_file(copy: Path) -> None:
    change(copy / "privacy.toml", 'family = "privacy"', 'family = "secrecy"')
    (copy / "weather.toml").write_text('family = "weather"\n', encoding="utf-8")

    assert faults_of(copy) == (
        "privacy.toml: unknown family “secrecy”; this file holds the family “privacy”.",
        (
            "weather.toml: unknown family “weather”; the families are: open-data, security, privacy, "
            "interoperability, inclusion, ethics."
        ),
    )


def test_every_fault_is_listed_at_once(copy: Path) -> None:
    change(copy / "security.toml", 'mode = "mandatory"\ndefault_weight = 0', 'mode = "mandatory"\ndefault_weight = 3')
    change(copy / "ethics.toml", 'due = "before_pilot_start"', 'due = "someday"')
    change(copy / "inclusion.toml", "applies_when", "aplies_when")

    assert faults_of(copy) == (
        "security.toml, SE-01: a mandatory clause carries no weight; its default_weight must be 0.",
        "inclusion.toml, IC-01: the field “applies_when” is missing.",
        "inclusion.toml, IC-01: “aplies_when” is not a field that is known here.",
        (
            "ethics.toml, ET-01: the field “due” is “someday”, but must be one of: bid, before_pilot_start, "
            "during_pilot, before_award."
        ),
    )


def test_a_set_that_asks_too_much_at_submission_is_refused(copy: Path) -> None:
    change(copy / "sets.toml", "asked_at_submission_at_most = 8", "asked_at_submission_at_most = 3")

    assert faults_of(copy) == (
        "sets.toml, micro-pilot: asks 4 clauses at submission (OD-01, OD-09, SE-06, PR-06), but at most 3 are allowed.",
    )


def test_a_file_that_is_not_toml_gives_one_clear_sentence(copy: Path) -> None:
    (copy / "sets.toml").write_text("version = = 1", encoding="utf-8")

    (fault,) = faults_of(copy)
    assert fault.startswith("sets.toml: not a readable TOML file (")


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "sets.toml").unlink()

    assert faults_of(copy) == ("sets.toml: the file is missing.",)
