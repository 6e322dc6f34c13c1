"""The public page of a challenge, the front page's lists, and asking for and giving approval."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted, objections, personal_objections
from awards.queries import with_names
from challenges import queries, rules
from challenges.coach import legibility, review
from challenges.forms import CommentForm
from challenges.models import Challenge, CriterionKind
from cms import actions
from cms.course import course_of, ending_of
from cms.models import ChallengePage
from cms.statement import statement_of
from pilots.models import Pilot


def challenge_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One challenge in public: the story, the money, the dates, the terms, and what came of it."""
    page = ChallengePage.objects.select_related("challenge__council").filter(challenge__slug=slug).first()
    if page is None or page.challenge.published_at is None:
        raise Http404("There is no published challenge at this address.")
    return _render(request, page, clock.now())


def challenge_preview(request: HttpRequest, page: ChallengePage) -> HttpResponse:
    """The draft as readers will see it."""
    return _render(request, page, clock.now(), is_preview=True)


@require_safe
@login_required
def approval(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that stands in the way of publishing, the coach's advice, and the two steps: ask, approve."""
    return _approval_page(request, _page_for_officer(request, slug), CommentForm())


@login_required
@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    page = _page_for_officer(request, slug)
    actions.ask_for_approval(page=page, actor=person(request), at=clock.now())
    messages.success(request, "The procurement lead is asked for approval. You will see here what they decide.")
    return redirect("challenge_workspace", slug=slug)


@login_required
@require_POST
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    page = _page_for_officer(request, slug)
    actions.approve(page=page, actor=person(request), at=clock.now(), version=request.POST.get("version") or "not read")
    messages.success(request, "Published. The call opens at its time, whatever else happens.")
    return redirect("challenge_workspace", slug=slug)


@login_required
@require_POST
def hand_back(request: HttpRequest, slug: str) -> HttpResponse:
    page = _page_for_officer(request, slug)
    form = CommentForm(request.POST)
    if rules.may_approve(request.user, page.challenge) and not form.is_valid():
        return _approval_page(request, page, form)
    actions.ask_for_changes(page=page, actor=person(request), comment=request.POST.get("reason", ""))
    messages.success(request, "Handed back with your comment.")
    return redirect("challenge_workspace", slug=slug)


@login_required
@require_POST
def relaunch(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the same challenge again, as a new draft."""
    old = _page_for_officer(request, slug)
    page = actions.relaunch(challenge=old.challenge, actor=person(request), at=clock.now())
    messages.success(request, "A new draft is started with the same text and terms. Give it new dates.")
    return redirect("challenge_workspace", slug=page.challenge.slug)


def _page_for_officer(request: HttpRequest, slug: str) -> ChallengePage:
    page = get_object_or_404(ChallengePage.objects.select_related("challenge__council"), challenge__slug=slug)
    if not rules.may_read_workspace(request.user, page.challenge):
        raise NotPermitted("Only people of this council can open this page.")
    return page


def _approval_page(request: HttpRequest, page: ChallengePage, form: CommentForm) -> HttpResponse:
    at, challenge = clock.now(), page.challenge
    statement = statement_of(page.get_latest_revision_as_object())
    context = {
        "challenge": challenge, "page": page, "at": at, "objections": _in_the_way(request, challenge, at),
        "findings": review(statement), "legibility": legibility(statement), "version": actions.version_of(page),
        "is_asked": page.workflow_in_progress, "may_approve": rules.may_approve(request.user, challenge),
        "may_write": rules.may_write(request.user, challenge), "form": form,
    }  # fmt: skip
    return render(request, "challenges/approval.html", context, status=422 if form.is_bound else 200)


def _in_the_way(request: HttpRequest, challenge: Challenge, at: datetime) -> list[str]:
    """What publication refuses; to whoever may approve, also what it would refuse them in person."""
    found = objections(challenge, "publish", at=at)
    if not rules.may_approve(request.user, challenge):
        return found
    return [*found, *personal_objections(challenge, "publish", person(request))]


def _render(request: HttpRequest, page: ChallengePage, at: datetime, *, is_preview: bool = False) -> HttpResponse:
    challenge = queries.with_parts(page.challenge)
    scales = [row.scale for row in challenge.criteria.all() if row.kind == CriterionKind.QUALITY]
    amended = list(challenge.amendments.all())
    context = {
        "newest_amendment": amended[-1] if amended else None,
        "page": page, "challenge": challenge, "at": at, "phase": challenge.phase(at), "is_preview": is_preview,
        "timeline": course_of(challenge, at), "ending": ending_of(challenge),
        "pilots": with_names(Pilot.objects.public()).filter(challenge=challenge).select_related("supplier"),
        "scale": scales[0] if scales and all(scale == scales[0] for scale in scales) else [],
    }  # fmt: skip
    return render(request, "cms/challenge_page.html", context)
