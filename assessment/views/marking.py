"""An assessor's pages: what waits, the blind submission, and the mark."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signed_in import person
from assessment import actions, queries
from assessment.forms import MarkForm
from assessment.inputs import plain
from assessment.models import RoundState
from assessment.queries import Pair, Standing
from assessment.views.doors import blind, member, require_open, round_by, submission_named
from assessment.visibility import Role
from audit import clock
from audit.transitions import NotPermitted
from files import access

EXTENSIONS = {"application/pdf": "pdf", "text/csv": "csv", "text/plain": "txt", "image/png": "png", "image/jpeg": "jpg"}


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The panels on which this person sits, with what waits for them."""
    return render(request, "assessment/home.html", {"rounds": queries.rounds_for(person(request))})


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
    context = {"round": standing.round, "challenge": standing.round.challenge, "shown": shown, "pairs": pairs}
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
    neutral = f"{pseudonym} {name.split(' (')[0]}.{EXTENSIONS.get(file.content_type, 'bin')}"
    response = HttpResponse(file.data, content_type=file.content_type)
    disposition = content_disposition_header(True, neutral.replace(" ", "-").lower())
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, slug: str, pseudonym: str, code: str) -> HttpResponse:
    """The marking screen: the answer beside the descriptors, the mark and its reason."""
    standing = member(request, slug)
    pair, before, after = _pair(standing, pseudonym, code)
    form = MarkForm(request.POST or None, criterion=pair.criterion, initial=_initial(pair))
    if request.method == "POST" and form.is_valid():
        _save(standing, person(request), pair, form)
        messages.success(request, f"Saved: {pair.pseudonym}, {pair.criterion.name}.")
        return _onwards(slug, pair, after, wants_next="next" in request.POST)
    context = {
        "round": standing.round, "challenge": standing.round.challenge, "pair": pair, "before": before, "after": after,
        "form": form, "done": _done(queries.my_pairs(standing)),
    }  # fmt: skip
    return render(request, "assessment/mark.html", context)


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
        "viewer": looking,
        "pairs": pairs,
        "done": _done(pairs),
        "first_open": next((pair for pair in pairs if not pair.is_complete), None),
        "has_submitted": any(pair.is_submitted for pair in pairs),
        "may_submit": state == RoundState.MARKING and bool(pairs) and all(pair.is_complete for pair in pairs),
        "progress": queries.progress(standing) if is_chair or looking.has_finished else [],
        "clauses": queries.clause_progress(standing) if is_chair and looking.has_declared else [],
        "may_read_result": state in (RoundState.RANKED, RoundState.DECIDED),
    }


def _done(pairs: list[Pair]) -> tuple[int, int]:
    return sum(pair.is_complete for pair in pairs), len(pairs)


def _pair(standing: Standing, pseudonym: str, code: str) -> tuple[Pair, Pair | None, Pair | None]:
    if standing.viewer.role is not Role.ASSESSOR:
        raise NotPermitted("Only an assessor of this panel can open this page.")
    require_open(standing, pseudonym)
    found = queries.pair_with_answer(standing, pseudonym, code)
    if found is None:
        raise Http404
    return found


def _initial(pair: Pair) -> dict[str, str]:
    return {"mark": "" if pair.mark is None else plain(pair.mark), "rationale": pair.rationale}


def _save(standing: Standing, user: User, pair: Pair, form: MarkForm) -> None:
    given, found = form.cleaned_data, submission_named(standing, pair.slug)
    judgement = actions.Judgement(found, pair.criterion, given["mark"], given["rationale"])
    actions.save_mark(round=standing.round, judgement=judgement, actor=user, at=clock.now())


def _onwards(slug: str, pair: Pair, after: Pair | None, *, wants_next: bool) -> HttpResponse:
    if wants_next and after is None:
        return redirect("assess_round", slug=slug)
    target = after if wants_next and after else pair
    return redirect("assess_mark", slug=slug, pseudonym=target.slug, code=target.criterion.code)
