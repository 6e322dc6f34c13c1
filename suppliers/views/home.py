"""The supplier's home, registering an organisation, and beginning an answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import clock
from audit.transitions import Refused
from challenges.models import Challenge
from challenges.rules import is_open
from challenges.timetable import day_of
from suppliers import actions, queries
from suppliers.forms import RegisterForm, SupplierChoiceForm
from suppliers.models import Submission
from suppliers.states import closed_sentence
from suppliers.status import status
from suppliers.views.lookup import actor, public_challenge, wanted_next


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Own organisations, and what became of own submissions."""
    at = clock.now()
    mine = queries.home_list(request.user)
    waiting = queries.all_to_confirm(mine)
    rows = [
        (each, status(each, each.challenge, at), each.pk in waiting and is_open(each.challenge, at)) for each in mine
    ]
    suppliers = list(queries.own_suppliers(request.user))
    page = {
        "suppliers": suppliers, "rows": rows, "now": at, "expiring": queries.expiring(suppliers, day_of(at)),
    }  # fmt: skip
    return render(request, "suppliers/home.html", page)


@login_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register an organisation."""
    form = RegisterForm(request.POST or None)
    if not form.is_valid():
        return _register_page(request, form)
    try:
        supplier = actions.register_supplier(values=form.cleaned_data, actor=actor(request), at=clock.now())
    except Refused as refused:
        taken = form.cleaned_data["company_number"] if isinstance(refused, actions.NumberTaken) else ""
        form.add_error("company_number", refused.sentences[0])
        return _register_page(request, form, taken)
    messages.success(request, f"{supplier.name} is registered, and you are its administrator.")
    return redirect(wanted_next(request) or "supplier_home")


@login_required
@require_POST
def ask_to_join(request: HttpRequest) -> HttpResponse:
    """Ask the administrators of an organisation that is registered already."""
    actions.ask_to_join(company_number=request.POST.get("company_number", ""), actor=actor(request), at=clock.now())
    messages.success(
        request, "Asked. Its administrators read your name and address; you get a letter when they answer."
    )
    return redirect("supplier_home")


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an answer to a challenge, or go on with the one begun."""
    challenge = public_challenge(slug)
    suppliers = list(queries.own_suppliers(request.user))
    if not suppliers:
        return redirect(f"{reverse('supplier_register')}?next={request.path}")
    begun = Submission.objects.visible_to(request.user).filter(challenge=challenge).first()
    if begun is not None and len(suppliers) == 1:
        return redirect("submission", begun.public_id)
    at = clock.now()
    form = SupplierChoiceForm(request.POST or None, suppliers=suppliers)
    if not form.is_valid():
        return _start_page(request, challenge, form, closed_sentence(challenge, at))
    submission = actions.start_submission(challenge=challenge, supplier=form.chosen(), actor=actor(request), at=at)
    return redirect("submission", submission.public_id)


def _start_page(
    request: HttpRequest, challenge: Challenge, form: SupplierChoiceForm, closed: str | None
) -> HttpResponse:
    now_due, later = queries.clauses_asked(challenge)
    page = {
        "challenge": challenge, "form": form, "closed": closed, "criteria": queries.criteria_asked(challenge),
        "clauses": now_due, "later": later, "now": clock.now(),
    }  # fmt: skip
    return render(request, "suppliers/start.html", page, status=422 if form.is_bound else 200)


def _register_page(request: HttpRequest, form: RegisterForm, taken: str = "") -> HttpResponse:
    page = {"form": form, "taken": taken}
    return render(request, "suppliers/register.html", page, status=422 if form.is_bound else 200)
