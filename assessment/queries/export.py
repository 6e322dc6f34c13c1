"""The whole assessment of a round as plain data: what `inputs` describes, and beside it everything that led there."""

from typing import Any

from assessment import inputs
from assessment.models import Assessment, ClauseFinding, Decision, Moderation, PanelMember, PanelRole, Round
from assessment.queries.seats import naturally

FORMAT = "problem-first assessment, version 1"


def assessment_export(round_: Round) -> dict[str, Any]:
    """A JSON-able dict of a ranked round. Raises Ranking.DoesNotExist before there is a ranking.

    `criteria`, `tie_breaks` and `submissions` are the inputs, `result` and `hash` what came out of them; a reader
    recomputes one from the other (A11). Submissions go by pseudonym and assessors by number, so that the file can be
    checked without knowing who is who.
    """
    ranking = round_.ranking
    names = _assessors(round_)
    return {
        "format": FORMAT,
        "challenge": {
            "slug": round_.challenge.slug,
            "title": round_.challenge.title,
            "terms_sha256": round_.challenge.terms_hash,
        },
        "round": {"state": round_.state, "ranked_at": ranking.computed_at.isoformat()},
        **ranking.inputs,
        "assessments": _assessments(round_, names),
        "moderations": _moderations(round_, names),
        "clause_findings": _findings(round_),
        "result": ranking.result,
        "decision": _decision(round_),
        "hash": ranking.digest,
    }


def _assessors(round_: Round) -> dict[int, str]:
    """Everybody who ever sat on the panel, by role and number; the first chair has no number."""
    seats = PanelMember.objects.filter(panel=round_.panel_id).order_by("pk")
    found: dict[int, str] = {}
    for role in PanelRole:
        held = [seat.pk for seat in seats if seat.role == role]
        word = "Deputy chair" if role == PanelRole.DEPUTY else role.name.capitalize()
        is_single = role in (PanelRole.CHAIR, PanelRole.DEPUTY)
        found |= {pk: word if is_single and n == 1 else f"{word} {n}" for n, pk in enumerate(held, start=1)}
    return found


def _assessments(round_: Round, names: dict[int, str]) -> list[dict[str, Any]]:
    rows = Assessment.objects.filter(round=round_, submitted_at__isnull=False).select_related("submission", "criterion")
    found = [
        {
            "submission": row.submission.pseudonym,
            "criterion": row.criterion.code,
            "assessor": names[row.member_id],
            "mark": inputs.plain(row.mark),
            "rationale": row.rationale,
            "quotations": row.quotes,
            "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
            "voided": row.voided_at is not None,
        }
        for row in rows
    ]
    return sorted(found, key=lambda row: (*_place(row), str(row["assessor"])))


def _moderations(round_: Round, names: dict[int, str]) -> list[dict[str, Any]]:
    rows = Moderation.objects.filter(round=round_).select_related("submission", "criterion")
    found = [
        {
            "submission": row.submission.pseudonym,
            "criterion": row.criterion.code,
            "mark": inputs.plain(row.mark),
            "rationale": row.rationale,
            "attended": sorted(names[pk] for pk in row.attended),
            "differences": {names[int(pk)]: difference for pk, difference in sorted(row.differences.items())},
            "moderated_at": row.moderated_at.isoformat(),
        }
        for row in rows
    ]
    return sorted(found, key=_place)


def _findings(round_: Round) -> list[dict[str, Any]]:
    rows = ClauseFinding.objects.filter(round=round_).select_related("submission", "requirement")
    found = [
        {
            "submission": row.submission.pseudonym,
            "clause": row.requirement.code,
            "verdict": row.verdict,
            "grade": row.grade,
            "rationale": row.rationale,
        }
        for row in rows
    ]
    return sorted(found, key=lambda row: (naturally(str(row["submission"])), str(row["clause"])))


def _decision(round_: Round) -> dict[str, Any] | None:
    decision = Decision.objects.filter(round=round_).first()
    if decision is None:
        return None
    items = decision.items.select_related("submission")
    found = [
        {"submission": item.submission.pseudonym, "selected": item.is_selected, "reason": item.reason} for item in items
    ]
    return {
        "decided_at": decision.decided_at.isoformat(),
        "reasons": decision.reasons,
        "items": sorted(found, key=lambda row: naturally(str(row["submission"]))),
    } | _replacements(decision)


def _replacements(decision: Decision) -> dict[str, Any]:
    """Who moved up after the decision; nothing where nobody did, so that older files stay as they are."""
    rows = decision.replacements.select_related("left", "moved_up").order_by("decided_at", "pk")
    told = [
        {
            "left": row.left.pseudonym, "moved_up": row.moved_up.pseudonym, "reason": row.reason,
            "decided_at": row.decided_at.isoformat(),
        }
        for row in rows
    ]  # fmt: skip
    return {"moved_up": told} if told else {}


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    return naturally(str(row["submission"])), str(row["criterion"])
