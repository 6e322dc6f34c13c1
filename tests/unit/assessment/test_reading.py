"""Files of an assessment: the smallest, every optional key, and everything that can be wrong with one."""

import json
from copy import deepcopy
from decimal import Decimal
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from django.core.management import call_command

from assessment.inputs import MalformedError, answer, parse, plain, read, to_document
from assessment.scoring import Case, Criterion, Entry, ScoringError, rank_case

FORMATS = Path(__file__).parents[3] / "docs" / "formats"
SMALLEST = {
    "criteria": [
        {"code": "experience", "kind": "quality", "weight": "65", "maximum": "60", "threshold": "30"},
        {"code": "price", "kind": "price", "weight": "35", "formula": "relative"},
    ],
    "tie_breaks": ["quality"],
    "submissions": [
        {"id": "A", "marks": {"experience": "40"}, "price": "10000"},
        {"id": "B", "marks": {"experience": "32"}, "price": "8000", "disregarded": "failed clause SE-01"},
    ],
}
LARGER = {
    "$schema": "assessment.schema.json", "title": "Everything at once", "notes": ["anything"],
    "groups": [{"code": "service", "threshold": "40", "name": "The service"}],
    "criteria": [
        {
            "code": "reach", "kind": "quality", "weight": "30", "maximum": "5", "threshold": "2", "group": "service",
            "scale": [{"mark": str(n), "label": f"Step {n}", "descriptor": "…"} for n in range(6)],
        },
        {"code": "care", "kind": "quality", "weight": "10", "maximum": "10", "group": "service", "name": "Care"},
        {"code": "clauses", "kind": "clauses", "weight": "20"},
        {
            "code": "price", "kind": "price", "weight": "40", "maximum_price": "200", "optimal_price": "50.5",
            "minimum_quality": "25",
        },
    ],
    "clauses": [
        {"code": "SE-01", "mode": "mandatory"},
        {"code": "OD-03", "mode": "scored", "weight": "6", "threshold": "1"},
        {"code": "OD-07", "mode": "scored", "weight": "1.5", "maximum": "2"},
    ],
    "tie_breaks": ["service", "price"],
    "submissions": [
        {
            "id": "A", "marks": {"reach": "4", "care": {"North": ["8", "9"], "South": ["5"]}}, "price": "100",
            "clause_findings": {"SE-01": "met", "OD-03": "3", "OD-07": "2"},
            "lines": [{"quantity": "3", "unit_price": "40.25"}],
        },
        {
            "id": "B", "marks": {"reach": "5", "care": "6.5"}, "price": "120", "corrected_price": "130",
            "clause_findings": {"SE-01": "due later", "OD-03": "2", "OD-07": "1"},
        },
        {"id": "C", "disregarded": "received after the deadline"},
    ],
}  # fmt: skip


def schema(name):
    return jsonschema.Draft202012Validator(json.loads((FORMATS / name).read_text()))


def changed(where, value, document=SMALLEST):
    """The document with the value at this place; a value of None takes the place away."""
    made = deepcopy(document)
    *steps, last = where
    place = made
    for step in steps:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return made


def problems(document):
    """Places and sentences of what is wrong, whether with the shape or with what it says."""
    try:
        rank_case(read(parse(json.dumps(document).encode())))
    except MalformedError as error:
        return [(problem.path, problem.sentence) for problem in error.problems]
    except ScoringError as error:
        return [(problem.path, problem.sentence) for problem in error.located]
    return []


