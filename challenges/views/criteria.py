"""What answers are judged on, and what finished pilots are judged on: two short forms of a draft."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from accounts.signed_in import person
from challenges import actions, scales, templates
from challenges.forms import (
    ContractPriceRuleForm,
    CriteriaFormSet,
    CriterionForm,
    GroupsForm,
    PilotCriteriaFormSet,
    PriceRuleForm,
    criterion_initial,
    group_code,
)
from challenges.models import Challenge, Criterion, CriterionKind
from challenges.views.calls import draft_view, saved

SOCIAL_VALUE = "social-value"
READY = "template"


@draft_view
def criteria(request: HttpRequest, challenge: Challenge, at: datetime) -> HttpResponse:
    """Criteria and their weights, which total exactly 100, and how a price counts."""
    stored = list(challenge.criteria.all())
    named = {group["code"]: group["name"] for group in challenge.criteria_groups}
    initial = [criterion_initial(criterion, named) for criterion in stored]
    if request.GET.get("with") == SOCIAL_VALUE:
        initial = [*initial, templates.social_value()]
    formset: Any = CriteriaFormSet(request.POST or None, initial=initial)
    is_sound = request.method == "POST" and formset.is_valid()
    has_price = request.method == "POST" and formset.has_price()
    price = PriceRuleForm(
        request.POST if has_price else None,
        initial=_price_to_begin_with(stored, challenge.pilot_budget, challenge.contract_ceiling),
        prefix="price",
    )
    groups = GroupsForm(
        request.POST or None, names=[form["group"].value() or "" for form in formset.forms], prefix="groups",
        initial={"thresholds": _thresholds(challenge)},
    )  # fmt: skip
    if is_sound and (not has_price or price.is_valid()) and groups.is_valid():
        rows = _criteria(formset.rows(), price.cleaned_data if has_price else {})
        actions.set_criteria(
            challenge=challenge, criteria=rows, groups=groups.groups(), actor=person(request), at=at
        )  # fmt: skip
        return saved(request, challenge, "The criteria are saved.")
    lead = "What answers are judged on. Weights total exactly 100. Leave a row empty to leave it out."
    context: dict[str, Any] = {
        "challenge": challenge, "form": formset, "more": price, "beside": groups, "title": "Criteria and weights",
        "lead": lead,
    }  # fmt: skip
    if not any(criterion.name == templates.SOCIAL_VALUE_NAME for criterion in stored):
        context["starting_point"] = f"?with={SOCIAL_VALUE}"
    return render(request, "challenges/form.html", context, status=422 if request.method == "POST" else 200)


@draft_view
def pilot_criteria(request: HttpRequest, challenge: Challenge, at: datetime) -> HttpResponse:
    """What finished pilots are marked on where several earn the contract; none is needed where one is expected."""
    stored = list(Criterion.of_pilots.filter(challenge=challenge))
    initial = [criterion_initial(criterion) for criterion in stored]
    if not stored and request.GET.get("with") == READY:
        initial = templates.finished_pilots()
    formset: Any = PilotCriteriaFormSet(request.POST or None, initial=initial)
    is_sound = request.method == "POST" and formset.is_valid()
    has_price = request.method == "POST" and formset.has_price()
    first = _price_to_begin_with(stored, challenge.contract_ceiling)
    price = ContractPriceRuleForm(request.POST if has_price else None, initial=first, prefix="price")
    if is_sound and (not has_price or price.is_valid()):
        rows = _criteria(formset.rows(), price.cleaned_data if has_price else {})
        actions.set_pilot_criteria(challenge=challenge, criteria=rows, actor=person(request), at=at)
        said = "The criteria for finished pilots are saved." if rows else "No criteria for finished pilots are set."
        return saved(request, challenge, said)
    context = {"challenge": challenge, "form": formset, "more": price, "has_some": bool(initial), "ready": READY}
    status = 422 if request.method == "POST" else 200
    return render(request, "challenges/pilot_criteria.html", context, status=status)


def _thresholds(challenge: Challenge) -> str:
    """The stored thresholds as they are typed."""
    rows = [group for group in challenge.criteria_groups if group["threshold"] is not None]
    return "\n".join(f"{group['name']}: {group['threshold']}" for group in rows)


def _price_to_begin_with(stored: list[Criterion], *most: Decimal | None) -> dict[str, Any]:
    """The stored rule; before there is one, the money of the challenge as the price that gets no points."""
    names = ("formula", "optimal_price", "maximum_price")
    for criterion in stored:
        if criterion.kind == CriterionKind.PRICE:
            return {name: getattr(criterion, name) for name in names}
    known = [amount for amount in most if amount is not None]
    return {"maximum_price": sum(known, Decimal(0))} if len(known) == len(most) else {}


def _criteria(rows: list[dict[str, Any]], rule: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of the form as criteria: each gets its code, quality its scale, price its rule."""
    made: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        kind = row["kind"]
        code = kind if kind != CriterionKind.QUALITY else f"{slugify(row['name'])[:30] or 'criterion'}"
        taken = {other["code"] for other in made}
        scale = scales.SCALES[row["scale"]][1]
        rest: dict[str, Any] = {"maximum": CriterionForm.highest(row["scale"]), "scale": scale}
        if kind != CriterionKind.QUALITY:
            rest = {"maximum": Decimal(100), "scale": [], "threshold": None}
        if kind == CriterionKind.PRICE:
            rest |= rule
        made.append(
            row
            | rest
            | {"group": group_code(row.get("group", "")), "code": f"{code}-{number}" if code in taken else code}
        )
    return made
