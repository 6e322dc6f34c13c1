"""A challenge's awards, and one award with the steps that lead to its contract."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.attempting import attempt, status_of
from accounts.models import User
from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted, Refused, objections
from awards import actions, queries, rules, standstill, states
from awards.forms import ApproveForm, ContractForm, IndicatorsFormSet, ProposeForm, TextForm
from awards.models import Award, AwardKind, AwardState
from challenges.models import Challenge
from challenges.timetable import TimetableError, day_of
from pilots.gates import Gate, fit_to_run
from pilots.models import Pilot, PilotState
from suppliers.models import Submission
from suppliers.queries import partners_of, said_standing

CONFLICT, UNPROCESSABLE = 409, 422
AFTER_THE_GATE = (PilotState.DECIDED, PilotState.CLOSED)


@dataclass(frozen=True)
class Place:
    """One award that a pilot may lead to: where it stands, or what stands in its way."""

    pilot: Pilot
    kind: str
    title: str
    award: Award | None
    next_step: str
    obstacles: list[str]


@dataclass(frozen=True)
class TextStep:
    """A step that takes one text."""

    step: str
    title: str
    label: str
    hint: str
    submit: str
    said: str
    take: Callable[..., None]
    tone: str = ""


TEXT_STEPS = {
    "claim": TextStep(
        "record_claim", "Record a claim", "The claim",
        "Which court, which number, and when you were notified. It stays with the council.", "Suspend the award",
        "The claim is recorded and the award is suspended.", actions.record_claim, tone="warning",
    ),
    "lift": TextStep(
        "lift_suspension", "End the suspension", "How it ended",
        "The court's order, or how the claim was settled.", "End the suspension",
        "The suspension has ended.", actions.lift_suspension,
    ),
    "withdraw": TextStep(
        "withdraw", "Withdraw the award", "Reason",
        "Once the notice is out, the reason is published with the withdrawal.", "Withdraw the award",
        "The award is withdrawn.", actions.withdraw_award, tone="warning",
    ),
}  # fmt: skip


@require_safe
@login_required
def challenge_awards(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be awarded from this challenge, where each award stands, and what comes next."""
    challenge, at = _challenge(request, slug), clock.now()
    context = {
        "challenge": challenge, "at": at, "places": _places(challenge, at),
        "may_propose": rules.may_propose(request.user, challenge),
    }  # fmt: skip
    return render(request, "awards/challenge.html", context)


