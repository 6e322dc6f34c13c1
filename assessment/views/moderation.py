"""The chair's pages: where marks differ, the moderated mark, and the freeze."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.signed_in import person
from assessment import actions, charts, queries
from assessment.actions import StaleModeration
from assessment.forms import ModerationForm
from assessment.inputs import plain
from assessment.models import PanelMember, PanelRole, Round, RoundState
from assessment.queries import Standing, Topic
from assessment.views.doors import chair, submission_named
from audit import clock
from audit.transitions import NotPermitted, Refused, objections
from challenges.models import Criterion
from suppliers.views.typed import keeps_what_is_typed, take
from work import late_texts

TWO_TABS = (
    "This topic was moderated in another tab after you opened it. Nothing is lost: put both together on the right, "
    "then save."
)


@login_required
@require_safe
def moderation(request: HttpRequest, slug: str) -> HttpResponse:
    """Every topic with its spread, mandatory ones first and then criterion by criterion (A14)."""
    standing = chair(request, slug)
    round_ = standing.round
    topics = queries.topics(standing)
    letters = _letters(topics)
    shown = [_shown(topic, letters) for topic in topics]
    context = {
        "round": round_, "challenge": round_.challenge, "topics": topics, "letters": letters,
        "mandatory": [each for each in shown if each["topic"].is_mandatory],
        "criteria": [(criterion, _others(shown, criterion)) for criterion in standing.criteria],
        "done": sum(topic.moderation is not None for topic in topics),
        "clauses": [] if round_.is_about_pilots else queries.clause_progress(standing), "obstacles": _obstacles(round_),
        "unconfirmed": _unconfirmed(round_),
    }  # fmt: skip
    return render(request, "assessment/moderation.html", context)


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
def moderate(request: HttpRequest, slug: str, pseudonym: str, code: str) -> HttpResponse:
    """One topic: the answer, every assessor's mark and reason, and the chair's mark (A7)."""
    standing = chair(request, slug)
    topic = _topic(standing, pseudonym, code)
    if key := request.POST.get("drop"):
        actions.drop_late_moderation(
            round=standing.round, judgement=_judgement(standing, topic, {"mark": None, "rationale": ""}), key=key,
            actor=person(request), at=clock.now(),
        )  # fmt: skip
        messages.success(request, "Your other text is left out. What is recorded stays as it is.")
        return redirect(request.path)
    seats = _who_may_attend(standing.round, topic)
    if request.method != "POST":
        return _opened(request, standing, topic, seats)
    form = ModerationForm(request.POST, criterion=topic.criterion, members=seats)
    refusal = _moderate(form, standing, person(request), topic) if form.is_valid() else None
    if form.is_valid() and refusal is None:
        messages.success(request, f"Moderated: {topic.pseudonym}, {topic.criterion.name}.")
        return redirect("assess_moderation", slug=slug)
    return _refused(request, standing, topic, form, refusal)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """What will happen, and the step that ends the judging."""
    standing, user = chair(request, slug), person(request)
    round_ = standing.round
    if request.method == "POST":
        if round_.is_about_pilots:
            actions.rank_finished_pilots(round=round_, actor=user, at=clock.now())
            messages.success(request, "The finished pilots are ranked. A procurement lead who did not assess decides.")
        else:
            actions.freeze_quality(round=round_, actor=user, at=clock.now())
            messages.success(request, "Quality is frozen. Two officers of the council can open the prices.")
        return redirect("assess_round", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "obstacles": _obstacles(round_),
        "outlook": queries.outlook(round_),
    }  # fmt: skip
    return render(request, "assessment/freeze.html", context)


def _obstacles(round_: Round) -> list[str]:
    if round_.is_about_pilots:
        return actions.in_the_way_of_ranking(round_, clock.now())
    return objections(round_, "freeze_quality", at=clock.now())


def _unconfirmed(round_: Round) -> str:
    """Who cannot attend a moderation yet (A3), in one line."""
    return ", ".join(queries.unconfirmed_names(round_)) if round_.state == RoundState.MODERATING else ""


def _who_may_attend(round_: Round, topic: Topic) -> list[PanelMember]:
    ids = [each.pk for each in queries.submissions_in(round_)]
    declared = queries.declarations(round_, ids)
    nothing = queries.Declared()
    seats = [seat for seat in queries.members(round_) if seat.role != PanelRole.OBSERVER]
    return [seat for seat in seats if topic.submission_id not in declared.get(seat.pk, nothing).recused]


def _topic(standing: Standing, pseudonym: str, code: str) -> Topic:
    found = queries.topic(standing, pseudonym, code)
    if found is None:
        raise Http404
    return found


def _opened(request: HttpRequest, standing: Standing, topic: Topic, seats: list[PanelMember]) -> HttpResponse:
    """The topic as it is recorded; or as it was typed by somebody signed out, or in two tabs."""
    page, first = dict[str, Any](), _initial(topic)
    late = late_texts.newest_of(topic.moderation.aside, person(request).actor_key) if topic.moderation else None
    if typed := take(request):
        first |= {name: values if name == "attended" else values[-1] for name, values in typed.items() if values}
        page["was_signed_out"] = True
    elif late:
        value = late[1]["value"]
        first |= value | {"attended": [str(pk) for pk in value["attended"]], "merges": late[0]}
        page |= {"is_conflict": True, "aside_key": late[0]}
    form = ModerationForm(initial=first, criterion=topic.criterion, members=seats)
    return _page(request, standing, topic, page | {"form": form})


def _refused(
    request: HttpRequest, standing: Standing, topic: Topic, form: ModerationForm, refusal: Refused | None
) -> HttpResponse:
    """Back to the page with the reason, and with everything that was typed."""
    fresh = queries.standing_of(standing.round, person(request))
    topic = _topic(fresh, topic.slug, topic.criterion.code)
    page: dict[str, Any] = {"form": form, "refusal": refusal, "code": 409 if refusal else 422}
    data = request.POST.copy()
    if isinstance(refusal, StaleModeration) and topic.moderation is not None:
        late = late_texts.newest_of(topic.moderation.aside, person(request).actor_key)
        page |= {"is_conflict": True, "aside_key": late[0] if late else ""}
        data["version"], data["merges"] = str(topic.moderation.version), late[0] if late else ""
    form.data = data
    return _page(request, fresh, topic, page)


def _page(request: HttpRequest, standing: Standing, topic: Topic, page: dict[str, Any]) -> HttpResponse:
    round_, letters = standing.round, _letters([topic])
    shared = {
        "round": round_, "challenge": round_.challenge, "topic": topic, "shown": _shown(topic, letters),
        "finished": queries.pilot_evidence(standing, topic.slug) if round_.is_about_pilots else None,
        "is_open": round_.state == RoundState.MODERATING, "conflict_words": TWO_TABS, "theirs": topic.moderation,
        "home": reverse("assess_moderation", args=[round_.slug]), "unconfirmed": _unconfirmed(round_),
    }  # fmt: skip
    return render(request, "assessment/moderate.html", shared | page, status=page.get("code", 200))


def _others(shown: list[dict[str, Any]], criterion: Criterion) -> list[dict[str, Any]]:
    """The topics of one criterion that need not be discussed."""
    return [each for each in shown if each["topic"].criterion == criterion and not each["topic"].is_mandatory]


def _letters(topics: Sequence[Topic]) -> dict[str, str]:
    """Each assessor's letter, in the order of their names."""
    names = sorted({shown.assessor for topic in topics for shown in topic.marks})
    return {name: charts.letter(n) for n, name in enumerate(names)}


