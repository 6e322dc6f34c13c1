"""The letter about a finished pilot: its own marks and result, its rank, whose award is proposed (D2, D3)."""

from collections.abc import Iterator
from datetime import datetime

from assessment.inputs import plain
from assessment.letters.facts import Facts
from assessment.letters.writing import (
    Draft,
    Wording,
    chosen_of,
    complaint,
    headed,
    in_points,
    marks_of,
    on_day,
    result_of,
    rules_of,
    summary,
)
from challenges.models import CriterionKind
from challenges.money import money
from suppliers.copies import Block, Copy
from suppliers.models import Submission

OF_PILOTS = Wording(
    "Your pilot was assessed, and it is not ranked.", "The contract is to go to you", "Whose award is proposed",
    "Nobody was chosen for the contract.",
)  # fmt: skip


def summary_of_pilot(facts: Facts, submission: Submission, at: datetime) -> Draft:
    """The assessment summary of one finished pilot; nobody else's marks but the points of the one chosen (A16)."""
    challenge = facts.round.challenge
    blocks = [
        *headed(facts, submission, "the panel read it with your name, because pilots are public"),
        *result_of(facts, submission, OF_PILOTS, facts.not_ranked.get(submission.pk, "")),
        *_measured(facts, submission), *marks_of(facts, submission),
        *_price(facts, submission), *chosen_of(facts, OF_PILOTS), *rules_of(facts), *_next(facts),
    ]  # fmt: skip
    version = f"{challenge.council}, {on_day(at)}. Fingerprint of the result: {facts.digest}"
    return Copy(f"Assessment of your finished pilot: {challenge.title}", version, tuple(blocks))


def letter_of(facts: Facts, submission: Submission, at: datetime) -> Draft:
    """The letter that goes out with the decision of this round."""
    return (summary_of_pilot if facts.round.is_about_pilots else summary)(facts, submission, at)


def _measured(facts: Facts, submission: Submission) -> Iterator[Block]:
    evidence, row = facts.evidence[submission.pk], facts.placed.get(submission.pseudonym)
    yield Block("heading", "The measured outcome", 1)
    yield Block("text", evidence.result.sentence)
    for criterion in facts.criteria:
        if criterion.kind == CriterionKind.RESULT and row is not None:
            points = in_points(row["scores"][criterion.code])
            words = f"{plain(evidence.mark)} of 100, computed from the registered result: {points} points"
            yield Block("fact", words, term=criterion.name)


def _price(facts: Facts, submission: Submission) -> Iterator[Block]:
    offer = facts.offers.get(submission.pk)
    if offer is not None:
        yield Block("heading", "Your price", 1)
        amount = f"{money(offer.contract, facts.round.challenge.currency)}, without VAT"
        yield Block("fact", amount, term="The contract, as you offered it")


def _next(facts: Facts) -> Iterator[Block]:
    yield Block("heading", "What happens now", 1)
    yield Block(
        "text",
        "The award is approved by somebody who did not assess. Its notice is published then, and a standstill of eight "
        "working days runs from the day of publication before a contract can be signed.",
    )  # fmt: skip
    yield from complaint(facts)