@login_required
def propose(request: HttpRequest, slug: str, pilot_slug: str, kind: str) -> HttpResponse:
    """Propose an award for one pilot."""
    challenge, at = _challenge(request, slug), clock.now()
    if not rules.may_propose(request.user, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can propose an award.")
    pilot = get_object_or_404(challenge.pilots.select_related("supplier", "submission"), slug=pilot_slug)
    pilot.challenge = challenge
    offer = queries.offered(pilot, kind)
    form = ProposeForm(request.POST or None, initial={"value": offer})
    context = {
        "challenge": challenge, "pilot": pilot, "without_vat": _without_vat(pilot), "kind": AwardKind(kind),
        "offer": offer, "form": form,
        "declared": said_standing(pilot.submission), "partners": partners_of(pilot.submission),
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        return render(request, "awards/propose.html", context, status=_status(request))
    try:
        award = actions.propose_award(
            pilot=pilot, kind=kind, value=form.cleaned_data["value"], actor=person(request), at=at
        )
    except NotPermitted:
        raise
    except Refused as refused:
        context["sentences"] = refused.sentences
        return render(request, "awards/propose.html", context, status=CONFLICT)
    messages.success(request, "The award is proposed. A procurement lead who did not assess can approve it now.")
    return redirect("award", public_id=award.public_id)


def _fit(award: Award, at: datetime) -> Gate | None:
    """What gate 4 asks of the pilot, while a full contract is decided on."""
    is_ahead = award.kind == AwardKind.CONTRACT and award.state in (AwardState.PROPOSED, AwardState.APPROVED)
    return fit_to_run(award.pilot, at) if is_ahead else None


@require_safe
@login_required
def award_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One award: its facts, its standstill day by day, and the next step."""
    award, at = _award(request, public_id), clock.now()
    context = {
        "without_vat": _without_vat(award.pilot),
        "award": award, "at": at, "challenge": award.challenge, "timeline": _timeline(award, at),
        "next_step": next_step(award, at), "may_approve": rules.may_approve(request.user, award),
        "may_manage": rules.may_manage(request.user, award), "is_over": rules.standstill_has_passed(award, at),
        "obstacles": _obstacles_ahead(award, at), "claims": award.state == AwardState.STANDSTILL,
        "declared": said_standing(award.pilot.submission), "partners": partners_of(award.pilot.submission),
        "above": rules.above_limit(award), "ranked": _ranked(request, award),
        "fit": _fit(award, at), **_standstill(award, at),
    }  # fmt: skip
    return render(request, "awards/award.html", context)


@login_required
@require_POST
def notify(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish the award notice: the standstill begins."""
    award = _award(request, public_id)
    actions.notify_award(award=award, actor=person(request), at=clock.now())
    day = states.written(award.standstill_ends_on) if award.standstill_ends_on else ""
    messages.success(request, f"The notice is published. The standstill runs to the end of {day}.")
    return redirect("award", public_id=public_id)


@login_required
def approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve, with reasons; above the council's delegated limit with who decided (D7)."""
    award, at = _award(request, public_id), clock.now()
    _refuse_unless_possible(request, award, "approve", at)
    above = rules.above_limit(award)
    form = ApproveForm(
        request.POST if request.method == "POST" else None, above=above, label="Reasons for the award",
        hint="Why this supplier, for this money. They stay with the award for good.",
    )  # fmt: skip
    if attempt(form, lambda: _approve(form, award, person(request), at)):
        messages.success(request, "Approved. The award notice can be published now.")
        return redirect("award", public_id=public_id)
    context = {
        "award": award, "challenge": award.challenge, "form": form, "above": above,
        "page": {"title": "Approve the award", "submit": "Approve"},
        "without_vat": _without_vat(award.pilot),
    }  # fmt: skip
    return render(request, "awards/approve.html", context, status=status_of(form))


def _approve(form: ApproveForm, award: Award, actor: User, at: datetime) -> None:
    named = form.named()
    authority = rules.Authority(**named) if named else None
    actions.approve_award(award=award, reasons=form.cleaned_data["text"], authority=authority, actor=actor, at=at)


@login_required
def text_step(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """Record a claim, end a suspension or withdraw: each takes one text."""
    award, page, at = _award(request, public_id), TEXT_STEPS[name], clock.now()
    _refuse_unless_possible(request, award, _stored_step(award, page), at)
    form = TextForm(request.POST or None, label=page.label, hint=page.hint)
    context = {
        "award": award, "challenge": award.challenge, "page": page, "form": form,
        "without_vat": _without_vat(award.pilot),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        page.take(award=award, actor=person(request), at=at, reason=form.cleaned_data["text"])
        messages.success(request, page.said)
        return redirect("award", public_id=public_id)
    return render(request, "awards/step.html", context, status=_status(request))


@login_required
def contract(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record the signed contract."""
    award, at = _award(request, public_id), clock.now()
    _refuse_unless_possible(request, award, "sign", at)
    form = ContractForm(request.POST or None, initial=_first_dates(award))
    indicators: Any = IndicatorsFormSet(request.POST or None, initial=_first_indicators(award))
    context = {"award": award, "challenge": award.challenge, "form": form, "indicators": indicators}
    if request.method != "POST" or not (form.is_valid() & indicators.is_valid()):
        return render(request, "awards/contract.html", context, status=_status(request))
    terms = actions.Terms(**form.cleaned_data, indicators=tuple(indicators.rows()))
    if sentences := actions.terms_problems(award, terms, at):
        return render(request, "awards/contract.html", context | {"sentences": sentences}, status=UNPROCESSABLE)
    actions.sign_contract(award=award, terms=terms, actor=person(request), at=at)
    messages.success(request, "The contract is recorded. Its notice is published within minutes.")
    return redirect("award", public_id=public_id)


def next_step(award: Award, at: datetime) -> str:
    """What comes next, in one sentence."""
    if award.state == AwardState.STANDSTILL:
        day = states.written(award.standstill_ends_on) if award.standstill_ends_on else ""
        over = rules.standstill_has_passed(award, at)
        return "Record the signed contract." if over else f"Wait: the standstill runs to the end of {day}."
    return {
        AwardState.PROPOSED: "A procurement lead who neither assessed nor proposed it approves it, with reasons.",
        AwardState.APPROVED: "Publish the award notice: the standstill counts from that day.",
        AwardState.CHALLENGED: "Wait for the court: nothing can be signed while the claim is open.",
        AwardState.CONTRACTED: "Nothing more: the contract is signed.",
        AwardState.WITHDRAWN: "Nothing more: this award was withdrawn.",
    }[AwardState(award.state)]


def _challenge(request: HttpRequest, slug: str) -> Challenge:
    challenge = get_object_or_404(Challenge.objects.select_related("council"), slug=slug)
    if not rules.may_read(request.user, challenge):
        raise NotPermitted("Only people of this council can open its awards.")
    return challenge


def _award(request: HttpRequest, public_id: UUID) -> Award:
    award = get_object_or_404(queries.for_page(Award.objects.all()), public_id=public_id)
    if not rules.may_read(request.user, award.challenge):
        raise NotPermitted("Only people of this council can open its awards.")
    return award


def _refuse_unless_possible(request: HttpRequest, award: Award, step: str, at: datetime) -> None:
    row = states.TABLE.step(step)
    if not row.who(request.user, award):
        raise NotPermitted(f"Only {row.who_words} can do this.")
    if sentences := objections(award, step, at=at):
        raise Refused(*sentences)


def _stored_step(award: Award, page: TextStep) -> str:
    published = award.notified_at is not None
    return "withdraw_in_public" if page.step == "withdraw" and published else page.step


def _places(challenge: Challenge, at: datetime) -> list[Place]:
    stored = queries.for_page(Award.objects.filter(challenge=challenge).exclude(state=AwardState.WITHDRAWN))
    found = {(award.pilot_id, award.kind): award for award in stored}
    return [
        _place(challenge, pilot, kind, found.get((pilot.pk, kind)), at)
        for pilot in queries.pilots_of(challenge)
        for kind in (AwardKind.PILOT, AwardKind.CONTRACT)
        if kind == AwardKind.PILOT or pilot.state in AFTER_THE_GATE
    ]


def _place(challenge: Challenge, pilot: Pilot, kind: AwardKind, award: Award | None, at: datetime) -> Place:
    title = f"{kind.label}: {pilot.supplier}"
    if award is not None:
        return Place(pilot, kind, title, award, next_step(award, at), [])
    value = queries.offered(pilot, kind) or 0
    imagined = Award(challenge=challenge, pilot=pilot, supplier=pilot.supplier, kind=kind, value=value)
    return Place(pilot, kind, title, None, "Propose the award.", states.obstacles(imagined, at))


def _ranked(request: HttpRequest, award: Award) -> list[tuple[Submission, dict[str, Any]]]:
    """The panel's ranking of the finished pilots, for whoever may approve the contract and for nobody else (A16)."""
    if award.kind != AwardKind.CONTRACT or not rules.may_approve(request.user, award):
        return []
    return queries.order_of_finished(award.challenge)


def _without_vat(pilot: Pilot) -> str:
    """What stands below a price: it is net, and what its supplier said comes on top."""
    return ", ".join(part for part in ("Without VAT", queries.vat_of(pilot)) if part)


def _obstacles_ahead(award: Award, at: datetime) -> list[str]:
    ahead = award.state in (AwardState.PROPOSED, AwardState.APPROVED, AwardState.STANDSTILL)
    return states.obstacles(award, at) if ahead else []


def _standstill(award: Award, at: datetime) -> dict[str, Any]:
    """The standstill of a notified award, or the one that would begin with a notice today."""
    if award.state not in (AwardState.APPROVED, AwardState.STANDSTILL, AwardState.CHALLENGED, AwardState.CONTRACTED):
        return {}
    published_on = day_of(award.notified_at or at)
    try:
        days, sentence = standstill.days_of(published_on), standstill.explanation(published_on)
    except TimetableError as error:
        return {"standstill_error": str(error)}
    return {"standstill_days": days, "standstill_sentence": sentence, "today": day_of(at)}


def _timeline(award: Award, at: datetime) -> list[dict[str, Any]]:
    signed = award.contract.signed_on if award.state == AwardState.CONTRACTED else None
    steps = [
        ("Proposed", award.proposed_at), ("Approved", award.approved_at), ("Notice published", award.notified_at),
        ("Standstill", award.standstill_ends_on if rules.standstill_has_passed(award, at) else None),
        ("Contract signed", signed),
    ]  # fmt: skip
    undone = [number for number, (_, when) in enumerate(steps) if when is None]
    now = undone[0] if undone and award.state != AwardState.WITHDRAWN else len(steps)
    return [
        {"title": title, "moment": when, "state": "done" if when else "now" if number == now else "later"}
        for number, (title, when) in enumerate(steps)
    ]


def _first_dates(award: Award) -> dict[str, Any]:
    if award.kind == AwardKind.PILOT:
        return {"starts_on": award.pilot.starts_on, "ends_on": award.pilot.ends_on}
    return {}


def _first_indicators(award: Award) -> list[dict[str, Any]]:
    outcomes = award.challenge.outcomes.all()
    return [{"name": each.name, "unit": each.unit, "target": each.target_value.normalize()} for each in outcomes]


def _status(request: HttpRequest) -> int:
    return UNPROCESSABLE if request.method == "POST" else 200
