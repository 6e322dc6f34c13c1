"""An assessor's pages: what waits, the blind submission, and the mark."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from assessment import actions, queries, rules
from assessment.forms import MarkForm
from assessment.inputs import plain
from assessment.models import PanelMember, PanelRole, Round, RoundState
from assessment.queries import Pair
from assessment.views.doors import blind, person, round_by, seat
from audit import clock
from audit.transitions import NotPermitted, Refused
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
    round_, user = round_by(slug), person(request)
    member = seat(round_, user)
    context = {"round": round_, "challenge": round_.challenge, "member": member, **_part(round_, user, member)}
    return render(request, "assessment/round.html", context)


@login_required
@require_safe
def submission(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """One submission, blind, as a whole."""
    round_, user = round_by(slug), person(request)
    shown = blind(round_, user, pseudonym)
    pairs = [pair for pair in queries.my_pairs(round_, user) if pair.slug == pseudonym]
    context = {"round": round_, "challenge": round_.challenge, "shown": shown, "pairs": pairs}
    return render(request, "assessment/submission.html", context)


@login_required
@require_safe
def attachment(request: HttpRequest, slug: str, pseudonym: str, reference: UUID) -> HttpResponse:
    """An attachment under its neutral name (A6); whoever may not read the submission finds nothing (S3)."""
    round_, user = round_by(slug), person(request)
    found = queries.attachment(round_, user, pseudonym, reference)
    if found is None:
        raise Http404
    stored, name = found
    file = access.opened(stored)
    extension = EXTENSIONS.get(file.content_type, "bin")
    response = HttpResponse(file.data, content_type=file.content_type)
    neutral = f"{pseudonym} {name.split(' (')[0]}.{extension}".replace(" ", "-").lower()
    response["Content-Disposition"] = content_disposition_header(True, neutral) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, slug: str, pseudonym: str, code: str) -> HttpResponse:
    """The marking screen: the answer beside the scale, the mark and its reason."""
    round_, user = round_by(slug), person(request)
    pair, before, after = _pair(round_, user, pseudonym, code)
    form = MarkForm(request.POST or None, criterion=pair.criterion, initial=_initial(pair))
    if request.method == "POST" and form.is_valid():
        _save(round_, user, pair, form)
        messages.success(request, f"Saved: {pair.pseudonym}, {pair.criterion.name}.")
        return _onwards(slug, pair, after if "next" in request.POST else None, to_list="next" in request.POST)
    context = {
        "round": round_, "challenge": round_.challenge, "pair": pair, "before": before, "after": after, "form": form,
        "done": _done(queries.my_pairs(round_, user)),
    }  # fmt: skip
    return render(request, "assessment/mark.html", context)


@login_required
@require_POST
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand in all marks at once."""
    round_, user = round_by(slug), person(request)
    count = actions.submit_marks(round=round_, actor=user, at=clock.now())
    messages.success(request, f"Your {count} marks are in. They can no longer be changed.")
    return redirect("assess_round", slug=slug)


def _part(round_: Round, user: User, member: PanelMember) -> dict[str, object]:
    looking = queries.viewer(round_, user)
    pairs = queries.my_pairs(round_, user)
    is_chair = member.role == PanelRole.CHAIR
    return {
        "is_chair": is_chair,
        "viewer": looking,
        "pairs": pairs,
        "done": _done(pairs),
        "first_open": next((pair for pair in pairs if not pair.is_complete), None),
        "has_submitted": any(pair.is_submitted for pair in pairs),
        "may_submit": round_.state == RoundState.MARKING and bool(pairs) and all(pair.is_complete for pair in pairs),
        "progress": queries.progress(round_) if is_chair or looking.has_finished else [],
        "clauses": queries.clause_progress(round_) if is_chair and looking.has_declared else [],
        "may_read_result": round_.state in (RoundState.RANKED, RoundState.DECIDED),
    }


def _done(pairs: list[Pair]) -> tuple[int, int]:
    return sum(pair.is_complete for pair in pairs), len(pairs)


def _pair(round_: Round, user: User, pseudonym: str, code: str) -> tuple[Pair, Pair | None, Pair | None]:
    if not rules.may_mark(user, round_):
        raise NotPermitted("Only an assessor of this panel can open this page.")
    blind(round_, user, pseudonym)
    found = queries.pair_with_answer(round_, user, pseudonym, code)
    if found is None:
        raise Http404
    return found


def _initial(pair: Pair) -> dict[str, str]:
    return {"mark": "" if pair.mark is None else plain(pair.mark), "rationale": pair.rationale}


def _save(round_: Round, user: User, pair: Pair, form: MarkForm) -> None:
    found = queries.submission_by_slug(round_, pair.slug)
    if found is None:
        raise Refused("This submission is not part of the round.")
    judgement = actions.Judgement(found, pair.criterion, form.cleaned_data["mark"], form.cleaned_data["rationale"])
    actions.save_mark(round=round_, judgement=judgement, actor=user, at=clock.now())


def _onwards(slug: str, pair: Pair, after: Pair | None, *, to_list: bool) -> HttpResponse:
    if to_list and after is None:
        return redirect("assess_round", slug=slug)
    target = after or pair
    return redirect("assess_mark", slug=slug, pseudonym=target.slug, code=target.criterion.code)
