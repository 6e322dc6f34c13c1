"""An assessor's pages: what waits, the blind submission, and the mark."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.signed_in import person
from assessment import actions, letters, queries
from assessment.models import PanelRole, RoundState
from assessment.queries import Standing
from assessment.views.doors import blind, member, neutral_name, round_by
from assessment.visibility import Role
from audit import clock
from files import access

YOUR_PART = {
    PanelRole.CHAIR: "You are the chair of this panel.",
    PanelRole.DEPUTY: "You are the deputy chair: you moderate where the chair has an interest.",
    PanelRole.ASSESSOR: "You are an assessor on this panel.",
    PanelRole.OBSERVER: "You are an observer: you follow the progress and read the result.",
}


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The panels on which this person sits, with what waits for them."""
    user = person(request)
    context = {"rounds": queries.rounds_for(user), "waiting": queries.seats_before_the_round(user)}
    return render(request, "assessment/home.html", context)


@login_required
@require_safe
def round_home(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the round stands, and this member's own part of it."""
    standing = member(request, slug)
    context = {"round": standing.round, "challenge": standing.round.challenge, **_part(standing)}
    return render(request, "assessment/round.html", context)


@login_required
@require_safe
def submission(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """One submission, blind, as a whole."""
    standing = member(request, slug)
    shown = blind(standing, pseudonym)
    pairs = [pair for pair in queries.my_pairs(standing) if pair.slug == pseudonym]
    context = {
        "round": standing.round, "challenge": standing.round.challenge, "shown": shown, "pairs": pairs,
        "finished": queries.pilot_evidence(standing, pseudonym) if standing.round.is_about_pilots else None,
    }  # fmt: skip
    return render(request, "assessment/submission.html", context)


@login_required
@require_safe
def attachment(request: HttpRequest, slug: str, pseudonym: str, reference: UUID) -> HttpResponse:
    """An attachment under its neutral name (A6); whoever may not read the submission finds nothing (S3)."""
    found = queries.attachment(queries.standing_of(round_by(slug), person(request)), pseudonym, reference)
    if found is None:
        raise Http404
    stored, name = found
    file = access.hand_over(stored, actor=person(request), at=clock.now())
    response = HttpResponse(file.data, content_type=file.content_type)
    disposition = content_disposition_header(True, f"{pseudonym}-{neutral_name(name, file.content_type)}")
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand in all marks at once."""
    count = actions.submit_marks(round=round_by(slug), actor=person(request), at=clock.now())
    messages.success(request, f"Your {count} marks are in. They can no longer be changed.")
    return redirect("assess_round", slug=slug)


def _part(standing: Standing) -> dict[str, object]:
    looking, state = standing.viewer, standing.round.state
    pairs = queries.my_pairs(standing)
    is_chair = looking.role is Role.CHAIR
    return {
        "is_chair": is_chair,
        "is_assessor": looking.role is Role.ASSESSOR,
        "seat": standing.member,
        "due_on": _due_on(standing),
        "is_before_the_freeze": queries.is_before_the_freeze(standing.round),
        "your_part": YOUR_PART[PanelRole(standing.member.role)] if standing.member else "",
        "is_unconfirmed": _is_unconfirmed(standing),
        "has_to_rule": is_chair and bool(queries.undecided(standing.round)),
        "may_see_progress": looking.role in (Role.CHAIR, Role.OBSERVER),
        "may_reopen": is_chair and state in (RoundState.MARKING, RoundState.MODERATING),
        "viewer": looking,
        "pairs": pairs,
        "submissions": queries.by_submission(pairs),
        "done": queries.done(pairs),
        "first_open": next((pair for pair in pairs if not pair.is_complete), None),
        "has_submitted": bool(pairs) and all(pair.is_submitted for pair in pairs),
        "may_submit": state == RoundState.MARKING and bool(pairs) and all(pair.is_complete for pair in pairs),
        "progress": queries.progress(standing) if looking.has_finished else [],
        "clauses": queries.clause_progress(standing)
        if is_chair and looking.has_declared and not standing.round.is_about_pilots
        else [],
        "unexplained": _unexplained(standing) if is_chair else 0,
        "flags": (told := queries.flags_for(standing) if is_chair and looking.has_declared else []),
        "open_flags": any(row.answered_at is None for row in told),
        "may_read_result": state in (RoundState.RANKED, RoundState.DECIDED),
    }


def _unexplained(standing: Standing) -> int:
    """How many marks this chair still has to explain before the letters can go out (D3)."""
    if standing.round.state not in actions.BEFORE_LETTERS:
        return 0
    gaps = letters.gaps_of(letters.facts_of(standing.round))
    return sum(gap.submission.pk not in standing.viewer.recused for gap in gaps)


def _due_on(standing: Standing) -> date | None:
    """The day by which this member does what the round waits for; None when there is none, or it is done."""
    panel, looking = standing.round.panel, standing.viewer
    if not looking.has_declared:
        return panel.declare_by
    owes = looking.role is Role.ASSESSOR and bool(standing.to_mark) and not looking.has_finished
    return panel.mark_by if owes and standing.round.state == RoundState.MARKING else None


def _is_unconfirmed(standing: Standing) -> bool:
    judging = standing.viewer.role is not Role.OBSERVER and standing.round.state == RoundState.MODERATING
    return judging and standing.member is not None and not queries.has_confirmed(standing.round, standing.member)
