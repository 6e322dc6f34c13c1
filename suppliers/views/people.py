"""An organisation's people: who belongs to it, who is invited, and every change of that."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions as account_actions
from accounts.attempting import attempt, status_of
from accounts.queries import open_invitations
from accounts.signed_in import confirmed_again
from audit import clock
from audit.transitions import Refused
from suppliers import actions, queries, rules
from suppliers.actions.people import SUPPLIER
from suppliers.forms import InviteForm, RoleForm
from suppliers.models import Supplier, SupplierMember
from suppliers.views.lookup import actor, own_supplier
from suppliers.views.profile import managed_supplier


@login_required
@require_http_methods(["GET", "POST"])
@confirmed_again
def members(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who belongs to the organisation; inviting, for administrators."""
    if request.method == "GET":
        return _members_page(request, own_supplier(request, public_id), InviteForm())
    supplier = managed_supplier(request, public_id)
    form = InviteForm(request.POST)
    about: dict[str, Any] = {"purpose": SUPPLIER, "organisation": supplier, "actor": actor(request), "at": clock.now()}
    if not attempt(form, lambda: account_actions.invite(**about, **form.cleaned_data), field="email"):
        return _members_page(request, supplier, form)
    messages.success(request, f"The invitation to {form.cleaned_data['email']} is on its way.")
    return redirect("supplier_members", public_id)


@login_required
@require_http_methods(["GET", "POST"])
@confirmed_again
def member(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """One colleague: their role, handing over to them, removing them."""
    found = _member(request, public_id, pk)
    form = RoleForm(request.POST or None, initial={"role": found.role})
    about: dict[str, Any] = {"member": found, "actor": actor(request), "at": clock.now()}
    if not attempt(form, lambda: actions.change_role(**about, role=form.chosen()), field="role"):
        return _member_page(request, found, form)
    messages.success(request, f"{found.user}: {found.get_role_display().lower()}.")
    return redirect("supplier_members", public_id)


@login_required
@require_POST
@confirmed_again
def hand_over(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Make a colleague administrator in one's own place."""
    found = _member(request, public_id, pk)
    actions.hand_over(to=found, actor=actor(request), at=clock.now())
    messages.success(request, f"{found.user} is an administrator now, and you are a member.")
    return redirect("supplier_members", public_id)


@login_required
@require_POST
def remove(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """End a colleague's membership."""
    found = _member(request, public_id, pk)
    actions.remove_member(member=found, actor=actor(request), at=clock.now())
    messages.success(request, f"{found.user} no longer belongs to {found.supplier} and can read nothing of it.")
    return redirect("supplier_members", public_id)


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Leave the organisation; first what that means."""
    supplier = own_supplier(request, public_id)
    sentences: list[str] = []
    if request.method == "POST":
        try:
            actions.leave_supplier(supplier=supplier, actor=actor(request), at=clock.now())
        except Refused as refused:
            sentences = refused.sentences
        else:
            messages.success(request, f"You no longer belong to {supplier}.")
            return redirect("supplier_home")
    page = {"supplier": supplier, "sentences": sentences}
    return render(request, "suppliers/leave.html", page, status=409 if sentences else 200)


@login_required
@require_POST
@confirmed_again
def answer_joining(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Let somebody in who asked to join, or decline."""
    supplier = managed_supplier(request, public_id)
    asked = get_object_or_404(supplier.joinings.select_related("user"), pk=pk)
    accepts = request.POST.get("answer") == "accept"
    actions.answer_joining(asked=asked, accepts=accepts, actor=actor(request), at=clock.now())
    messages.success(request, f"{asked.user} {'is a member now' if accepts else 'was not let in'}, and is told.")
    return redirect("supplier_members", public_id)


def _member(request: HttpRequest, public_id: UUID, pk: int) -> SupplierMember:
    supplier = managed_supplier(request, public_id)
    return get_object_or_404(SupplierMember.objects.select_related("user", "supplier"), supplier=supplier, pk=pk)


def _members_page(request: HttpRequest, supplier: Supplier, form: InviteForm) -> HttpResponse:
    may_manage = rules.may_manage(request.user, supplier)
    page = {
        "supplier": supplier, "members": queries.members_of(supplier), "may_manage": may_manage,
        "form": form if may_manage else None,
        "joinings": queries.waiting_joinings(supplier) if may_manage else [],
        "invitations": open_invitations(supplier, SUPPLIER, clock.now()),
    }  # fmt: skip
    return render(request, "suppliers/members.html", page, status=status_of(form))


def _member_page(request: HttpRequest, found: SupplierMember, form: RoleForm) -> HttpResponse:
    page = {"supplier": found.supplier, "member": found, "form": form, "is_you": found.user_id == request.user.pk}
    return render(request, "suppliers/member.html", page, status=status_of(form))
