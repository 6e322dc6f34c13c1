"""The letter about a finished pilot: its own marks and result, its rank, whose award is proposed (D2, D3)."""

from collections.abc import Iterator
from datetime import datetime

from assessment.inputs import plain
from assessment.letters.facts import Facts
from assessment.letters.writing import (
    NOT_DECIDED,
    Draft,
    complaint,
    headed,
    in_points,
    marks_of,
    on_day,
    points_of_chosen,
    rules_of,
    sentence,
    summary,
)
from challenges.models import CriterionKind
from suppliers.copies import Block, Copy
from suppliers.models import Submission


def summary_of_pilot(facts: Facts, submission: Submission, at: datetime) -> Draft:
    """The assessment summary of one finished pilot; nobody else's marks but the points of the one chosen (A16)."""
    challenge = facts.round.challenge
    blocks = [
        *headed(facts, submission, "the panel read it with your name, because pilots are public"),
        *_result(facts, submission), *_measured(facts, submission), *marks_of(facts, submission),
        *_price(facts, submission), *_chosen(facts), *rules_of(facts), *_next(facts),
    ]  # fmt: skip
    version = f"{challenge.council}, {on_day(at)}. Fingerprint of the result: {facts.digest}"
    return Copy(f"Assessment of your finished pilot: {challenge.title}", version, tuple(blocks))


def letter_of(facts: Facts, submission: Submission, at: datetime) -> Draft:
    """The letter that goes out with the decision of this round."""
    return (summary_of_pilot if facts.round.is_about_pilots else summary)(facts, submission, at)


def _result(facts: Facts, submission: Submission) -> Iterator[Block]:
    yield Block("heading", "Your result", 1)
    item, row = facts.items.get(submission.pk), facts.placed.get(submission.pseudonym)
    if row is None:
        yield Block("text", "Your pilot was assessed, and it is not ranked.")
        yield Block("text", sentence(facts.not_ranked.get(submission.pk, "")))
        return
    yield Block("fact", f"{row['rank']} of {len(facts.placed)} ranked", term="Rank")
    yield Block("fact", in_points(row["total"]), term="Total")
    if item is None or facts.decision is None:
        yield Block("fact", NOT_DECIDED, term="Decision")
        return
    yield Block("fact", "The contract is to go to you" if item.is_selected else "Not chosen", term="Decision")
    yield Block("fact", item.reason, term="Why")
    yield Block("fact", facts.decision.reasons, term="The decision as a whole")


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
        amount = f"{offer.contract:,.2f} {facts.round.challenge.currency}, without VAT"
        yield Block("fact", amount, term="The contract, as you offered it")


def _chosen(facts: Facts) -> Iterator[Block]:
    yield Block("heading", "Whose award is proposed", 1)
    if facts.decision is None:
        yield Block("text", NOT_DECIDED)
        return
    chosen = facts.selected
    yield points_of_chosen(facts, chosen) if chosen else Block("text", "Nobody was chosen for the contract.")


def _next(facts: Facts) -> Iterator[Block]:
    yield Block("heading", "What happens now", 1)
    yield Block(
        "text",
        "The award is approved by somebody who did not assess. Its notice is published then, and a standstill of eight "
        "working days runs from the day of publication before a contract can be signed.",
    )  # fmt: skip
    yield from complaint(facts)
