"""What an organisation declares, and who answers together with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.attempting import attempt, status_of
from audit import clock
from audit.transitions import NotPermitted
from suppliers import actions, queries, rules
from suppliers.actions.partnering import MOST_PARTNERS
from suppliers.actions.profile import ADMIN_ONLY
from suppliers.forms import DeclarationForm, PartnerForm
from suppliers.models import DeclarationKind, Submission, Supplier
from suppliers.states import closed_sentence
from suppliers.views.lookup import actor, own_submission, own_supplier, wanted_next


@login_required
@require_http_methods(["GET", "POST"])
def declarations(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was declared and until when it lasts; declaring, for administrators."""
    supplier = own_supplier(request, public_id)
    if request.method == "GET":
        return _declarations_page(request, supplier, DeclarationForm())
    if not rules.may_manage(request.user, supplier):
        raise NotPermitted(ADMIN_ONLY)
    form = DeclarationForm(request.POST)
    if not attempt(form, lambda: _declare(request, supplier, form), field="share_code"):
        return _declarations_page(request, supplier, form)
    messages.success(request, "Declared. Your answers use it from now on.")
    return redirect(wanted_next(request) or "supplier_declarations", *([] if wanted_next(request) else [public_id]))


@login_required
@require_http_methods(["GET", "POST"])
def partners(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Organisations that answer together with the supplier."""
    own = own_submission(request, public_id)
    form = PartnerForm(request.POST or None)
    about: dict[str, Any] = {"submission": own, "actor": actor(request), "at": clock.now()}
    if not attempt(form, lambda: actions.add_partner(**about, **form.cleaned_data)):
        return _partners_page(request, own, form)
    messages.success(request, "Named. The panel does not see it while it marks.")
    return redirect("submission_partners", public_id)


@login_required
@require_POST
def remove_partner(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an organisation off the answer."""
    own = own_submission(request, public_id)
    name = request.POST.get("name", "")
    actions.remove_partner(submission=own, name=name, actor=actor(request), at=clock.now())
    messages.success(request, "The organisation is no longer named.")
    return redirect("submission_partners", public_id)


def _declare(request: HttpRequest, supplier: Supplier, form: DeclarationForm) -> None:
    at, who = clock.now(), actor(request)
    if code := form.cleaned_data["share_code"]:
        actions.confirm_registration(supplier=supplier, share_code=code, actor=who, at=at)
    for kind, (applies, explanation) in form.declared().items():
        actions.declare(
            supplier=supplier, kind=DeclarationKind(kind), applies=applies, explanation=explanation, actor=who, at=at
        )


def _declarations_page(request: HttpRequest, supplier: Supplier, form: DeclarationForm) -> HttpResponse:
    may_manage = rules.may_manage(request.user, supplier)
    page = {
        "supplier": supplier, "standings": queries.standings(supplier, clock.now()), "may_manage": may_manage,
        "form": form if may_manage else None, "next": wanted_next(request),
    }  # fmt: skip
    return render(request, "suppliers/declarations.html", page, status=status_of(form))


def _partners_page(request: HttpRequest, own: Submission, form: PartnerForm) -> HttpResponse:
    page = {
        "submission": own, "challenge": own.challenge, "form": form, "most": MOST_PARTNERS,
        "partners": queries.read_draft(own, request.user).partners,
        "closed": closed_sentence(own.challenge, clock.now()),
    }  # fmt: skip
    return render(request, "suppliers/partners.html", page, status=status_of(form))
