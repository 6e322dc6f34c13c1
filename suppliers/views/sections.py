"""The sections of an answer: one page per criterion, per clause, and for the prices. All are saved in the same way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit import clock
from audit.transitions import Refused
from challenges.models import ClauseRequirement, Criterion, CriterionKind
from clauses.models import Due
from suppliers import actions, queries
from suppliers.actions import StaleDraft
from suppliers.completeness import VAT_TREATMENT, count_words
from suppliers.drafts import EMPTY_CLAUSE, PRICE, Draft, answer_section, clause_section
from suppliers.forms import NO, YES, AnswerForm, ClauseForm, PriceForm, SectionForm
from suppliers.models import Submission
from suppliers.prices import VAT, is_amount, with_vat
from suppliers.queries.reuse import has_texts, text_from
from suppliers.states import closed_sentence
from suppliers.views.lookup import actor, own_submission, section_url
from suppliers.views.saving import not_saved, saved_by_itself
from suppliers.views.task_list import above_the_money
from suppliers.views.typed import keeps_what_is_typed, take

PAID = {"pilot": "The pilot, as it is paid", "contract": "The full contract, as it is paid"}
SAVED = "Saved. Only your organisation can read it."


@dataclass(frozen=True)
class Section:
    """A section as its page writes it: where it stands, its form, and how a saved value looks in that form, or in words
    (the template `said`)."""

    name: str
    template: str
    said: str
    form: Callable[..., SectionForm]
    initial: Callable[[Any], dict[str, Any]]
    about: dict[str, Any] = field(default_factory=dict)


@keeps_what_is_typed
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """The answer to one criterion; a text over its limit is shown as too long, and kept."""
    own = own_submission(request, public_id)
    criterion = get_object_or_404(Criterion, challenge=own.challenge, code=code, kind=CriterionKind.QUALITY)

    def form(*args: Any, **kwargs: Any) -> AnswerForm:
        return AnswerForm(*args, criterion=criterion, **kwargs)

    section = Section(answer_section(code), "answer", "said_text", form, _answer_initial, {"criterion": criterion})
    return _section_page(request, own, section)


@keeps_what_is_typed
@require_http_methods(["GET", "POST"])
def clause(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """The response to one clause; a clause that is due only later can be read here, and is not answered yet."""
    own = own_submission(request, public_id)
    requirement = get_object_or_404(
        ClauseRequirement.objects.select_related("clause"), challenge=own.challenge, code=code
    )
    about = {"requirement": requirement, "sources": requirement.clause.sources}
    if requirement.due != Due.BID:
        page = {"submission": own, "challenge": own.challenge, **about}
        return render(request, "suppliers/clause_later.html", page, status=405 if request.method == "POST" else 200)
    attached = queries.read_draft(own, request.user).files

    def form(*args: Any, **kwargs: Any) -> ClauseForm:
        return ClauseForm(*args, requirement=requirement, attached=attached, **kwargs)

    about["attached"] = attached
    section = Section(clause_section(code), "clause", "said_clause", form, _clause_initial, about)
    return _section_page(request, own, section)


@keeps_what_is_typed
@require_http_methods(["GET", "POST"])
def price(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The two prices, sealed apart from everything else."""
    own = own_submission(request, public_id)
    draft = queries.read_draft(own, request.user)
    about = {"totals": _totals(draft.price), "too_high": above_the_money(own, draft)}
    return _section_page(request, own, Section(PRICE, "price", "said_price", PriceForm, _price_initial, about))


def _totals(saved: dict[str, str]) -> list[dict[str, Any]]:
    """Both prices as they are paid, with VAT on top; nothing while one of the three is missing."""
    treatment = saved.get(VAT_TREATMENT, "")
    amounts = {words: saved.get(name, "") for name, words in PAID.items()}
    if treatment not in VAT or not all(map(is_amount, amounts.values())):
        return []
    return [{"words": words, "amount": with_vat(Decimal(amount), treatment)} for words, amount in amounts.items()]


def _answer_initial(value: Any) -> dict[str, Any]:
    return {"text": value or ""}


def _clause_initial(value: Any) -> dict[str, Any]:
    given = {**EMPTY_CLAUSE, **(value or {})}
    return given | {"accepted": {True: YES, False: NO}.get(given["accepted"], ""), "attached": given["files"]}


def _price_initial(value: Any) -> dict[str, Any]:
    return dict(value or {})