def said_by(*command, code=0):
    out, err = StringIO(), StringIO()
    if code:
        with pytest.raises(SystemExit) as end:
            call_command(*command, stdout=out, stderr=err)
        assert end.value.code == code
    else:
        call_command(*command, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "assessment.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return str(path)

    return write


# What is read


def test_the_smallest_file_is_ranked_and_nothing_but_json_is_printed(file):
    out, err = said_by("rank", file(SMALLEST))

    result = json.loads(out)
    assert err == ""
    assert result["ranking"] == [
        {
            "id": "A", "rank": 1, "total": "78.3333", "exact": "235/3",
            "scores": {"experience": "43.3333", "price": "35.0000"},
        }
    ]  # fmt: skip
    assert result["disregarded"] == [{"id": "B", "reason": "failed clause SE-01"}]
    assert result["flags"] == []
    assert result["robustness"]["winner"] == ["A"]
    assert result["hash"] == rank_case(read(SMALLEST)).digest


def test_tie_breaks_threshold_and_disregarded_are_optional_and_a_price_alone_is_enough(file):
    alone = {
        "criteria": [{"code": "price", "kind": "price", "weight": "100", "formula": "relative"}],
        "submissions": [{"id": "A", "price": "10"}, {"id": "B", "price": "20"}],
    }

    out, _ = said_by("rank", file(alone))

    assert [(row["id"], row["total"]) for row in json.loads(out)["ranking"]] == [("A", "100.0000"), ("B", "50.0000")]


def test_every_optional_key_counts():
    case = read(LARGER)

    result = answer(case)

    assert {row["id"]: row["exact"] for row in result["ranking"]} == {"A": "81273/1196", "B": "39007/598"}
    assert result["corrections"] == [
        {"id": "A", "stated": "100", "corrected": "120.75"}, {"id": "B", "stated": "120", "corrected": "130"},
    ]  # fmt: skip
    assert result["averaged"] == [{"id": "A", "criterion": "care", "mark": "6.7500", "exact": "27/4"}]


def test_flags_do_not_change_the_exit_code_and_name_only_the_flagged(file):
    prices = {"A": "50", "B": "100", "C": "110", "D": "500"}
    rows = [{"id": key, "price": value} for key, value in prices.items()]
    criteria = [{"code": "price", "kind": "price", "weight": "100", "formula": "relative"}]

    out, _ = said_by("rank", file({"criteria": criteria, "submissions": rows}))

    assert [(flag["id"], flag["flag"]) for flag in json.loads(out)["flags"]] == [("A", "abnormally_low_price")]


@pytest.mark.parametrize("document", [SMALLEST, LARGER])
def test_a_case_survives_being_written_and_read_again(document):
    case = read(document)

    again = read(json.loads(json.dumps(to_document(case))))

    assert rank_case(again) == rank_case(case)


def test_plain_numbers_carry_no_trailing_zeros_and_a_million_no_exponent():
    assert [plain(Decimal(n)) for n in ("4.50", "1000000", "0.00")] == ["4.5", "1000000", "0"]


# What is refused

SHAPES = [
    ((), [], "", "should be an object"),
    (("criteria",), None, "criteria", "is missing"),
    (("submissions",), None, "submissions", "is missing"),
    (("submissions",), {"id": "A"}, "submissions", "should be a list"),
    (("submissions", 0), "A", "submissions[0]", "should be an object"),
    (("submissions", 0, "id"), None, "submissions[0].id", "is missing"),
    (("submissions", 0, "id"), "", "submissions[0].id", "1 to 200 printable"),
    (("submissions", 0, "id"), "A\u0000", "submissions[0].id", "1 to 200 printable"),
    (("submissions", 0, "id"), 7, "submissions[0].id", "should be a text"),
    (("submissions", 0, "price"), 10000, "submissions[0].price", "10000 is not a decimal number in quotes"),
    (("submissions", 0, "price"), float("nan"), "submissions[0].price", "NaN is not a decimal number"),
    (("submissions", 0, "price"), float("inf"), "submissions[0].price", "Infinity is not a decimal number"),
    (("submissions", 0, "price"), "1e999999999", "submissions[0].price", "no exponent"),
    (("submissions", 0, "price"), "NaN", "submissions[0].price", "“NaN” is not a decimal number"),
    (("submissions", 0, "price"), "١٠٠", "submissions[0].price", "is not a decimal number"),
    (("submissions", 0, "price"), "9" * 5000, "submissions[0].price", "at most 15 digits"),
    (("submissions", 0, "price"), " 10", "submissions[0].price", "is not a decimal number"),
    (("submissions", 0, "price"), True, "submissions[0].price", "is not a decimal number"),
    (("submissions", 0, "marks"), ["40"], "submissions[0].marks", "should be an object"),
    (("submissions", 0, "marks", "experience"), ["40"], "submissions[0].marks.experience", "is not a decimal"),
    (("submissions", 0, "mark"), {}, "submissions[0].mark", "is not a key of this format"),
    (("criteria", 0, "weight"), None, "criteria[0].weight", "is missing"),
    (("criteria", 0, "treshold"), "30", "criteria[0].treshold", "is not a key of this format"),
    (("criteria", 0, "kind"), "beauty", "criteria[0].kind", "“beauty” is not one of quality, price, clauses"),
    (("tie_breaks",), "quality", "tie_breaks", "should be a list"),
    (("tie_breaks", 0), 1, "tie_breaks[0]", "should be a text"),
    (("winner",), "A", "winner", "is not a key of this format"),
]
MEANINGS = [
    (("criteria", 0, "weight"), "64", "criteria", "The weights total 99, not 100"),
    (("criteria", 0, "weight"), "-65", "criteria[0].weight", "is below zero"),
    (("criteria", 0, "maximum"), None, "criteria[0].maximum", "its highest mark must be above zero"),
    (("criteria", 0, "threshold"), "61", "criteria[0].threshold", "is not between 0 and 60"),
    (("criteria", 0, "code"), "price", "criteria[1].code", "Criterion price appears 2 times"),
    (("criteria", 1, "formula"), "lottery", "criteria[1].formula", "there is no price formula"),
    (("criteria", 1, "formula"), "fixed", "criteria[1].maximum_price", "needs a maximum price and an optimal price"),
    (("tie_breaks", 0), "name", "tie_breaks[0]", "The tie-break 'name' is neither"),
    (("submissions", 1, "id"), "A", "submissions[1].id", "Submission A appears 2 times"),
    (("submissions", 0, "marks", "experience"), None, "submissions[0].marks.experience", "has no mark"),
    (("submissions", 0, "marks", "charm"), "1", "submissions[0].marks.charm", "which is not a quality criterion"),
    (("submissions", 0, "marks", "experience"), "61", "submissions[0].marks.experience", "is not between 0 and 60"),
    (("submissions", 0, "marks"), None, "submissions[0].marks.experience", "has no mark"),
    (("submissions", 0, "price"), None, "submissions[0].price", "has no price"),
    (("submissions", 0, "price"), "-1", "submissions[0].price", "is below zero"),
]


@pytest.mark.parametrize(("where", "value", "path", "words"), SHAPES + MEANINGS)
def test_what_is_wrong_is_told_with_its_place(where, value, path, words):
    document = changed(where, value) if where else value

    found = problems(document)

    assert path in [place for place, _ in found]
    assert any(words in sentence for place, sentence in found if place == path)


def test_what_would_fill_the_memory_is_refused_before_it_is_built(file):
    _, err = said_by("rank", file(b'{"criteria":[' + b"{}," * 4_000_001 + b"{}]}"), code=2)

    assert "more than 4,000,000 commas" in err


@pytest.mark.parametrize(
    ("content", "path", "words"),
    [
        (b"", "", "is not JSON: line 1, column 1"),
        (b"{", "", "is not JSON"),
        (b"\xff\xfe{}", "", "is not UTF-8: its byte 1"),
        (b"[" * 200_000, "", "nested more than 50 deep"),
        (b'{"title": ' + b"[" * 60 + b"]" * 60 + b"}", "title" + "[0]" * 50, "nested more than 50 deep"),
        (b'{"criteria": [{"code": "a", "code": "b"}], "submissions": []}', "criteria[0].code", "more than once"),
        (b'{"criteria": [], "criteria": [], "submissions": []}', "criteria", "more than once"),
        (b'{"criteria": [], "submissions": [{"id": "\\ud800"}]}', "submissions[0].id", "lone surrogate"),
        (b'{"criteria": [], "submissions": [], "notes": ' + b"9" * 10_000 + b"}", "criteria", "not 100: no criteria"),
    ],
)
def test_hostile_bytes_are_refused_with_their_place(file, content, path, words):
    out, err = said_by("rank", file(content), code=2)

    first = json.loads(out)["problems"][0]
    assert list(schema("problems.schema.json").iter_errors(json.loads(out))) == []
    assert path in [problem["key"] or "" for problem in json.loads(out)["problems"]]
    assert first["file"] == "assessment"
    assert words in err


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path):
    assert "No such file" in said_by("rank", str(tmp_path / "none.json"), code=2)[1]
    assert "Is a directory" in said_by("rank", str(tmp_path), code=2)[1]


