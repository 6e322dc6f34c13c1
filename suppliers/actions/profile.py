"""What an organisation says about itself: written once, used in every answer."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock
from suppliers import queries, rules
from suppliers.actions.members import PROFILE, checked_number, save_numbered
from suppliers.models import Certificate, Scheme, Shown, Supplier

EDITABLE = PROFILE | {"website", "insurance_promised", "insurance_held", "accessibility_needs"}
CERTIFICATE = ("scheme", "name", "number", "expires_on")
MOST_CERTIFICATES = 30
ADMIN_ONLY = "Only an administrator of the organisation can change this."


@transaction.atomic
def edit_profile(*, supplier: Supplier, values: Mapping[str, Any], actor: User, at: datetime) -> None:
    """Change the profile (fields of EDITABLE). The record keeps which fields changed, never what they say."""
    if unknown := set(values) - EDITABLE:
        raise ValueError(f"not fields of a profile: {sorted(unknown)}")
    lock_for_managing(supplier, actor)
    changed = sorted(name for name, value in _normal(values).items() if getattr(supplier, name) != value)
    for name in changed:
        setattr(supplier, name, _normal(values)[name])
    if "company_number" in changed:
        _refuse_new_number(supplier)
    supplier.profile_saved_at = at
    save_numbered(supplier)
    if changed:
        _note("supplier.profile_changed", supplier, actor, at, {"fields": changed})


@transaction.atomic
def set_public_page(*, supplier: Supplier, has_page: bool, shows: Iterable[str], actor: User, at: datetime) -> None:
    """Say whether there is a public page, and what it shows (values of Shown) beside what is public anyway."""
    lock_for_managing(supplier, actor)
    supplier.has_page, supplier.page_shows = has_page, sorted(Shown(each) for each in shows)
    supplier.save(update_fields=["has_page", "page_shows"])
    _note("supplier.page_set", supplier, actor, at, {"has_page": has_page, "shows": supplier.page_shows})


@transaction.atomic
def keep_certificate(
    *, supplier: Supplier, values: Mapping[str, Any], actor: User, at: datetime, certificate: Certificate | None = None
) -> Certificate:
    """Add a certificate, or change one (fields of CERTIFICATE); the same number of a scheme stands once."""
    lock_for_managing(supplier, actor)
    row = certificate or Certificate(supplier=supplier)
    for name in CERTIFICATE:
        setattr(row, name, values[name])
    row.saved_at = at
    _refuse_certificate(row)
    row.save()
    _note("supplier.certificate_kept", supplier, actor, at, {"scheme": row.scheme})
    return row


@transaction.atomic
def remove_certificate(*, certificate: Certificate, actor: User, at: datetime) -> None:
    """Take a certificate off the profile; what was submitted with it before stays as it was."""
    lock_for_managing(certificate.supplier, actor)
    _note("supplier.certificate_removed", certificate.supplier, actor, at, {"scheme": certificate.scheme})
    certificate.delete()


def lock_for_managing(supplier: Supplier, actor: User) -> None:
    """Lock the organisation's row for one of its administrators; raises NotPermitted for anybody else."""
    lock(supplier)
    if not rules.may_manage(actor, supplier):
        raise NotPermitted(ADMIN_ONLY)


def _normal(values: Mapping[str, Any]) -> dict[str, Any]:
    number = {"company_number": checked_number(values)} if "company_number" in values else {}
    return {**values, **number}


def _refuse_new_number(supplier: Supplier) -> None:
    if queries.has_ever_submitted(supplier):
        raise Refused(
            "The number stays: an answer was submitted under it, and public notices name an organisation by it. "
            "If your company has a new number, register it as a new organisation."
        )


def _refuse_certificate(row: Certificate) -> None:
    if row.scheme == Scheme.OTHER and not row.name:
        raise Refused("Say what the certificate is called.")
    if row.scheme != Scheme.OTHER and (row.name or row.expires_on is None):
        raise Refused("Give the day on which the certificate expires.")
    others = Certificate.objects.filter(supplier=row.supplier).exclude(pk=row.pk)
    if others.filter(scheme=row.scheme, number=row.number).exists():
        raise Refused(f"The certificate {row} with the number {row.number} is on your profile already.")
    if row.pk is None and others.count() >= MOST_CERTIFICATES:
        raise Refused(f"You have {MOST_CERTIFICATES} certificates, which is the most we keep. Remove one first.")


def _note(verb: str, supplier: Supplier, actor: User, at: datetime, data: Mapping[str, Any]) -> None:
    append_event(
        verb=verb, subject=supplier, actor=actor, at=at, challenge_id=None, visibility=Visibility.SUPPLIER, data=data
    )
