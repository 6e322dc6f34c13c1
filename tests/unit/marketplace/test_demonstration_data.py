"""The demonstration's files: everything is marked invented, fits together, and a wrong file says what is wrong."""

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from clauses.reading import Library, read_library
from clauses.tables import words_in
from marketplace.demonstration.judging import asked_at_submission
from marketplace.demonstration.reading import DemonstrationError, read_demonstration
from marketplace.demonstration.shapes import ChallengeText, Demonstration, SubmissionText

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "marketplace" / "demonstration"


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(ROOT / "clauses" / "library")


@pytest.fixture(scope="module")
def demonstration(library: Library) -> Demonstration:
    return read_demonstration(FOLDER, library)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "demonstration", ignore=shutil.ignore_patterns("*.py")))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path, library: Library) -> tuple[str, ...]:
    with pytest.raises(DemonstrationError) as caught:
        read_demonstration(folder, library)
    return caught.value.faults


def by_slug(demonstration: Demonstration) -> dict[str, ChallengeText]:
    return {challenge.slug: challenge for challenge in demonstration.challenges}


def test_six_councils_twelve_suppliers_and_their_people(demonstration: Demonstration) -> None:
    assert len(demonstration.councils) == 6
    assert len(demonstration.suppliers) == 12
    assert len(demonstration.people) == 48
    assert [len(supplier.people) for supplier in demonstration.suppliers] == [2] * 12
    assert {supplier.size for supplier in demonstration.suppliers} == {"micro", "small", "medium"}


def test_each_challenge_is_in_another_phase(demonstration: Demonstration) -> None:
    phases = {slug: (challenge.phase, challenge.conclusion) for slug, challenge in by_slug(demonstration).items()}

    assert phases == {
        "bicycle-thefts": ("concluded", "awarded"),
        "cool-streets": ("open", ""),
        "everyday-beach": ("upcoming", ""),
        "safe-roads": ("assessing", ""),
        "shared-bins": ("concluded", "no_award"),
        "street-lights": ("piloting", ""),
    }


def test_everything_invented_says_so_in_words_that_pages_print(demonstration: Demonstration) -> None:
    notices = {record.notice.split(":")[0] for record in (*demonstration.councils, *demonstration.suppliers)}
    notices |= {person.notice.split(":")[0] for person in demonstration.people}
    starts = {challenge.invented.split(".")[0] for challenge in demonstration.challenges}

    assert notices | starts == {"Demonstration"}
    assert all("(Demonstration)" in supplier.name for supplier in demonstration.suppliers)


def test_each_challenge_names_the_real_source_it_is_adapted_from(demonstration: Demonstration) -> None:
    assert {slug: challenge.source.ids for slug, challenge in by_slug(demonstration).items()} == {
        "bicycle-thefts": ("BCN14-L1",),
        "cool-streets": ("HEL23-PILOTGREEN",),
        "everyday-beach": ("LGB15-BEACH",),
        "safe-roads": ("UK-GTC1-DURHAM",),
        "shared-bins": ("NYC17-BROWNSVILLE",),
        "street-lights": ("SF12-LLGA", "SF12-SFPUC"),
    }
    urls = [url for challenge in demonstration.challenges for url in challenge.source.urls]
    assert [url for url in urls if not url.startswith(("https://", "http://"))] == []


def test_A1_weights_total_100_and_every_criterion_has_six_descriptors(demonstration: Demonstration) -> None:
    for challenge in demonstration.challenges:
        assert sum(criterion.weight for criterion in challenge.criteria) == 100
        assert {len(criterion.descriptors) for criterion in challenge.criteria} == {6}


def test_statements_have_250_to_400_words_and_no_line_breaks(demonstration: Demonstration) -> None:
    for challenge in demonstration.challenges:
        texts = challenge.statement.texts()
        assert 250 <= sum(words_in(text) for text in texts) <= 400
        assert [text for text in texts if "\n" in text] == []


def test_the_micro_pilot_asks_four_clauses_at_submission(demonstration: Demonstration, library: Library) -> None:
    asked = {
        slug: len(asked_at_submission(challenge, library.by_code()))
        for slug, challenge in by_slug(demonstration).items()
    }

    assert asked["cool-streets"] == 4
    assert max(asked.values()) <= 8


def total(submission: SubmissionText, challenge: ChallengeText) -> Fraction:
    marks = {(item.supplier, item.criterion): item.moderated.mark for item in challenge.assessments}
    prices = [other.pilot_price + other.contract_price for other in challenge.submissions]
    points = Fraction(0)
    for criterion in challenge.criteria:
        if criterion.kind == "price":
            points += Fraction(criterion.weight * min(prices), submission.pilot_price + submission.contract_price)
        else:
            points += Fraction(criterion.weight * marks[submission.supplier, criterion.code], criterion.maximum)
    return points


@pytest.mark.parametrize("slug", ["bicycle-thefts", "shared-bins", "street-lights"])
def test_the_pilots_belong_to_the_best_submissions(demonstration: Demonstration, slug: str) -> None:
    challenge = by_slug(demonstration)[slug]
    failed = {finding.supplier for finding in challenge.findings if finding.verdict == "not_met"}
    admitted = [item for item in challenge.submissions if item.supplier not in failed]

    ranked = sorted(admitted, key=lambda item: total(item, challenge), reverse=True)

    best = {item.supplier for item in ranked[: challenge.money.max_pilots]}
    assert best == {pilot.supplier for pilot in challenge.pilots}


