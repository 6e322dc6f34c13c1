"""Tables of what came beside the marks: the sift, prices checked, rankings replaced, letters sent."""

from assessment.models import Round
from assessment.queries.cells import Rows, instant, yes
from assessment.queries.sifting import sift_lines


def sums(round_: Round) -> Rows:
    """Prices whose sums were done again."""
    for row in round_.price_corrections.select_related("submission", "corrected_by"):
        lines = "; ".join(f"{each['quantity']} x {each['unit_price']} {each['words']}".strip() for each in row.lines)
        figures = (row.stated, row.corrected, lines, row.found_in)
        yield row.submission.pseudonym, row.part, *figures, str(row.corrected_by), instant(row.corrected_at)


def low_prices(round_: Round) -> Rows:
    """What was asked about abnormally low prices, and decided."""
    for row in round_.price_clarifications.select_related("submission", "decided_by"):
        asked = (row.submission.pseudonym, row.flag, row.question, instant(row.due_at), row.answer)
        yield *asked, row.get_state_display(), row.reasons, str(row.decided_by or ""), instant(row.decided_at)


def earlier(round_: Round) -> Rows:
    """Rankings that were computed again."""
    for row in round_.earlier_rankings.all():
        yield instant(row.computed_at), instant(row.replaced_at), row.reason, row.digest


def sift(round_: Round) -> Rows:
    """Each answer of the sift, and whether its submission went on."""
    went_on = dict(round_.sift_outcomes.values_list("submission_id", "goes_on"))
    for row in round_.sift_verdicts.select_related("submission", "member__user"):
        who = (row.submission.pseudonym, str(row.member.user))
        outcome = yes(went_on[row.submission_id]) if row.submission_id in went_on else ""
        for line in sift_lines(round_, row):
            yield *who, line.question, yes(line.is_met), line.reason, outcome


def flags(round_: Round) -> Rows:
    """What assessors told the chair about submissions, and what the chair answered."""
    for row in round_.flags.select_related("submission", "member__user", "answered_by__user"):
        told = (row.submission.pseudonym, str(row.member.user), row.get_kind_display(), row.reason)
        by = str(row.answered_by.user) if row.answered_by else ""
        yield *told, instant(row.raised_at), row.answer, by, instant(row.answered_at)


def letters(round_: Round) -> Rows:
    """What was sent to whom."""
    for row in round_.letters.select_related("submission", "issued_by"):
        yield row.submission.pseudonym, row.get_kind_display(), instant(row.issued_at), str(row.issued_by), row.sha256
