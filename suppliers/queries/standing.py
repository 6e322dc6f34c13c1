"""Reads about what a supplier declared, and about the part of a submission that says who it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.queries import names_of
from challenges.models import Challenge
from suppliers import declarations
from suppliers.completeness import Missing
from suppliers.models import Certificate, Declaration, DeclarationKind, Partner, Submission, SubmittedStanding, Supplier

DECLARATIONS = "declarations"


@dataclass(frozen=True)
class Standing:
    """One kind of declaration: the newest of its kind, who made it, and when it has to be made again."""

    kind: DeclarationKind
    latest: Declaration | None
    lapses_at: datetime | None
    has_lapsed: bool
    by: str = ""


def declared(supplier: Supplier) -> dict[str, Declaration]:
    """The newest declaration of each kind: one query."""
    rows = Declaration.objects.filter(supplier=supplier).order_by("declared_at", "pk")
    return {row.kind: row for row in rows}


def standings(supplier: Supplier, at: datetime) -> list[Standing]:
    """Every kind of declaration, made or not, in the order of the form."""
    latest = declared(supplier)
    names = names_of(row.declared_by for row in latest.values())
    return [_standing(kind, latest.get(kind), names, at) for kind in DeclarationKind]


def undeclared(challenge: Challenge, supplier: Supplier, at: datetime) -> list[Missing]:
    """The declarations that this call asks for and that the supplier still has to make: one query."""
    when = {kind: row.declared_at for kind, row in declared(supplier).items()}
    needed = declarations.needed(is_above_threshold=challenge.is_above_threshold)
    return [Missing(DECLARATIONS, sentence) for sentence in declarations.lacking(needed, when, at)]


def identity_of(supplier: Supplier, partners: list[dict[str, str]]) -> dict[str, Any]:
    """Who submits, as the sealed content has it: the panel reads none of it while it is blind (A6)."""
    latest = declared(supplier)
    names = names_of(row.declared_by for row in latest.values())
    return {
        "name": supplier.name, "company_number": supplier.company_number, "size_class": supplier.size_class,
        "is_vcse": supplier.is_vcse, "region": supplier.region, "insurance_promised": supplier.insurance_promised,
        "certificates": [_certificate(row) for row in supplier.certificates.all()],
        "declarations": {kind: _said(row, names) for kind, row in latest.items()},
        "partners": partners,
    }  # fmt: skip


def partners_of(submission: Submission) -> list[Partner]:
    """The organisations that an unsealed submission names beside its supplier."""
    return list(Partner.objects.filter(submission=submission))


def said_standing(submission: Submission) -> list[dict[str, Any]]:
    """What the supplier declared with an unsealed submission, with the words of each kind; empty for older ones."""
    row = SubmittedStanding.objects.filter(submission=submission).first()
    said = row.said if row else {}
    return [
        {**each, "title": DeclarationKind(kind).label, "declared_at": datetime.fromisoformat(each["declared_at"])}
        for kind, each in said.items()
    ]


def _standing(kind: DeclarationKind, latest: Declaration | None, names: Mapping[str, str], at: datetime) -> Standing:
    if latest is None:
        return Standing(kind, None, None, has_lapsed=False)
    lapses_at = declarations.lapses_at(kind, latest.declared_at)
    return Standing(kind, latest, lapses_at, has_lapsed=at >= lapses_at, by=names.get(latest.declared_by, ""))


def _certificate(row: Certificate) -> dict[str, str]:
    ends = row.expires_on.isoformat() if row.expires_on else ""
    return {"scheme": row.scheme, "name": str(row), "number": row.number, "expires_on": ends}


def _said(row: Declaration, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "applies": row.applies, "explanation": row.explanation, "share_code": row.share_code,
        "declared_at": row.declared_at.isoformat(), "declared_by": names.get(row.declared_by, ""),
    }  # fmt: skip
