"""The marking screen: one criterion of one submission. It saves itself, keeps what came too late, and goes on."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import person
from assessment import actions, queries, quoting
from assessment.actions import StaleMark
from assessment.forms import MarkForm
from assessment.inputs import plain
from assessment.models import Assessment, RoundState
from assessment.queries import Desk, Pair, Standing
from assessment.views.doors import member, require_open, submission_named
from assessment.visibility import Role
from audit import clock
from audit.transitions import NotPermitted, Refused
from suppliers.views.saving import not_saved, saved_by_itself
from suppliers.views.typed import keeps_what_is_typed, take

TWO_TABS = (
    "You saved this mark in another tab after opening it here. Nothing is lost: put both together on the right, then "
    "save."
)
SINGLE = ("mark", "rationale", "notes", "passage", "version", "merges")


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, slug: str, pseudonym: str, code: str) -> HttpResponse:
    """The answer beside the descriptors; the mark, its reason, the passages it rests on, and private notes."""
    standing = member(request, slug)
    desk = _desk(standing, pseudonym, code)
    if request.method != "POST":
        return _shown(request, standing, desk)
    if key := request.POST.get("drop"):
        actions.drop_late_text(
            round=standing.round, judgement=_judgement(standing, desk.pair, {}), key=key, actor=person(request),
            at=clock.now(),
        )  # fmt: skip
        messages.success(request, "Your other text is left out. What is saved stays as it is.")
        return redirect(request.path)
    return _posted(request, standing, desk)


@login_required
@require_safe
def sheet(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """One submission with the assessor's own marks, to be printed; private notes stay on the screen."""
    standing = member(request, slug)
    _require_assessor(standing, pseudonym)
    pairs = queries.sheet_of(standing, pseudonym)
    if not pairs:
        raise Http404
    context = {"round": standing.round, "challenge": standing.round.challenge, "pairs": pairs, "first": pairs[0]}
    return render(request, "assessment/sheet.html", context)


def _desk(standing: Standing, pseudonym: str, code: str) -> Desk:
    _require_assessor(standing, pseudonym)
    found = queries.desk_of(standing, pseudonym, code)
    if found is None:
        raise Http404
    return found


def _require_assessor(standing: Standing, pseudonym: str) -> None:
    if standing.viewer.role is not Role.ASSESSOR:
        raise NotPermitted("Only an assessor of this panel can open this page.")
    require_open(standing, pseudonym)


def _posted(request: HttpRequest, standing: Standing, desk: Desk) -> HttpResponse:
    data, pair = request.POST.copy(), desk.pair
    is_by_itself = "autosave" in data
    if is_by_itself:
        data.pop("passage", None)  # half a passage is no passage: it is taken in when its writer presses the button
    form = MarkForm(data, pair=pair)
    form.is_valid()
    saved = _save(request, standing, pair, form)
    if is_by_itself:
        return _answer(saved, form)
    if isinstance(saved, Assessment) and form.is_valid():
        messages.success(request, f"Saved: {pair.pseudonym}, {pair.criterion.name}.{_still_open(saved)}")
        return _onwards(desk, standing.round.slug, wants_next="next" in request.POST)
    return _again(request, standing, form, saved)


def _save(request: HttpRequest, standing: Standing, pair: Pair, form: MarkForm) -> Assessment | Refused:
    """Save the mark; a refusal is returned, so that the page can keep what was typed."""
    try:
        return actions.save_mark(
            round=standing.round, judgement=_judgement(standing, pair, form.value(pair)), actor=person(request),
            at=clock.now(), version=form.seen_version(), merges=form.merged(),
        )  # fmt: skip
    except Refused as refused:
        return refused


def _judgement(standing: Standing, pair: Pair, given: Mapping[str, Any]) -> actions.Judgement:
    written = {"mark": None, "rationale": "", **given}
    return actions.Judgement(submission_named(standing, pair.slug), pair.criterion, **written)


def _answer(saved: Assessment | Refused, form: MarkForm) -> HttpResponse:
    if isinstance(saved, Refused):
        return not_saved(saved, is_kept=isinstance(saved, StaleMark))
    return saved_by_itself(saved.saved_at, saved.paper.version, form)


def _still_open(saved: Assessment) -> str:
    """What a saved mark lacks before it counts as written; empty when nothing does."""
    lacking = ["your mark"] if saved.mark is None else []
    lacking += ["your reason"] if not saved.rationale else []
    return f" It still needs {' and '.join(lacking)}." if lacking else ""


def _onwards(desk: Desk, slug: str, *, wants_next: bool) -> HttpResponse:
    if wants_next and desk.after is None:
        return redirect("assess_round", slug=slug)
    target = desk.after if wants_next and desk.after else desk.pair
    return redirect("assess_mark", slug=slug, pseudonym=target.slug, code=target.criterion.code)


def _shown(request: HttpRequest, standing: Standing, desk: Desk) -> HttpResponse:
    """The mark as it is saved; or as somebody typed it who was signed out, or who saved in two tabs."""
    pair, page = desk.pair, dict[str, Any]()
    first = _initial(pair)
    if typed := take(request):
        first |= {name: values[-1] for name, values in typed.items() if name in SINGLE and values}
        first["quote"] = typed.get("quote", [])
        page["was_signed_out"] = True
    elif pair.late:
        first |= _late(pair) | {"merges": pair.late[0]}
        page |= {"is_conflict": True, "aside_key": pair.late[0]}
    return _page(request, standing, desk, page | {"form": MarkForm(initial=first, pair=pair)})


def _again(request: HttpRequest, standing: Standing, form: MarkForm, saved: Assessment | Refused) -> HttpResponse:
    """Back to the same page with the reason, and with what was typed."""
    pair = form.pair
    fresh = queries.standing_of(standing.round, person(request))
    desk = _desk(fresh, pair.slug, pair.criterion.code)
    page: dict[str, Any] = {"form": form, "code": 409 if isinstance(saved, Refused) else 422}
    data = request.POST.copy()
    if isinstance(saved, StaleMark) and desk.pair.late:
        data["merges"] = desk.pair.late[0]
        page |= {"is_conflict": True, "aside_key": desk.pair.late[0]}
    if not isinstance(saved, Refused) or isinstance(saved, StaleMark):
        data["version"] = str(desk.pair.version)
    form.data = data
    return _page(request, fresh, desk, page | {"refusal": saved if isinstance(saved, Refused) else None})


def _page(request: HttpRequest, standing: Standing, desk: Desk, page: dict[str, Any]) -> HttpResponse:
    round_, pair = standing.round, desk.pair
    shared = {
        "round": round_, "challenge": round_.challenge, "desk": desk, "pair": pair, "saved_at": pair.saved_at,
        "is_open": round_.state == RoundState.MARKING and not pair.is_submitted, "conflict_words": TWO_TABS,
        "home": reverse("assess_round", args=[round_.slug]),
        "finished": queries.pilot_evidence(standing, pair.slug) if round_.is_about_pilots else None,
        "saves_itself": "now" if page.get("was_signed_out") else "yes",
    }  # fmt: skip
    return render(request, "assessment/mark.html", shared | page, status=page.get("code", 200))


def _initial(pair: Pair) -> dict[str, Any]:
    return {
        "mark": "" if pair.mark is None else plain(pair.mark), "rationale": pair.rationale, "notes": pair.notes,
        "quote": [quotation.place for quotation in pair.quotes], "version": pair.version,
    }  # fmt: skip


def _late(pair: Pair) -> dict[str, Any]:
    value = pair.late[1]["value"] if pair.late else {}
    return value | {"quote": [quotation.place for quotation in quoting.read(value["quotes"])]}
