"""What procurement needs before a problem can be published, and what a good page has besides."""

from collections.abc import Iterator
from typing import Final

from challenges.coach.legibility import WORD_LIMIT, legibility, sentences_of, words_of
from challenges.coach.statement import Finding, Statement

# field: what is missing, what to write
NEEDED: Final = {
    "title": ("There is no title.", "Say what should be different, in the words of a resident."),
    "aim": ("There is no aim.", "Write one sentence: “The aim of this challenge is …”."),
    "if_it_works": (
        "It does not say what happens if the pilot works.",
        "Say what may follow, with how much money and by when; suppliers decide on this line whether to answer.",
    ),
    "owner": ("Nobody owns the problem.", "Name the person who will decide and use the result."),
    "budget_line": (
        "There is no budget line for what follows.",
        "Name the budget from which a contract would be paid, or the pilot leads nowhere.",
    ),
}

ADVISED: Final = {
    "strapline": ("There is no strapline.", "Say in one line who gains."),
    "why_it_matters": ("It does not say why this matters.", "Tell it in two or three sentences, as residents live it."),
    "response_now": ("It does not say what you do now.", "Describe today's response, so that answers can build on it."),
    "falls_short": ("It does not say why today's response falls short.", "Say what it does not achieve, and for whom."),
    "good_answer": (
        "It does not say what a good answer does.",
        "Describe performance, mark preferences as such, and name the sites where it must work.",
    ),
}

TITLE_WORDS: Final = 14


def missing(statement: Statement) -> Iterator[Finding]:
    """Yield a ``must`` for each thing procurement needs and a ``should`` for each that a reader misses."""
    for field, (sentence, suggestion) in NEEDED.items():
        if not str(getattr(statement, field)).strip():
            yield Finding("must", field, "", sentence, suggestion)
    yield from _missing_numbers(statement)
    for field, (sentence, suggestion) in ADVISED.items():
        if not str(getattr(statement, field)).strip():
            yield Finding("should", field, "", sentence, suggestion)


def _missing_numbers(statement: Statement) -> Iterator[Finding]:
    if not any(_has_value(figure.value) and figure.unit and figure.on for figure in statement.numbers):
        yield Finding(
            "must",
            "numbers",
            "",
            "There is no baseline: a number of today with its unit and date.",
            "Give at least one number that the pilot should move, what it counts, and when it was counted.",
        )
    if not any(_has_value(measure.threshold) and measure.unit for measure in statement.measures):
        yield Finding(
            "must",
            "measures",
            "",
            "There is no measure of success with a threshold.",
            "Say what will be measured, in which unit, and the least change that would be worth paying for.",
        )
    if not statement.money:
        yield Finding("must", "money", "", "It does not say how much money there is.", "Give the most you would pay.")
    if statement.closes_on is None:
        yield Finding("must", "closes_on", "", "It does not say when the call closes.", "Set the closing date.")


def incomplete_numbers(statement: Statement) -> Iterator[Finding]:
    """Yield a ``should`` for each number that lacks its value, unit or date."""
    for figure in statement.numbers:
        parts = {"value": _has_value(figure.value), "unit": bool(figure.unit), "date": bool(figure.on)}
        lacking = [name for name, is_given in parts.items() if not is_given]
        if lacking:
            sentence = f"“{figure.label}” has no {' and no '.join(lacking)}."
            yield Finding("should", "numbers", figure.label, sentence, "Complete it, or take it out.")


def several_aims(statement: Statement) -> Iterator[Finding]:
    """Yield a ``should`` when the aim is more than one sentence."""
    found = sentences_of(statement.aim)
    if len(found) > 1:
        sentence = f"The aim has {len(found)} sentences."
        suggestion = "Choose the one that matters most; publish another challenge for the next."
        yield Finding("should", "aim", found[1], sentence, suggestion)


def too_long_or_too_hard(statement: Statement) -> Iterator[Finding]:
    """Yield a ``should`` for a long title, more than 400 words in all, or a text that is hard to read."""
    title = len(words_of(statement.title))
    if title > TITLE_WORDS:
        suggestion = f"Say the outcome in {TITLE_WORDS} words or fewer; the rest belongs into the strapline."
        yield Finding("should", "title", statement.title, f"The title has {title} words.", suggestion)
    page = legibility(statement)
    if page.words > WORD_LIMIT:
        sentence = f"The page has {page.words} words; {WORD_LIMIT} are enough."
        yield Finding("should", "page", "", sentence, "Cut what a supplier does not need to decide whether to answer.")
    if page.is_hard:
        sentence = f"The page is {page.label} (reading ease {page.ease})."
        yield Finding("should", "page", "", sentence, "Shorten sentences, and use the words you would say aloud.")


def published_before(statement: Statement) -> Iterator[Finding]:
    """Yield a ``should`` for each challenge on the same need, so that its lesson is read before it is asked again."""
    for past in statement.already_published:
        outcome = past.outcome or "What came of it is not recorded."
        sentence = f"{past.council} has published this need: “{past.title}”. {outcome}"
        yield Finding("should", "page", past.title, sentence, "Read it first, and say what you do differently.")


def _has_value(value: object) -> bool:
    return value is not None and str(value).strip() != ""
