"""The chair's pages: where marks differ, the moderated mark, and the freeze."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.signed_in import person
from assessment import actions, queries
from assessment.forms import ModerationForm
from assessment.inputs import plain
from assessment.models import PanelMember, Round
from assessment.queries import Standing, Topic
from assessment.views.doors import chair, submission_named
from audit import clock
from audit.transitions import NotPermitted, Refused, objections


@login_required
@require_safe
def moderation(request: HttpRequest, slug: str) -> HttpResponse:
    """Every topic with its spread, mandatory ones first (A14)."""
    standing = chair(request, slug)
    round_ = standing.round
    topics = queries.topics(standing)
    context = {
        "round": round_, "challenge": round_.challenge, "topics": topics,
        "done": sum(topic.moderation is not None for topic in topics),
        "clauses": queries.clause_progress(standing), "obstacles": _obstacles(round_),
    }  # fmt: skip
    return render(request, "assessment/moderation.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def moderate(request: HttpRequest, slug: str, pseudonym: str, code: str) -> HttpResponse:
    """One topic: the answer, every assessor's mark and reason, and the chair's mark (A7)."""
    standing, user = chair(request, slug), person(request)
    round_ = standing.round
    topic = queries.topic(standing, pseudonym, code)
    if topic is None:
        raise Http404
    seats = _who_may_attend(round_, topic)
    form = ModerationForm(
        request.POST or None, criterion=topic.criterion, members=seats, initial=_initial(topic, seats)
    )
    if request.method == "POST" and form.is_valid() and _moderated(form, standing, user, topic):
        messages.success(request, f"Moderated: {topic.pseudonym}, {topic.criterion.name}.")
        return redirect("assess_moderation", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "topic": topic, "form": form,
    }  # fmt: skip
    return render(request, "assessment/moderate.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """What will happen, and the step that ends the judging."""
    standing, user = chair(request, slug), person(request)
    round_ = standing.round
    if request.method == "POST":
        actions.freeze_quality(round=round_, actor=user, at=clock.now())
        messages.success(request, "Quality is frozen. Two officers of the council can open the prices.")
        return redirect("assess_round", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "obstacles": _obstacles(round_),
        "outlook": queries.outlook(round_),
    }  # fmt: skip
    return render(request, "assessment/freeze.html", context)


def _obstacles(round_: Round) -> list[str]:
    return objections(round_, "freeze_quality", at=clock.now())


def _who_may_attend(round_: Round, topic: Topic) -> list[PanelMember]:
    ids = [each.pk for each in queries.submissions_in(round_)]
    declared = queries.declarations(round_, ids)
    nothing = queries.Declared()
    seats = queries.members(round_)
    return [seat for seat in seats if topic.submission_id not in declared.get(seat.pk, nothing).recused]


def _initial(topic: Topic, seats: list[PanelMember]) -> dict[str, object]:
    row = topic.moderation
    if row is None:
        return {"attended": [str(seat.pk) for seat in seats]}
    return {"mark": plain(row.mark), "rationale": row.rationale, "attended": [str(pk) for pk in row.attended]}


def _moderated(form: ModerationForm, standing: Standing, user: User, topic: Topic) -> bool:
    submission = submission_named(standing, topic.slug)
    given = form.cleaned_data
    judgement = actions.Judgement(submission, topic.criterion, given["mark"], given["rationale"])
    try:
        actions.moderate(
            round=standing.round, judgement=judgement, attended=form.attending(), actor=user, at=clock.now()
        )
    except NotPermitted:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
