"""Who takes part, under identifiers that are the same in every release for ever (R4)."""

from accounts.models import Council, User
from opendata.releases.pieces import Json
from suppliers.models import Partner, Supplier


def council_id(council: Council) -> str:
    """Such as GB-LAE-EXM."""
    return f"{council.identifier_scheme}-{council.identifier}"


def supplier_id(supplier: Supplier) -> str:
    """Such as GB-COH-01234567."""
    return f"GB-COH-{supplier.company_number.zfill(8)}"


def contact_of(council: Council) -> str:
    """The council's own mailbox; empty where it is somebody's personal address, which is never published (R4)."""
    address = council.contact_email
    personal = bool(address) and User.objects.filter(email__iexact=address).exists()
    return "" if personal else address


def council_reference(council: Council) -> Json:
    return {"id": council_id(council), "name": council.name}


def supplier_reference(supplier: Supplier) -> Json:
    return {"id": supplier_id(supplier), "name": supplier.name}


def council_party(council: Council) -> Json:
    """The buyer. The contact point is a team and its mailbox, never a person."""
    address = contact_of(council)
    contact = {"contactPoint": {"name": "Challenge team", "email": address}} if address else {}
    return council_reference(council) | contact | {
        "identifier": {
            "scheme": council.identifier_scheme, "id": council.identifier, "legalName": council.name
        },
        "address": {"countryName": "United Kingdom", "country": "GB"},
        "roles": ["buyer", "procuringEntity", "payer"],
        "details": {
            "classifications": [
                {
                    "scheme": "UK_CA_TYPE", "id": "publicAuthoritySubCentralGovernment",
                    "description": "Public authority - sub-central government",
                }
            ]
        },
    }  # fmt: skip


def supplier_party(supplier: Supplier) -> Json:
    """A supplier to whom something is awarded; those who were not chosen are not parties of a release (A16)."""
    number = supplier.company_number.zfill(8)
    return supplier_reference(supplier) | {
        "identifier": {"scheme": "GB-COH", "id": number, "legalName": supplier.name},
        "address": {"countryName": "United Kingdom", "country": "GB"},
        "roles": ["tenderer", "supplier", "payee"],
        "details": {"scale": supplier.size_class, "vcse": supplier.is_vcse},
    }  # fmt: skip


def partner_id(partner: Partner) -> str:
    """Such as GB-COH-01234567; an organisation without such a number has one of ours, from its row."""
    number = partner.company_number
    return f"GB-COH-{number.zfill(8)}" if number else f"PF-PARTNER-{partner.pk}"


def partner_reference(partner: Partner) -> Json:
    return {"id": partner_id(partner), "name": partner.name}


def partner_party(partner: Partner) -> Json:
    """An organisation that answers together with an awarded supplier, with what it does in the answer."""
    number = partner.company_number
    known = {"identifier": {"scheme": "GB-COH", "id": number.zfill(8), "legalName": partner.name}} if number else {}
    return partner_reference(partner) | known | {"roles": ["tenderer"], "details": {"consortiumRole": partner.role}}