def _section_page(request: HttpRequest, own: Submission, section: Section) -> HttpResponse:
    draft = queries.read_draft(own, request.user)
    if request.method == "GET":
        return _shown(request, own, draft, section)
    if key := request.POST.get("drop"):
        actions.drop_aside(submission=own, section=section.name, key=key, actor=actor(request), at=clock.now())
        messages.success(request, "Your other text is left out. What is saved stays as it is.")
        return redirect(request.path)
    form = section.form(request.POST)
    form.is_valid()
    saved = _save(request, own, section.name, form, form.value(draft.sections.get(section.name)))
    if "autosave" in request.POST:
        return _autosaved(own, section.name, form, saved)
    if isinstance(saved, Draft) and form.is_valid():
        messages.success(request, SAVED)
        back = reverse("submission", args=[own.public_id])
        return redirect(_onwards(own, saved) if "onwards" in request.POST else back)
    return _again(request, own, section, form, saved)


def _onwards(own: Submission, draft: Draft) -> str:
    """The page of what is missing next; of the check, once nothing is."""
    gaps = queries.missing(own, draft, clock.now())
    return section_url(own, gaps[0].section) if gaps else reverse("submission_check", args=[own.public_id])


def _shown(request: HttpRequest, own: Submission, draft: Draft, section: Section) -> HttpResponse:
    """The section to be written: as it is saved; or as somebody typed it who was signed out, or who came too late."""
    version = draft.section_version(section.name)
    first = section.initial(draft.sections.get(section.name)) | {"version": version}
    page: dict[str, Any] = {}
    closed = closed_sentence(own.challenge, clock.now())
    if typed := take(request):
        first |= {name: values if name == "attached" else values[-1] for name, values in typed.items() if values}
        page["was_signed_out"] = True
    elif closed:
        page |= {"reads_only": True, "saved": draft.sections.get(section.name)}
    elif mine := draft.aside_of(section.name, actor(request).actor_key):
        first |= section.initial(mine[1]["value"]) | {"merges": mine[0]}
        page |= _conflict(draft, section.name, mine[0])
    elif chosen := request.GET.get("reuse"):
        value = text_from(own, section.name, (chosen, request.GET.get("of", "")), request.user)
        first |= section.initial(value) if value is not None else {}
        page["is_reused"] = value is not None
    return _page(request, own, draft, section, page | {"form": section.form(initial=first)})


def _save(request: HttpRequest, own: Submission, name: str, form: SectionForm, value: Any) -> Draft | Refused:
    """Save a section; a refusal is returned, so that the page can keep what was typed."""
    try:
        return actions.save_draft(
            submission=own, section=name, value=value, version=form.seen_version(), merges=form.merged(),
            actor=actor(request), at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return refused


def _again(
    request: HttpRequest, own: Submission, section: Section, form: SectionForm, saved: Draft | Refused
) -> HttpResponse:
    """Back to the same page with the reason, and with what was typed."""
    draft = queries.read_draft(own, request.user)
    page: dict[str, Any] = {"form": form, "code": 409 if isinstance(saved, Refused) else 422}
    data = request.POST.copy()
    if isinstance(saved, StaleDraft):
        mine = draft.aside_of(section.name, actor(request).actor_key)
        page |= _conflict(draft, section.name, mine[0] if mine else "")
        data["merges"] = page["aside_key"]
    if isinstance(saved, StaleDraft | Draft):
        data["version"] = str(draft.section_version(section.name))
    form.data = data
    return _page(request, own, draft, section, page | {"refusal": saved if isinstance(saved, Refused) else None})


def _conflict(draft: Draft, name: str, key: str) -> dict[str, Any]:
    return {"is_conflict": True, "theirs": draft.sections.get(name), "saver": draft.saver(name), "aside_key": key}


def _autosaved(own: Submission, name: str, form: SectionForm, saved: Draft | Refused) -> JsonResponse:
    if isinstance(saved, Refused):
        return not_saved(saved, is_kept=isinstance(saved, StaleDraft))
    return saved_by_itself(own.draft_saved_at, saved.section_version(name), form)


def _page(request: HttpRequest, own: Submission, draft: Draft, section: Section, page: dict[str, Any]) -> HttpResponse:
    saver = draft.saver(section.name)
    shared = {
        "submission": own, "challenge": own.challenge, "draft": draft, "section": section.name, "now": clock.now(),
        "saves_itself": "now" if page.get("was_signed_out") else "yes",
        "saved_at": datetime.fromisoformat(saver.at) if saver else None,
        "home": reverse("submission", args=[own.public_id]), "also": "Save and go on to what is missing",
        "has_texts": "text" in page["form"].fields and not page.get("reads_only") and has_texts(own),
        "said": f"suppliers/{section.said}.html",
        "words": count_words(str(page["form"]["text"].value() or "")) if "text" in page["form"].fields else 0,
    }  # fmt: skip
    code = page.get("code", 200)
    return render(request, f"suppliers/{section.template}.html", shared | section.about | page, status=code)