def test_every_fault_of_a_file_is_listed_at_once_but_not_without_end(file):
    submissions = [{"id": str(n)} for n in range(1000)]

    _, err = said_by("rank", file(SMALLEST | {"submissions": submissions}), code=2)

    assert len(err.strip().splitlines()) == 101
    assert "900 more things are wrong in the same file." in err


def test_lines_that_do_not_sum_to_the_corrected_price_are_told():
    wrong = changed(("submissions", 0, "corrected_price"), "121", LARGER)

    assert problems(wrong)[0] == (
        "submissions[0].corrected_price", "is not what the lines sum to, which is 120.75.",
    )  # fmt: skip


# The schemas


@pytest.mark.parametrize("document", [SMALLEST, LARGER])
def test_the_schema_accepts_what_is_read(document):
    assert list(schema("assessment.schema.json").iter_errors(document)) == []


@pytest.mark.parametrize(("where", "value", "path", "words"), [each for each in SHAPES if each[1] != "A\u0000"])
def test_the_schema_refuses_what_cannot_be_read(where, value, path, words):
    assert schema("assessment.schema.json").is_valid(changed(where, value) if where else value) is False


def test_the_schema_of_results_accepts_results():
    for case in (read(SMALLEST), read(LARGER)):
        assert list(schema("assessment-result.schema.json").iter_errors(answer(case))) == []