def test_A8_the_submission_that_refuses_a_mandatory_clause_has_a_finding(demonstration: Demonstration) -> None:
    refused = {
        (submission.supplier, code)
        for challenge in demonstration.challenges
        for submission in challenge.submissions
        for code, response in submission.responses.items()
        if response.accepted is False
    }
    failed = {
        (finding.supplier, finding.clause)
        for challenge in demonstration.challenges
        for finding in challenge.findings
        if finding.verdict == "not_met"
    }

    assert refused == failed == {("halfmoon-controls", "OD-09")}


def test_only_the_lights_have_a_live_feed(demonstration: Demonstration) -> None:
    live = [
        challenge.slug for challenge in demonstration.challenges if challenge.readings and challenge.readings.live_feed
    ]

    assert live == ["street-lights"]


def test_weights_that_do_not_total_100_are_named(copy: Path, library: Library) -> None:
    change(copy / "challenges" / "cool-streets.toml", "weight = 35", "weight = 36")

    assert faults_of(copy, library) == ("cool-streets: the weights total 101, not 100.",)


def test_clauses_that_do_not_fit_are_named(copy: Path, library: Library) -> None:
    path = copy / "challenges" / "cool-streets.toml"
    change(path, '"ET-01",\n]\ngraded = []', '"ET-99", "ET-05", "ET-02",\n]\ngraded = []')

    assert faults_of(copy, library) == (
        "cool-streets: the clause ET-99 is not in the library.",
        "cool-streets: the clause ET-05 is scored in the library.",
        "cool-streets: the clause ET-05 applies only when “connected_devices”.",
        "cool-streets: the clause ET-05 is not in the set “micro-pilot”.",
        "cool-streets: the clause ET-02 applies only when “uses_ai”.",
        "cool-streets: the clause ET-02 is not in the set “micro-pilot”.",
        "cool-streets: mossworks: no response to ET-05.",
        "cool-streets: thicket-and-sill: no response to ET-05.",
        "cool-streets: verge-and-camber: no response to ET-05.",
    )


def test_a_statement_that_names_a_solution_or_is_too_short_is_named(copy: Path, library: Library) -> None:
    path = copy / "challenges" / "everyday-beach.toml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index('why_it_matters = """'), text.index('aim = """')
    short = 'why_it_matters = "So."\nresponse_now = "None."\nfalls_short = "There is no app."\n'
    path.write_text(text[:start] + short + text[end:], encoding="utf-8")

    assert faults_of(copy, library) == (
        "everyday-beach: the problem statement has 179 words; it needs 250 to 400.",
        "everyday-beach: the problem statement names a solution: “app”.",
    )


def test_answers_that_name_the_supplier_or_are_too_short_are_named(copy: Path, library: Library) -> None:
    path = copy / "challenges" / "safe-roads.toml"
    text = path.read_text(encoding="utf-8")
    start = text.index('outcome = """\nEight refuse lorries')
    end = text.index('people = """', start)
    path.write_text(f'{text[:start]}outcome = "Plover Field can do it."\n{text[end:]}', encoding="utf-8")

    assert faults_of(copy, library) == (
        "safe-roads: plover-field: the answer to “outcome” has 5 words; it needs 60 to 120.",
        "safe-roads: plover-field: the answer to “outcome” names the supplier.",
    )


def test_marks_that_are_missing_or_out_of_range_are_named(copy: Path, library: Library) -> None:
    path = copy / "challenges" / "shared-bins.toml"
    change(path, "declan-frame = { mark = 4,", "declan-frame = { mark = 6,")
    change(path, "femi-starling = {", "somebody-else = {")

    assert faults_of(copy, library) == (
        "shared-bins: loopyard on “outcome”: marks are needed from declan-frame, eimear-cole, femi-starling.",
        "shared-bins: loopyard on “outcome”: the mark 6 is not within 0 to 5.",
    )


def test_dates_out_of_order_and_out_of_phase_are_named(copy: Path, library: Library) -> None:
    path = copy / "challenges" / "everyday-beach.toml"
    change(path, "opens = 8", "opens = -1")
    change(path, "answers_due = 37", "answers_due = 51")

    assert faults_of(copy, library) == (
        "everyday-beach: the dates are out of order.",
        "everyday-beach: the dates do not fit the phase “upcoming”.",
    )


def test_a_file_not_marked_as_demonstration_is_refused(copy: Path, library: Library) -> None:
    change(copy / "suppliers.toml", "demonstration = true", "demonstration = false")

    assert faults_of(copy, library) == (
        "suppliers.toml: must say “demonstration = true”: everything here is invented.",
    )


def test_a_company_number_that_could_be_real_is_refused(copy: Path, library: Library) -> None:
    change(copy / "suppliers.toml", '"99000101"', '"01234567"')

    assert faults_of(copy, library) == (
        "wickerlock: the company number must be 8 digits beginning with 99, which no real firm has.",
    )


def test_a_misspelt_field_and_a_missing_one_are_both_named(copy: Path, library: Library) -> None:
    change(copy / "councils.toml", "nation =", "natoin =")

    assert faults_of(copy, library) == (
        "councils.toml, exampleton: the field “nation” is missing.",
        "councils.toml, exampleton: “natoin” is not a field that is known here.",
    )
