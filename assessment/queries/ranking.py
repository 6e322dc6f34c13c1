"""What stands between the marks and a ranking: topics to moderate, and who is disregarded why."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessment import inputs, scoring
from assessment.models import Assessment, ClauseFinding, FindingVerdict, Moderation, Round
from assessment.queries.seats import quality_criteria, submissions_in
from assessment.queries.sheets import case_of
from assessment.queries.verifying import excluded
from clauses.models import Mode


@dataclass(frozen=True)
class Outlook:
    """Pseudonyms that would be admitted, and those that would be disregarded with the reason."""

    admitted: tuple[str, ...]
    disregarded: tuple[tuple[str, str], ...]


def ranking_inputs(round_: Round) -> dict[str, Any]:
    """The document that the ranking is computed from (see `inputs`): moderated marks, and prices of the admitted."""
    return inputs.to_document(case_of(round_))


def unmoderated(round_: Round) -> list[str]:
    """“Pseudonym: criterion” of every topic that has no moderation, or one that counts a voided mark (A7)."""
    live = _live_members(round_)
    rows = Moderation.objects.filter(round=round_).values_list("submission_id", "criterion_id", "differences")
    done = {(submission_id, criterion_id): set(differences) for submission_id, criterion_id, differences in rows}
    criteria = quality_criteria(round_)
    return [
        f"{each.pseudonym}: {criterion.name}"
        for each in submissions_in(round_)
        for criterion in criteria
        if done.get((each.pk, criterion.pk)) != live[each.pk, criterion.pk]
    ]


def reasons_to_disregard(round_: Round) -> dict[int, str]:
    """Why a submission is disregarded, by its id: mandatory clauses not met, and thresholds missed (A8)."""
    reasons: dict[int, list[str]] = defaultdict(list)
    failed = ClauseFinding.objects.filter(
        round=round_, verdict=FindingVerdict.NOT_MET, requirement__mode=Mode.MANDATORY
    ).select_related("requirement")
    for finding in failed.order_by("requirement__code"):
        reasons[finding.submission_id].append(f"failed clause {finding.requirement.code}: {finding.rationale}")
    for row in Moderation.objects.filter(round=round_).select_related("criterion").order_by("criterion__position"):
        if row.criterion.threshold is not None and row.mark < row.criterion.threshold:
            mark, threshold = inputs.plain(row.mark), inputs.plain(row.criterion.threshold)
            reasons[row.submission_id].append(f"{row.criterion.name}: {mark} is below the threshold of {threshold}")
    for submission_id, reason in _below_groups(round_):
        reasons[submission_id].append(reason)
    for submission_id, reason in excluded(round_).items():
        reasons[submission_id].append(reason)
    return {key: "; ".join(sentences) for key, sentences in reasons.items()}


def _below_groups(round_: Round) -> Iterator[tuple[int, str]]:
    """Submissions whose moderated marks reach less of a group than its published threshold, with the reason (A8)."""
    asked = [group for group in round_.challenge.criteria_groups if group["threshold"] is not None]
    if not asked or round_.is_about_pilots:
        return
    everything = case_of(round_).criteria
    marks: dict[int, dict[str, scoring.Number]] = defaultdict(dict)
    for row in Moderation.objects.filter(round=round_).select_related("criterion").order_by("submission_id"):
        marks[row.submission_id][row.criterion.code] = row.mark
    for group in asked:
        criteria = [row for row in everything if row.group == group["code"]]
        for submission_id, given in marks.items():
            if not all(row.code in given for row in criteria):
                continue  # not moderated yet: nothing is below anything
            share, least = scoring.share_of_group(criteria, given), Fraction(group["threshold"])
            if share < least:
                words = (
                    f"{scoring.in_words(share)} per cent is below the threshold of {scoring.in_words(least)} per cent"
                )
                yield submission_id, f"{group['name']}: {words}"


def outlook(round_: Round) -> Outlook:
    """What freezing quality now would do to each submission."""
    reasons = reasons_to_disregard(round_)
    submissions = submissions_in(round_)
    return Outlook(
        admitted=tuple(each.pseudonym for each in submissions if each.pk not in reasons),
        disregarded=tuple((each.pseudonym, reasons[each.pk]) for each in submissions if each.pk in reasons),
    )


def _live_members(round_: Round) -> dict[tuple[int, int], set[str]]:
    live: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows = Assessment.objects.counted().filter(round=round_, submitted_at__isnull=False)
    for submission_id, criterion_id, member_id in rows.values_list("submission_id", "criterion_id", "member_id"):
        live[submission_id, criterion_id].add(str(member_id))
    return live