def test_A11_the_documented_recipe_gives_the_same_hash():
    text = (FORMATS / "assessment.md").read_text()
    recipe = text.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(recipe, names)  # noqa: S102 - our own documentation

    found = names["digest"](SMALLEST, {
        "basis": "points", "ranking": [[1, "A", "235/3", {"experience": "130/3", "price": "35"}]],
        "disregarded": [{"id": "B", "reason": "failed clause SE-01"}], "flags": [],
    })  # fmt: skip

    assert found == rank_case(read(SMALLEST)).digest
    assert found in text


# Recomputing an export


def export():
    result = answer(read(LARGER))
    stated = {key: result[key] for key in result if key not in ("corrections", "averaged", "robustness")}
    moderations = [{"submission": "A", "criterion": "reach", "mark": "4"}]
    return LARGER | {
        "result": stated, "robustness": result["robustness"], "hash": result["hash"], "moderations": moderations,
    }  # fmt: skip


def test_A11_an_export_is_recomputed_to_its_hash(file):
    out, _ = said_by("verify_result", file(export()))

    assert f"recomputed to the same hash, {export()['hash']}" in out


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("hash",), "0" * 64, "hash: the file says 0000"),
        (("submissions", 0, "marks", "reach"), "5", "result.ranking[0].exact: the file says"),
        (("result", "ranking", 0, "total"), "99.0000", "result.ranking[0].total: the file says 99.0000"),
        (("result", "ranking", 0, "id"), "B", "result.ranking[0].id"),
        (("result", "disregarded"), [], "result.disregarded: the file says a list of 0"),
        (("result", "flags"), None, "result.flags: is missing"),
        (("result", "winner"), "A", "result.winner: is in the file, but does not follow"),
        (("robustness", "winner"), ["B"], "robustness.winner[0]: the file says B"),
        (("moderations", 0, "mark"), "5", "moderations[0].mark: the moderated mark is 5, but 4 was counted"),
    ],
)
def test_A11_what_was_changed_is_named(file, where, value, said):
    out, _ = said_by("verify_result", file(changed(where, value, export())), code=1)

    assert said in out


@pytest.mark.parametrize(("where", "path"), [(("hash",), "hash"), (("result",), "result"), (("criteria",), "criteria")])
def test_an_export_without_what_is_to_be_verified_is_malformed(file, where, path):
    out, err = said_by("verify_result", file(changed(where, None, export())), code=2)

    assert f", {path}: is missing" in err
    assert path in [problem["key"] for problem in json.loads(out)["problems"]]


def test_a_case_keeps_what_a_disregarded_submission_said_to_itself():
    case = Case([Criterion("price", "price", 100, formula="relative")], [Entry("A", {}, 5, "late")])

    assert to_document(case)["submissions"] == [{"id": "A", "marks": {}, "disregarded": "late"}]
