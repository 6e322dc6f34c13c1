"""The letters themselves, as headings, texts, facts and tables: one content for the page and for the PDF (D3)."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.timezone import localtime

from assessment.inputs import plain
from assessment.letters.facts import Facts
from assessment.models import ClauseFinding, FindingVerdict, Moderation
from assessment.queries import scale_of
from challenges.models import Criterion, CriterionKind
from challenges.money import money
from clauses.models import Mode
from suppliers.copies import Block, Copy
from suppliers.models import Submission

Draft = Copy
NOT_DECIDED = "Not decided yet. It stands here once the decision is recorded."
NO_PRICE = "Your price was not opened, and never will be."


def summary(facts: Facts, submission: Submission, at: datetime) -> Copy:
    """The assessment summary of one submission (D2, D3): own marks and reasons, rank, who was chosen."""
    challenge = facts.round.challenge
    blocks = [
        *headed(facts, submission), *result_of(facts, submission, OF_ANSWERS, submission.disregard_reason),
        *marks_of(facts, submission), *_clauses(facts, submission), *_price(facts, submission),
        *chosen_of(facts, OF_ANSWERS), *rules_of(facts), *_next(facts),
    ]  # fmt: skip
    version = f"{challenge.council}, {on_day(at)}. Fingerprint of the result: {facts.digest}"
    return Copy(f"Assessment summary: {challenge.title}", version, tuple(blocks))


def dropped(facts: Facts, submission: Submission, at: datetime) -> Copy:
    """The reasons for whoever goes no further before the decision: own marks, nobody else's (D2)."""
    challenge = facts.round.challenge
    blocks = [
        *headed(facts, submission),
        Block("heading", "Why your answer goes no further", 1),
        Block("text", sentence(submission.disregard_reason)),
        Block("text", NO_PRICE),
        *_sift(facts, submission), *marks_of(facts, submission), *_clauses(facts, submission), *complaint(facts),
    ]  # fmt: skip
    return Copy(f"Your answer goes no further: {challenge.title}", f"{challenge.council}, {on_day(at)}.", tuple(blocks))


