"""Anybody can repeat a result: from the pilot's public page, without a database, to the same numbers."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client

from pilots import queries
from pilots.models import OutOfRangeReading, Pilot, Reading
from tests.factories import pilots as factory

ROOT = Path(__file__).resolve().parents[3]
FORMATS = ROOT / "docs" / "formats"
EXAMPLES = FORMATS / "examples"


def schema(name: str) -> Any:
    return json.loads((FORMATS / f"{name}.schema.json").read_text())


def repeat(plan: Path, readings: Path, **options: str) -> tuple[int, Any]:
    """What the command prints, and its exit code."""
    said = io.StringIO()
    try:
        call_command("evaluate", plan=plan, readings=readings, stdout=said, stderr=io.StringIO(), **options)
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(said.getvalue())
    return 0, json.loads(said.getvalue())


def downloaded(pilot: Pilot, folder: Path, *names: str) -> list[Path]:
    for name in names:
        answer = Client().get(f"/pilots/{pilot.slug}/{name}")
        (folder / name).write_bytes(answer.content if not answer.streaming else b"".join(answer))  # type: ignore[arg-type]
    return [folder / name for name in names]


@pytest.mark.django_db
@pytest.mark.parametrize("readings", ["analysis.csv", "readings.csv"])
@pytest.mark.parametrize("effect", [-3.0, 0.0])
def test_P6_what_the_public_page_offers_repeats_the_result(tmp_path: Path, effect: float, readings: str) -> None:
    pilot = factory.pilot_in("evaluating", effect=effect)
    plan, result, table = downloaded(pilot, tmp_path, "plan.json", "result.json", readings)

    code, found = repeat(plan, table)

    published = json.loads(result.read_text())
    assert code == 0
    assert found == {key: value for key, value in published.items() if key != "plan_sha256"}
    assert found["verdict"] == queries.registered_evaluation(pilot).verdict
    assert found["snapshot"] == queries.registered_evaluation(pilot).snapshot_sha256


@pytest.mark.django_db
def test_P6_the_analysed_file_stays_when_readings_go(tmp_path: Path) -> None:
    pilot = factory.pilot_in("evaluating")
    Reading.objects.all().delete()
    plan, result, table = downloaded(pilot, tmp_path, "plan.json", "result.json", "analysis.csv")

    assert repeat(plan, table)[1]["snapshot"] == json.loads(result.read_text())["snapshot"]


@pytest.mark.django_db
def test_P5_readings_out_of_range_are_counted_in_the_file(tmp_path: Path) -> None:
    pilot = factory.pilot_in("registered")
    day = pilot.baseline_starts_on
    metric = pilot.metrics.get()
    row = {"device": "p1a", "metric": metric.code, "unit": metric.unit}
    factory.send(pilot, [row | {"taken_at": f"{day}T01:00:00Z", "value": 4.0}])
    factory.send(pilot, [row | {"taken_at": f"{day}T{hour:02}:00:00Z", "value": 4000} for hour in range(2, 5)])
    assert OutOfRangeReading.objects.count() == 3
    plan, table = downloaded(pilot, tmp_path, "plan.json", "analysis.csv")

    assert repeat(plan, table)[1]["out_of_range_share"] == 0.75


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("running", ["readings", "analysis", "plan", "devices"]),
        ("evaluating", ["readings", "analysis", "plan", "devices", "result"]),
    ],
)
def test_the_package_names_every_file_and_there_is_no_result_before_its_date(state: str, names: list[str]) -> None:
    pilot = factory.pilot_in(state)
    package = Client().get(f"/pilots/{pilot.slug}/datapackage.json").json()

    assert [resource["name"] for resource in package["resources"]] == names
    assert [Client().get(resource["path"]).status_code for resource in package["resources"]] == [200] * len(names)
    assert Client().get(f"/pilots/{pilot.slug}/result.json").status_code == (200 if "result" in names else 404)


@pytest.mark.django_db
def test_a_planned_pilot_offers_nothing() -> None:
    pilot = factory.pilot_in("planned")
    for name in ("analysis.csv", "result.json", "datapackage.json"):
        assert Client().get(f"/pilots/{pilot.slug}/{name}").status_code == 404


@pytest.mark.django_db
def test_plan_and_result_of_the_product_follow_their_schemas(tmp_path: Path) -> None:
    pilot = factory.pilot_in("evaluating")
    plan, result = downloaded(pilot, tmp_path, "plan.json", "result.json")

    jsonschema.validate(json.loads(plan.read_text()), schema("plan"))
    jsonschema.validate(json.loads(result.read_text()), schema("result"))


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.iterdir()))
def test_every_documented_example_runs_without_a_database(example: str) -> None:
    folder = EXAMPLES / example
    content = json.loads((folder / "plan.json").read_text())

    code, found = repeat(folder / "plan.json", folder / "readings.csv")

    jsonschema.validate(content, schema("plan"))
    jsonschema.validate(found, schema("result"))
    assert (code, found["design"], found["estimate"] is not None) == (0, content["design"], True)


def test_the_command_prints_one_document_and_says_what_is_wrong_with_exit_2(tmp_path: Path) -> None:
    readings = tmp_path / "readings.csv"
    readings.write_text("unit,arm,at,value\na,pilot,never,1\na,neither,2026-01-05,x\n")
    plan = next(EXAMPLES.iterdir()) / "plan.json"

    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "evaluate", "--plan", plan, "--readings", readings],
        capture_output=True, text=True, check=False, cwd=ROOT, env={"DATABASE_URL": "sqlite:////nowhere/none.sqlite3",
        "SECRET_KEY": "x" * 50, "DEBUG": "false", "DATA_DIR": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 2
    assert [(problem["line"], problem["file"]) for problem in json.loads(done.stdout)["problems"]] == [
        (2, "readings"), (3, "readings"), (3, "readings"),
    ]  # fmt: skip
    assert done.stderr.splitlines()[0].startswith("readings, line 2: at: “never” is not a date")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", {"file": "plan", "line": 1, "key": None,
                "sentence": "The file is not JSON: Expecting property name enclosed in double quotes."}),
        (b"\xff\xfe", {"file": "plan", "line": None, "key": None, "sentence": "The file is not UTF-8 text."}),
        (b'{"alpha": NaN}', {"file": "plan", "line": None, "key": None,
                             "sentence": "The file is not JSON: NaN is no JSON number."}),
        (b"[" * 100_000, {"file": "plan", "line": None, "key": None,
                          "sentence": "The file is nested too deeply."}),
        (b'{"alpha": "0.05", "metric": {},\n "alpha": "0.5"}', {"file": "plan", "line": 2, "key": "alpha",
                                                             "sentence": "This key is there more than once."}),
        (b'{"design": "\\ud800"}', {"file": "plan", "line": None, "key": None,
                                    "sentence": "The file holds half a character (a lone surrogate)."}),
        (None, {"file": "plan", "line": None, "key": None,
                "sentence": "The file cannot be read: No such file or directory."}),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_read_is_said_so(tmp_path: Path, content: bytes | None, problem: Any) -> None:
    plan = tmp_path / "plan.json"
    if content is not None:
        plan.write_bytes(content)

    code, found = repeat(plan, tmp_path / "none.csv")

    assert (code, len(found["problems"])) == (2, 1)
    shown = found["problems"][0]
    assert shown | {"sentence": shown["sentence"].split(" while ")[0].rstrip(".") + "."} == problem


def test_what_is_wrong_with_a_plan_has_its_line(tmp_path: Path) -> None:
    example = json.loads((EXAMPLES / "comparison" / "plan.json").read_text())
    odd = 'a " brace } in words'
    wrong = [
        example | {"alpha": "2", "metric": example["metric"] | {"name": odd}},
        {key: value for key, value in example.items() if key != "start"} | {"looks": 0.5},
        example | {"guardrails": [{"code": "noise", "name": odd, "direction": "up"}]},
        example | {"guardrails": [{"code": "noise", "name": "noise", "direction": "decrease", "harm_limit": -1}]},
    ]
    asked = ['"alpha"', "{", '"direction": "up"', '"harm_limit": -1']
    for content, words in zip(wrong, asked, strict=True):
        plan = tmp_path / "plan.json"
        plan.write_text(json.dumps(content, indent=1))
        lines = plan.read_text().splitlines()
        code, found = repeat(plan, tmp_path / "none.csv")
        shown = [lines[problem["line"] - 1] for problem in found["problems"]]
        assert (code, words in shown[0] or words in shown[-1]) == (2, True), found
