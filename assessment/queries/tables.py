"""The assessment of a decided round as tables, for the auditor: every figure, every reason, and who did what when."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounts.queries import names_of
from assessment import inputs, scoring
from assessment.models import (
    Assessment,
    ClauseFinding,
    DecisionItem,
    InterestDeclaration,
    Moderation,
    Replacement,
    Round,
)
from assessment.queries import aftermath
from assessment.queries.cells import Cell, Rows, instant, yes
from assessment.queries.export import assessment_export
from assessment.queries.seats import IN_ROUND, entered, naturally, submissions_in
from assessment.scoring import reliability
from audit.models import Event
from suppliers.models import Answer, ClauseResponse, PriceOffer


@dataclass(frozen=True)
class Table:
    """One table: the name of its file, a sentence about it, its head, and its rows, read when they are asked for."""

    name: str
    about: str
    head: tuple[str, ...]
    rows: Callable[[], Rows]


def tables_of(round_: Round) -> list[Table]:
    """All tables of a ranked round; no price is here that was not opened (A8). Cells are as stored."""
    return [
        Table("submissions", "Pseudonyms and suppliers.", SUBMISSIONS, lambda: _submissions(round_)),
        Table("ranking", "Ranks and totals.", RANKING, lambda: _ranking(round_)),
        Table("points", "What each criterion gave to each total.", POINTS, lambda: _points(round_)),
        Table("prices", "The prices that were opened.", PRICES, lambda: _prices(round_)),
        Table("sums", "Prices whose sums were done again, both figures.", SUMS, lambda: aftermath.sums(round_)),
        Table(
            "low-prices",
            "What was asked about abnormally low prices.",
            LOW_PRICES,
            lambda: aftermath.low_prices(round_),
        ),
        Table("earlier-rankings", "Rankings that were computed again.", EARLIER, lambda: aftermath.earlier(round_)),
        Table("sift", "What assessors answered in the sift.", SIFT, lambda: aftermath.sift(round_)),
        Table("letters", "What suppliers were sent, and when.", LETTERS, lambda: aftermath.letters(round_)),
        Table("marks", "Every individual mark with its reason.", MARKS, lambda: _marks(round_)),
        Table("spread", "How far assessors differ.", SPREAD, lambda: _spread(round_)),
        Table(
            "agreement", "How well the panel agreed, by Krippendorff's alpha.", AGREEMENT, lambda: _agreement(round_)
        ),
        Table("moderation", "Every moderated mark.", MODERATION, lambda: _moderation(round_)),
        Table("clauses", "Every clause finding.", CLAUSES, lambda: _clauses(round_)),
        Table("disregarded", "What was not ranked, and why.", DISREGARDED, lambda: _disregarded(round_)),
        Table("robustness", "How firmly the ranking stands.", ROBUSTNESS, lambda: _robustness(round_)),
        Table("decision", "Who runs a pilot, and why.", DECISION, lambda: _decision(round_)),
        Table("interests", "What members of the panel declared.", INTERESTS, lambda: _interests(round_)),
        Table("flags", "What assessors told the chair, and the answers.", FLAGS, lambda: aftermath.flags(round_)),
        Table("answers", "The answers that were judged.", ANSWERS, lambda: _answers(round_)),
        Table("responses", "The responses to clauses.", RESPONSES, lambda: _responses(round_)),
        Table("record", "Who did what when, from the record.", RECORD, lambda: _record(round_)),
    ]


SUBMISSIONS = ("Submission", "Supplier", "Company number", "State", "Submitted at", "SHA-256 of the content")
RANKING = ("Rank", "Submission", "Total", "Exact total", "Flag")
POINTS = ("Submission", "Criterion", "Points", "Weight")
PRICES = ("Submission", "Pilot price", "Contract price", "Together", "Opened at")
SUMS = ("Submission", "Price", "Stated", "Corrected", "Lines", "Found in", "By", "At")
LOW_PRICES = ("Submission", "Flag", "Question", "Due at", "Answer", "Outcome", "Reasons", "Decided by", "Decided at")
EARLIER = ("Computed at", "Replaced at", "Reason", "Hash")
SIFT = ("Submission", "Assessor", "Question", "Met", "Reason", "Goes on")
LETTERS = ("Submission", "Letter", "Sent at", "Sent by", "SHA-256")
MARKS = ("Submission", "Criterion", "Assessor", "Mark", "Rationale", "Passages quoted", "Submitted at", "Voided at")
SPREAD = ("Submission", "Criterion", "Lowest mark", "Highest mark", "Per cent of the scale", "Moderation mandatory")
AGREEMENT = ("About", "Alpha (ordinal)", "Read as")
MODERATION = ("Submission", "Criterion", "Mark", "Rationale", "Individual marks differ by", "Moderated at")
CLAUSES = ("Submission", "Clause", "Finding", "Grade", "Rationale", "Found at")
DISREGARDED = ("Submission", "Reason")
ROBUSTNESS = ("What was changed", "What would be first")
DECISION = ("Submission", "Selected", "Reason", "Decided by", "Decided at", "Reasons as a whole")
INTERESTS = ("Member", "Role", "Submission", "Interest", "Detail", "Kept out", "Declared at")
FLAGS = ("Submission", "Assessor", "About", "Told", "Told at", "Answer", "Answered by", "Answered at")
ANSWERS = ("Submission", "Criterion", "Answer")
RESPONSES = ("Submission", "Clause", "Accepted", "Level claimed", "Response", "Address")
RECORD = ("At", "Who", "What", "Reason")


def _submissions(round_: Round) -> Rows:
    rows = entered(round_).select_related("supplier")
    rows = rows.defer("draft_box", "draft_price_box", "content_box", "price_box")
    for row in sorted(rows, key=lambda each: naturally(each.pseudonym)):
        supplier = row.supplier
        yield (
            row.pseudonym, supplier.name, supplier.company_number, row.get_state_display(), instant(row.submitted_at),
            row.content_sha256,
        )  # fmt: skip


def _ranking(round_: Round) -> Rows:
    result = round_.ranking.result
    flags = {row["id"]: row["reason"] for row in result["flags"]}
    for row in result["ranking"]:
        yield row["rank"], row["id"], Decimal(row["total"]), row["exact"], flags.get(row["id"], "")


def _points(round_: Round) -> Rows:
    result = round_.ranking.result
    codes = [row["code"] for row in round_.ranking.inputs["criteria"]]
    for row in result["ranking"]:
        for code in codes:
            if code in row["scores"]:
                weight = result["weights"].get(code)
                yield row["id"], code, Decimal(row["scores"][code]), Decimal(weight) if weight else None


def _prices(round_: Round) -> Rows:
    ranked = {row["id"] for row in round_.ranking.result["ranking"]}
    rows = PriceOffer.objects.filter(submission__challenge_id=round_.challenge_id, submission__pseudonym__in=ranked)
    for row in sorted(rows.select_related("submission"), key=lambda each: naturally(each.submission.pseudonym)):
        yield row.submission.pseudonym, row.pilot, row.contract, row.pilot + row.contract, instant(row.opened_at)


def _marks(round_: Round) -> Rows:
    rows = Assessment.objects.filter(round=round_, submitted_at__isnull=False)
    columns = (
        "submission__pseudonym", "criterion__code", "member__user__full_name", "mark", "rationale", "quotes",
        "submitted_at", "voided_at",
    )  # fmt: skip
    ordered = rows.order_by("submission_id", "criterion__position", "member_id").values_list(*columns)
    for *words, mark, rationale, quotes, submitted_at, voided_at in ordered.iterator(chunk_size=2000):
        passages = "\n".join(f"“{each['text']}” ({each['source']}, from character {each['start']})" for each in quotes)
        yield *words, mark, rationale, passages, instant(submitted_at), instant(voided_at)


def _spread(round_: Round) -> Rows:
    names = {each.pk: each.pseudonym for each in submissions_in(round_)}
    counted = Assessment.objects.counted().filter(round=round_, submitted_at__isnull=False)
    given: dict[tuple[int, str, Decimal], list[Decimal]] = {}
    for pk, code, maximum, mark in counted.order_by("submission_id", "criterion__position").values_list(
        "submission_id", "criterion__code", "criterion__maximum", "mark"
    ):
        given.setdefault((pk, code, maximum), []).append(mark or Decimal(0))
    for (pk, code, maximum), marks in given.items():
        share = round(scoring.spread(marks, maximum) * 100)
        yield names[pk], code, min(marks), max(marks), share, yes(scoring.needs_moderation(marks, maximum))


def _agreement(round_: Round) -> Rows:
    """Over all criteria and for each, of the counted marks as shares of their scales; it changes no rank (A14)."""
    counted = Assessment.objects.counted().filter(round=round_, submitted_at__isnull=False, mark__isnull=False)
    columns = ("member_id", "submission_id", "criterion__name", "mark", "criterion__maximum")
    everything: dict[Hashable, dict[tuple[str, int], Fraction]] = {}
    names: dict[str, None] = {}
    for member, submission, name, mark, maximum in counted.order_by("criterion__position").values_list(*columns):
        everything.setdefault(member, {})[name, submission] = Fraction(mark or 0) / Fraction(maximum)
        names[name] = None
    yield _alpha("All criteria", everything)
    for name in names:
        of_one = {
            who: {unit: share for unit, share in given.items() if unit[0] == name} for who, given in everything.items()
        }
        yield _alpha(name, of_one)


def _alpha(about: str, marks: Mapping[Hashable, Mapping[tuple[str, int], Fraction]]) -> Sequence[Cell]:
    found = reliability.alpha(marks)
    return about, "" if found is None else f"{found:.3f}", reliability.in_words(found)


def _moderation(round_: Round) -> Rows:
    people = dict(round_.panel.members.values_list("pk", "user__full_name"))
    rows = Moderation.objects.filter(round=round_).select_related("submission", "criterion")
    for row in rows.order_by("submission_id", "criterion__position").iterator(chunk_size=2000):
        apart = "; ".join(f"{people[int(pk)]} {_apart(by)}" for pk, by in sorted(row.differences.items()))
        yield (
            row.submission.pseudonym, row.criterion.code, row.mark, row.rationale, apart, instant(row.moderated_at)
        )  # fmt: skip


def _clauses(round_: Round) -> Rows:
    rows = ClauseFinding.objects.filter(round=round_).select_related("submission", "requirement")
    for row in rows.order_by("submission_id", "requirement__code"):
        words = (row.submission.pseudonym, row.requirement.code, row.get_verdict_display(), row.grade)
        yield *words, row.rationale, instant(row.found_at)


def _disregarded(round_: Round) -> Rows:
    return [(row["id"], row["reason"]) for row in round_.ranking.result["disregarded"]]


def _robustness(round_: Round) -> Rows:
    found = robustness_of(round_)
    yield "Nothing", ", ".join(found["winner"])
    for row in found["leave_one_out"]["changes"]:
        yield f"{row['without']} left out", ", ".join(row["first"])
    change = found["weight_change"]
    if change is None:
        yield "The weights, whatever they were", ", ".join(found["winner"])
    else:
        weights = ", ".join(f"{code} {weight}" for code, weight in change["weights"].items())
        yield f"{change['points']} points of weight moved ({weights})", f"{change['rival']} is level"


def robustness_of(round_: Round) -> dict[str, Any]:
    """How firmly the stored ranking stands (A15), from its own inputs."""
    return scoring.to_robustness_document(scoring.robustness(inputs.read(round_.ranking.inputs)))


def _decision(round_: Round) -> Rows:
    rows = DecisionItem.objects.filter(decision__round=round_).select_related("submission", "decision__approver")
    for row in sorted(rows, key=lambda each: naturally(each.submission.pseudonym)):
        decision = row.decision
        words = (row.submission.pseudonym, yes(row.is_selected), row.reason, str(decision.approver))
        yield *words, instant(decision.decided_at), decision.reasons
    later = Replacement.objects.filter(decision__round=round_).select_related("moved_up", "left", "approver")
    for each in later.order_by("decided_at", "pk"):
        yield (
            each.moved_up.pseudonym,
            yes(True),
            each.reason,
            str(each.approver),
            instant(each.decided_at),
            (f"In the place of {each.left.pseudonym}, whose supplier withdrew after the decision."),
        )


def _interests(round_: Round) -> Rows:
    rows = InterestDeclaration.objects.filter(round=round_).select_related("member__user", "submission")
    for row in rows.order_by("member_id", "submission_id"):
        about = row.submission.pseudonym if row.submission else "The challenge as a whole"
        words = (str(row.member.user), row.member.get_role_display(), about, yes(row.has_interest))
        yield *words, row.detail, yes(row.is_recused), instant(row.declared_at)


def _answers(round_: Round) -> Rows:
    rows = Answer.objects.filter(submission__challenge_id=round_.challenge_id, submission__state__in=IN_ROUND)
    ordered = rows.order_by("submission_id", "criterion__position")
    return ordered.values_list("submission__pseudonym", "criterion__code", "text").iterator(chunk_size=500)


def _responses(round_: Round) -> Iterator[Sequence[Cell]]:
    rows = ClauseResponse.objects.filter(submission__challenge_id=round_.challenge_id, submission__state__in=IN_ROUND)
    columns = ("submission__pseudonym", "requirement__code", "is_accepted", "level", "text", "url")
    ordered = rows.order_by("submission_id", "requirement__code").values_list(*columns)
    for pseudonym, code, is_accepted, level, text, url in ordered.iterator(chunk_size=500):
        yield pseudonym, code, "" if is_accepted is None else yes(is_accepted), level, text, url


def _record(round_: Round) -> Rows:
    """The round's own steps; what is in their data is in the other tables."""
    kinds = [model._meta.label_lower for model in (Round, Assessment, Moderation, ClauseFinding, InterestDeclaration)]
    events = Event.objects.of_challenge(round_.challenge_id).filter(subject_type__in=kinds).order_by("id")
    names = names_of(events.values_list("actor_key", flat=True).distinct().order_by())
    shown = ("at", "actor_key", "actor_label", "verb", "reason")
    for at, key, label, verb, reason in events.values_list(*shown).iterator(chunk_size=2000):
        yield instant(at), names.get(key, label), verb, reason


def document_of(round_: Round) -> dict[str, Any]:
    """The whole assessment as one document that `verify_result` recomputes, robustness with it."""
    return assessment_export(round_) | {"robustness": robustness_of(round_)}


def _apart(by: str) -> str:
    """A difference in words: the moderated mark less the individual one."""
    amount = Decimal(by)
    if not amount:
        return "the same"
    return f"{inputs.plain(abs(amount))} {'higher' if amount < 0 else 'lower'}"