def digest(content: Copy) -> str:
    """SHA-256 (hex) of a letter's canonical JSON."""
    text = json.dumps(asdict(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def headed(facts: Facts, submission: Submission, how: str = "the panel read it under this name") -> Iterator[Block]:
    """Whose letter it is, and under which name the panel read it."""
    name, number = facts.suppliers[submission.pk]
    yield Block("fact", name, term="Supplier")
    if number:
        yield Block("fact", number, term="Company number")
    yield Block("fact", f"{submission.pseudonym}; {how}", term="Your answer")
    yield Block("fact", str(facts.round.challenge.council), term="Council")


@dataclass(frozen=True)
class Wording:
    """What letters about answers and about finished pilots say each in their own words."""

    unranked: str
    chosen: str
    heading: str
    nobody: str


OF_ANSWERS = Wording(
    "Disregarded: it was assessed, and it is not ranked.", "Chosen for a pilot", "Who was chosen",
    "Nobody was chosen for a pilot.",
)  # fmt: skip


def result_of(facts: Facts, submission: Submission, wording: Wording, why_unranked: str) -> Iterator[Block]:
    """The supplier's own rank and total, and what was decided with which reasons."""
    yield Block("heading", "Your result", 1)
    item, row = facts.items.get(submission.pk), facts.placed.get(submission.pseudonym)
    if row is None:
        yield Block("text", wording.unranked)
        yield Block("text", sentence(why_unranked))
        return
    if item is not None and facts.decision is not None:
        yield Block("fact", wording.chosen if item.is_selected else "Not chosen", term="Decision")
    yield Block("fact", f"{row['rank']} of {len(facts.placed)} ranked", term="Rank")
    yield Block("fact", in_points(row["total"]), term="Total")
    if item is None or facts.decision is None:
        yield Block("fact", NOT_DECIDED, term="Decision")
        return
    yield Block("fact", item.reason, term="Why")
    yield Block("fact", facts.decision.reasons, term="The decision as a whole")


def _sift(facts: Facts, submission: Submission) -> Iterator[Block]:
    verdicts = facts.sifted[submission.pk]
    if not verdicts or not any(not verdict.is_met for verdict in verdicts):
        return
    rows = [
        (question["name"], "Yes" if given["is_met"] else "No", given["reason"])
        for question in facts.round.challenge.sift_criteria
        for verdict in verdicts
        if (given := verdict.answers.get(question["code"]))
    ]
    yield Block("heading", "The sift", 1)
    yield Block("table", "What the assessors answered", rows=(("Question", "Answer", "Reason"), *rows))


def marks_of(facts: Facts, submission: Submission) -> Iterator[Block]:
    """The moderated marks with their explanations."""
    moderated = facts.moderations[submission.pk]
    if not moderated:
        return
    scores = facts.placed.get(submission.pseudonym, {}).get("scores", {})
    yield Block("heading", "Your marks", 1)
    yield Block("table", "Your marks", rows=(MARKS_HEAD, *_mark_rows(facts, moderated, scores)))
    if groups := list(_group_rows(facts, submission)):
        yield Block("table", "Groups of criteria", rows=(GROUPS_HEAD, *groups))
    for code, row in moderated.items():
        yield Block("heading", f"{row.criterion.name}: {_mark(row)}", 2)
        yield Block("text", facts.explanation(submission.pk, code, row.rationale))


GROUPS_HEAD = ("Group", "Criteria", "Points", "To stay in")


def _group_rows(facts: Facts, submission: Submission) -> Iterator[tuple[str, str, str, str]]:
    """The sub-totals of a ranked submission; groups belong to answers."""
    points = facts.placed.get(submission.pseudonym, {}).get("groups", {})
    for group in () if facts.round.is_about_pilots else facts.round.challenge.criteria_groups:
        names = [row.name for row in facts.criteria if row.group == group["code"]]
        least = f"{plain(group['threshold'])} % of its points" if group["threshold"] is not None else "no threshold"
        reached = points.get(group["code"])
        yield group["name"], ", ".join(names), in_points(reached) if reached else "not ranked", least


MARKS_HEAD = ("Criterion", "Weight", "Mark", "Points")


def _mark_rows(
    facts: Facts, moderated: dict[str, Moderation], scores: dict[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    for criterion in facts.criteria:
        row = moderated.get(criterion.code)
        mark = _mark(row) if row else "computed"
        points = scores.get(criterion.code)
        yield criterion.name, f"{plain(criterion.weight)} %", mark, f"{Decimal(points):.2f}" if points else "not ranked"


def _clauses(facts: Facts, submission: Submission) -> Iterator[Block]:
    found = facts.findings[submission.pk]
    if not found:
        return
    yield Block("heading", "Clauses", 1)
    yield Block("table", "Clauses", rows=(("Clause", "Finding", "Reason"), *(_finding(facts, row) for row in found)))


def _finding(facts: Facts, row: ClauseFinding) -> tuple[str, str, str]:
    asked = row.requirement
    graded = asked.mode == Mode.SCORED and row.grade is not None
    verdict = f"grade {row.grade} of 4" if graded else row.get_verdict_display()
    reason = facts.explanation(row.submission_id, asked.code, row.rationale)
    usual = "to be shown later, if chosen" if row.verdict == FindingVerdict.DUE_LATER else "as asked"
    return f"{asked.code} {asked.title}", verdict, reason or usual


def _price(facts: Facts, submission: Submission) -> Iterator[Block]:
    yield Block("heading", "Your price", 1)
    offer = facts.offers.get(submission.pk)
    if offer is None:
        yield Block("text", NO_PRICE)
        return
    currency = facts.round.challenge.currency
    yield Block("fact", f"{money(offer.pilot, currency)}, without VAT", term="The pilot")
    yield Block("fact", f"{money(offer.contract, currency)}, without VAT", term="The contract")
    for row in facts.corrections[submission.pk]:
        words = (
            f"{money(row.stated, currency)} was stated; the lines sum to {money(row.corrected, currency)}, which "
            f"counts, because quantity times unit price prevails. The lines stand in: {row.found_in}"
        )
        yield Block("fact", words, term=f"Sums done again: {row.get_part_display().lower()}")
    if asked := facts.asked.get(submission.pk):
        yield Block("fact", f"{asked.get_state_display()}. {asked.reasons}", term="Asked about a low price")


def chosen_of(facts: Facts, wording: Wording) -> Iterator[Block]:
    """Whoever was chosen, with their points (D2)."""
    yield Block("heading", wording.heading, 1)
    if facts.decision is None:
        yield Block("text", NOT_DECIDED)
        return
    yield points_of_chosen(facts, facts.selected) if facts.selected else Block("text", wording.nobody)


def points_of_chosen(facts: Facts, chosen: Sequence[Submission]) -> Block:
    """A table of the points of whoever was chosen, by name (D2)."""
    names = [facts.suppliers[each.pk][0] for each in chosen]
    placed = [facts.placed[each.pseudonym] for each in chosen]
    rows = [
        (criterion.name, *(f"{Decimal(row['scores'][criterion.code]):.2f}" for row in placed))
        for criterion in facts.criteria
        if all(criterion.code in row["scores"] for row in placed)
    ]
    rows += [("Total", *(in_points(row["total"]) for row in placed)), ("Rank", *(str(row["rank"]) for row in placed))]
    return Block("table", "Points of those chosen", rows=(("Points", *names), *rows))


def rules_of(facts: Facts) -> Iterator[Block]:
    """How marks and points come about, as published."""
    yield Block("heading", "How marks were given", 1)
    yield Block("text", "The criteria, their weights and their scales are those published with the call.")
    for criterion in facts.criteria:
        yield Block("fact", _rule(criterion), term=criterion.name)


def _rule(criterion: Criterion) -> str:
    if criterion.kind == CriterionKind.PRICE:
        return f"{plain(criterion.weight)} %, computed from the price: {criterion.get_formula_display().lower()}."
    if criterion.kind == CriterionKind.RESULT:
        return f"{plain(criterion.weight)} %, computed from the registered result by the published rule."
    if criterion.kind == CriterionKind.CLAUSES:
        return f"{plain(criterion.weight)} %, computed from the grades of the clauses."
    steps = "; ".join(f"{plain(step.mark)} {step.label or step.descriptor}".strip() for step in scale_of(criterion))
    least = "" if criterion.threshold is None else f" Below {plain(criterion.threshold)} an answer is disregarded."
    return f"{plain(criterion.weight)} %, marks from 0 to {plain(criterion.maximum)}. {steps}.{least}"


def _next(facts: Facts) -> Iterator[Block]:
    yield Block("heading", "What happens now", 1)
    yield Block(
        "text",
        "Before a pilot's contract is signed, its award notice is published, and a standstill of eight working days "
        "runs from the day of publication. The page of your answer shows the day on which it ends, once it is known.",
    )  # fmt: skip
    yield from complaint(facts)


def complaint(facts: Facts) -> Iterator[Block]:
    """Where a supplier writes that sees a rule broken."""
    council = facts.round.challenge.council
    yield Block(
        "text",
        f"If something is unclear, or you think that a rule was broken, write to {council.contact_email}: complaints "
        "are logged and answered. Only a claim issued and notified to the council during the standstill suspends an "
        "award.",
    )  # fmt: skip


def _mark(row: Moderation) -> str:
    return f"{plain(row.mark)} of {plain(row.criterion.maximum)}"


def in_points(total: str) -> str:
    """Points as a letter shows them, with two decimals."""
    return f"{Decimal(total):.2f}"


def sentence(text: str) -> str:
    """A reason as a sentence."""
    words = text.strip()
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}" if words else ""


def on_day(at: datetime) -> str:
    """The day of a letter, as the United Kingdom counts."""
    return f"{localtime(at):%-d %B %Y}"
