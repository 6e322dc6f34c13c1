"""Flags: the assessor who raised one reads it, and whoever moderates its submission; then the auditor, in the file."""

from assessment.models import Flag, Round
from assessment.queries.standing import Standing
from assessment.visibility import Role


def flags_for(standing: Standing) -> list[Flag]:
    """The flags that this person may read, the open ones first: their own, or those that are theirs to answer."""
    rows = Flag.objects.filter(round=standing.round).select_related("submission", "member__user", "answered_by__user")
    if standing.member is None or not standing.viewer.has_declared:
        return []
    if standing.viewer.role is Role.CHAIR:
        seen = [row for row in rows if row.submission_id not in standing.viewer.recused]
    else:
        seen = [row for row in rows if row.member_id == standing.member.pk]
    return sorted(seen, key=lambda row: (row.answered_at is not None, row.pk))


def open_flags(round_: Round) -> list[str]:
    """Pseudonyms of the submissions about which the chair still has something to answer."""
    rows = Flag.objects.filter(round=round_, answered_at=None, member__left_at=None).order_by("submission_id")
    return list(dict.fromkeys(rows.values_list("submission__pseudonym", flat=True)))
