"""The coach: what blocks a problem statement, what it advises, and the words it asks about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from challenges.coach import (
    WORD_LIMIT,
    Figure,
    Finding,
    Measure,
    PastChallenge,
    Statement,
    legibility,
    may_be_published,
    review,
)
from challenges.coach.legibility import reading_ease, sentences_of

GOOD = Statement(
    title="Fewer people hurt on dark streets",
    strapline="So that walking home feels safe",
    why_it_matters="People stay at home after dark. Shops close early, and those who must walk are afraid.",
    numbers=(Figure("falls and assaults after dark", 214, "a year", date(2025, 12, 31)),),
    response_now="We mend lamps when a resident calls us.",
    falls_short="A lamp stays dark for nine days, because nobody calls.",
    aim="The aim of this challenge is that no street stays dark for more than a night.",
    good_answer="We know of every dark street by morning, and so do the people who live there.",
    if_it_works="We buy it for the whole borough for three years.",
    owner="Head of streets",
    budget_line="Street lighting, 2027",
    measures=(Measure("nights a street stays dark", "nights", 2),),
    money=50_000,
    closes_on=date(2026, 9, 1),
)

# Barcelona's two versions of one challenge, retold: the draft named its solution, the final one nearly did not.
DRAFT = Statement(
    title="A modern bike register to end theft",
    aim="The aim is to build a digital bicycle register that links every bicycle to its owner.",
    good_answer="A register that police, insurers and shops can search, with an app for owners.",
)
FINAL = Statement(
    title="Fewer bicycles stolen in the city",
    aim="The aim is that fear of theft no longer keeps people from cycling.",
    good_answer="A secure parking option that any private cyclist can use, in little public space.",
    numbers=(
        Figure("cycle paths", 97, "km", date(2012, 12, 31)),
        Figure("cycle trips", 126_000, "a day", date(2012, 12, 31)),
        Figure("cycle parking spaces", 22_000, "spaces", date(2012, 12, 31)),
        Figure("sites with parking", 2_500, "sites", date(2012, 12, 31)),
    ),
    response_now="Police keep a bicycle register, and some shops insure against theft.",
)


def passages(statement, *, field=None):
    findings = [finding for finding in review(statement) if field in (None, finding.field)]
    return [finding.passage for finding in findings if finding.passage]


def fields_that_block(statement):
    return [finding.field for finding in review(statement) if finding.level == "must"]


def test_a_complete_statement_leaves_nothing_to_say():
    assert review(GOOD) == []
    assert may_be_published(review(GOOD)) is True


def test_an_empty_statement_hears_first_what_blocks_it():
    findings = review(Statement())

    assert [finding.field for finding in findings if finding.level == "must"] == [
        "title",
        "aim",
        "if_it_works",
        "owner",
        "budget_line",
        "numbers",
        "measures",
        "money",
        "closes_on",
    ]
    assert [finding.field for finding in findings[9:]] == [
        "strapline",
        "why_it_matters",
        "response_now",
        "falls_short",
        "good_answer",
    ]
    assert may_be_published(findings) is False


@pytest.mark.parametrize("field", ["title", "aim", "if_it_works", "owner", "budget_line"])
def test_a_needed_text_of_spaces_is_missing(field):
    assert fields_that_block(replace(GOOD, **{field: "  "})) == [field]


@pytest.mark.parametrize("field", ["strapline", "why_it_matters", "response_now", "falls_short", "good_answer"])
def test_a_text_that_only_a_reader_misses_does_not_block(field):
    findings = review(replace(GOOD, **{field: ""}))

    assert [(finding.level, finding.field) for finding in findings] == [("should", field)]


@pytest.mark.parametrize(
    "figure",
    [
        Figure("falls", 214, "a year"),
        Figure("falls", 214, "", date(2025, 12, 31)),
        Figure("falls", None, "a year", date(2025, 12, 31)),
    ],
)
def test_a_baseline_needs_value_unit_and_date(figure):
    assert fields_that_block(replace(GOOD, numbers=(figure,))) == ["numbers"]


def test_a_number_that_lacks_something_is_named_beside_a_good_one():
    findings = review(replace(GOOD, numbers=(*GOOD.numbers, Figure("lamps", 9000))))

    assert findings == [
        Finding("should", "numbers", "lamps", "“lamps” has no unit and no date.", "Complete it, or take it out.")
    ]


def test_a_baseline_of_zero_is_a_number():
    assert fields_that_block(replace(GOOD, numbers=(Figure("falls", 0, "a year", date(2025, 12, 31)),))) == []


@pytest.mark.parametrize("measure", [Measure("nights", "nights"), Measure("nights", "", Decimal(2))])
def test_success_needs_a_unit_and_a_threshold(measure):
    assert fields_that_block(replace(GOOD, measures=(measure,))) == ["measures"]


def test_money_and_closing_date_are_needed():
    assert fields_that_block(replace(GOOD, money=0, closes_on=None)) == ["money", "closes_on"]


def test_one_aim():
    two = "Streets are never dark. Bins are never full."

    (finding,) = review(replace(GOOD, aim=two))

    assert (finding.level, finding.field, finding.passage) == ("should", "aim", "Bins are never full.")
    assert finding.sentence == "The aim has 2 sentences."


def test_barcelonas_draft_is_asked_about_the_solution_it_names():
    assert passages(DRAFT) == ["modern bike register", "build a digital", "digital bicycle register", "register", "app"]


def test_barcelonas_final_version_still_prescribes_parking_and_has_its_baseline():
    assert passages(FINAL) == ["secure parking option"]
    assert "numbers" not in fields_that_block(FINAL)


def test_a_solution_word_comes_with_a_question_and_never_blocks():
    (finding,) = review(replace(GOOD, good_answer="An app tells us which lamp is out."))

    assert finding == Finding(
        "should",
        "good_answer",
        "app",
        "“app” names a product people would use.",
        "What should someone be able to do or know that they cannot today, whatever they use for it?",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A mobile app and two sensors.", ["mobile app", "sensors"]),
        ("The platform uses blockchain, and the platform is new.", ["platform", "blockchain"]),
        ("Street cameras with AI.", ["cameras", "AI"]),
        ("Install new lamps by winter.", ["Install new lamps"]),
        ("Purchasing the lamps is not enough.", ["Purchasing the lamps"]),
        ("Residents get a WhatsApp message from Lumo® at once.", ["WhatsApp", "Lumo®"]),
        ("Five years of experience and a proven track record.", ["years of experience", "proven track record"]),
    ],
)
def test_words_that_are_asked_about(text, found):
    assert passages(replace(GOOD, good_answer=text), field="good_answer") == found


@pytest.mark.parametrize(
    "text",
    [
        "Trees rise with sap, and an apple falls.",
        "What happens in the building is known.",
        "The water supply is safe.",
        "Parking is easier to find.",
        "Residents have had enough.",
    ],
)
def test_ordinary_words_are_left_alone(text):
    assert review(replace(GOOD, good_answer=text)) == []


def test_what_is_done_today_may_name_what_is_in_use():
    today = "Cameras report to a database, and an app shows it."

    assert review(replace(GOOD, response_now=today, falls_short=today, why_it_matters=today)) == []


def test_the_page_is_counted_and_four_hundred_words_are_allowed():
    short = legibility(replace(GOOD, why_it_matters="")).words
    full = replace(GOOD, why_it_matters="It is dark. " * ((WORD_LIMIT - short) // 3))
    one_more = replace(full, response_now=f"{full.response_now} It is dark.")

    assert [finding.sentence for finding in review(full)] == []
    assert [finding.sentence for finding in review(one_more)] == [
        f"The page has {legibility(one_more).words} words; 400 are enough."
    ]


def test_a_long_title_is_advised_against():
    title = "Fewer people hurt on dark streets in the borough, in winter as well as in summer"

    (finding,) = review(replace(GOOD, title=title))

    assert (finding.field, finding.passage, finding.sentence) == ("title", title, "The title has 16 words.")


def test_a_page_that_is_hard_to_read_is_told_so_with_its_score():
    hard = (
        "Institutional interoperability considerations necessitate comprehensive organisational transformation "
        "initiatives incorporating multidisciplinary stakeholder collaboration methodologies. "
    ) * 3

    (finding,) = review(replace(GOOD, why_it_matters=hard))

    ease = legibility(replace(GOOD, why_it_matters=hard)).ease
    assert finding.sentence == f"The page is very hard to read (reading ease {ease})."


def test_a_need_published_before_is_shown_with_what_came_of_it():
    past = (PastChallenge("Light for walkers", "Long Beach", "Stopped: too few units."), PastChallenge("Dark", "X"))

    findings = review(replace(GOOD, already_published=past))

    assert [finding.sentence for finding in findings] == [
        "Long Beach has published this need: “Light for walkers”. Stopped: too few units.",
        "X has published this need: “Dark”. What came of it is not recorded.",
    ]


@pytest.mark.parametrize(
    ("text", "ease"),
    [
        ("", None),
        ("The cat sat.", 119.2),
        ("The cat sat on the mat. It was warm.", 117.7),
        ("Institutional transformation", -175.9),
    ],
)
def test_reading_ease_is_fleschs(text, ease):
    assert reading_ease(text) == ease


def test_easier_words_and_shorter_sentences_score_higher():
    assert legibility(GOOD).label == "easy to read"
    assert legibility(Statement()).label == "nothing written yet"
    assert reading_ease("We know. You know.") > reading_ease("We know that you know.")


def test_sentences_end_at_marks_and_at_line_ends():
    assert sentences_of("One. Two!\nThree? 4.5 m ...") == ["One.", "Two!", "Three?", "4.5 m ..."]