def _shown(topic: Topic, letters: dict[str, str]) -> dict[str, Any]:
    """A topic with its small picture, and who differs in words."""
    marks = [(letters[shown.assessor], shown.mark) for shown in topic.marks if shown.mark is not None]
    words = ", ".join(f"{letter} {plain(mark)}" for letter, mark in marks)
    title = f"Marks of 0 to {plain(topic.criterion.maximum)}: {words}"
    picture = charts.strip(sorted(marks, key=lambda pair: pair[1]), topic.criterion.maximum, title) if marks else ""
    return {
        "topic": topic, "picture": picture, "differs": _differs(topic),
        "marks": [(letters[shown.assessor], shown) for shown in topic.marks],
    }  # fmt: skip


def _differs(topic: Topic) -> str:
    """Who is furthest from the middle of the others; of two who differ, that they do."""
    apart = topic.furthest
    if not apart:
        return "Nobody: all marks are the same." if len(topic.marks) > 1 else ""
    by = plain(Decimal(str(float(abs(next(iter(apart.values())))))))
    if len(apart) > 1:
        return f"{' and '.join(sorted(apart))}, {by} apart" if len(apart) == 2 else f"{', '.join(sorted(apart))}"
    name, amount = next(iter(apart.items()))
    return f"{name}, {by} {'above' if amount > 0 else 'below'} the middle of the others"


def _initial(topic: Topic) -> dict[str, object]:
    row = topic.moderation
    if row is None:
        return {"version": 0}  # who attended is what the chair says, never what is likely
    recorded = {"mark": plain(row.mark), "rationale": row.rationale, "attended": [str(pk) for pk in row.attended]}
    return recorded | {"version": row.version}


def _judgement(standing: Standing, topic: Topic, given: dict[str, Any]) -> actions.Judgement:
    return actions.Judgement(submission_named(standing, topic.slug), topic.criterion, given["mark"], given["rationale"])


def _moderate(form: ModerationForm, standing: Standing, user: User, topic: Topic) -> Refused | None:
    """Record it; a refusal is returned, so that the page can keep what was typed."""
    seen = actions.Seen(form.seen_version() if "version" in form.data else None, form.merged())
    try:
        actions.moderate(
            round=standing.round, judgement=_judgement(standing, topic, form.cleaned_data), attended=form.attending(),
            actor=user, at=clock.now(), seen=seen,
        )  # fmt: skip
    except NotPermitted:
        raise
    except Refused as refusal:
        return refusal
    return None
