"""An organisation's profile: read by its people, changed by its administrators."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempting import attempt, status_of
from audit import clock
from audit.transitions import NotPermitted
from challenges.timetable import day_of
from suppliers import actions, queries, rules
from suppliers.actions.profile import ADMIN_ONLY, EDITABLE
from suppliers.forms import CertificateForm, ProfileForm, PublicPageForm
from suppliers.models import Certificate, Supplier
from suppliers.views.lookup import actor, own_supplier


@login_required
@require_safe
def profile(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything that is asked once, and what expires soon."""
    supplier = own_supplier(request, public_id)
    page = {
        "supplier": supplier, "held": queries.certificates_of(supplier, day_of(clock.now())),
        "may_manage": rules.may_manage(request.user, supplier),
    }  # fmt: skip
    return render(request, "suppliers/profile.html", page)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change the profile."""
    supplier = managed_supplier(request, public_id)
    first = {name: getattr(supplier, name) for name in EDITABLE}
    form = ProfileForm(request.POST or None, initial=first)
    about: dict[str, Any] = {"supplier": supplier, "actor": actor(request), "at": clock.now()}
    if attempt(form, lambda: actions.edit_profile(**about, values=form.cleaned_data), field="company_number"):
        messages.success(request, "Saved. Your answers use it from now on.")
        return redirect("supplier_profile", public_id)
    page = {"supplier": supplier, "form": form}
    return render(request, "suppliers/profile_edit.html", page, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def public_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whether there is a public page, and what it shows."""
    supplier = managed_supplier(request, public_id)
    given = request.POST if request.method == "POST" else None
    form = PublicPageForm(given, initial={"has_page": supplier.has_page, "shows": supplier.page_shows})
    about: dict[str, Any] = {"supplier": supplier, "actor": actor(request), "at": clock.now()}
    if attempt(form, lambda: actions.set_public_page(**about, **form.cleaned_data)):
        messages.success(request, "Saved. This is what everybody sees from now on.")
        return redirect("supplier_public_page", public_id)
    page = {"supplier": supplier, "form": form}
    return render(request, "suppliers/public_page.html", page, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def add_certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a certificate."""
    return _certificate_page(request, managed_supplier(request, public_id), None)


@login_required
@require_http_methods(["GET", "POST"])
def certificate(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Change a certificate: a new number and date, once it is renewed."""
    supplier = managed_supplier(request, public_id)
    return _certificate_page(request, supplier, get_object_or_404(Certificate, supplier=supplier, pk=pk))


@login_required
@require_POST
def remove_certificate(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Take a certificate off the profile."""
    supplier = managed_supplier(request, public_id)
    row = get_object_or_404(Certificate, supplier=supplier, pk=pk)
    actions.remove_certificate(certificate=row, actor=actor(request), at=clock.now())
    messages.success(request, "The certificate is removed from your profile.")
    return redirect("supplier_profile", public_id)


def managed_supplier(request: HttpRequest, public_id: UUID) -> Supplier:
    """An own organisation that the person administers; 404 for others' organisations, a refusal for plain members."""
    supplier = own_supplier(request, public_id)
    if not rules.may_manage(request.user, supplier):
        raise NotPermitted(ADMIN_ONLY)
    return supplier


def _certificate_page(request: HttpRequest, supplier: Supplier, row: Certificate | None) -> HttpResponse:
    first = {name: getattr(row, name) for name in ("scheme", "name", "number", "expires_on")} if row else None
    form = CertificateForm(request.POST or None, initial=first)
    about: dict[str, Any] = {"supplier": supplier, "actor": actor(request), "at": clock.now(), "certificate": row}
    if attempt(form, lambda: actions.keep_certificate(**about, values=form.cleaned_data), field="number"):
        messages.success(request, "The certificate is on your profile.")
        return redirect("supplier_profile", supplier.public_id)
    page = {"supplier": supplier, "form": form, "certificate": row}
    return render(request, "suppliers/certificate.html", page, status=status_of(form))
