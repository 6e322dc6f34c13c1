"""Suppliers and their submissions, all through the real actions."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import CouncilRole, User
from audit import clock
from challenges.models import Challenge
from challenges.rules import is_open
from suppliers import actions, drafts, queries
from suppliers.completeness import GRADED
from suppliers.models import Certificate, DeclarationKind, Submission, Supplier, SupplierRole
from tests.factories import member_with, move_clock_to, open_challenge, user
from tests.factories.accounts import confirm_again
from tests.factories.remembering import remembered

NUMBERS = count(1)
PRICE = ("50000.00", "400000.00")


def supplier(name: str = "") -> Supplier:
    """A registered supplier with one administrator, and with what every call asks it to declare."""
    number = next(NUMBERS)
    made = actions.register_supplier(
        values={
            "name": name or f"Solver {number} Ltd", "company_number": f"{number:08d}", "size_class": "micro",
            "is_vcse": False, "region": "Leeds", "description": "",
        },
        actor=user(), at=clock.now(),
    )  # fmt: skip
    declared(made)
    return made


def declared(by: Supplier) -> None:
    """Let a supplier declare what every call asks for."""
    for kind in (DeclarationKind.EXCLUSION, DeclarationKind.DEBARMENT):
        actions.declare(supplier=by, kind=kind, applies=False, actor=admin_of(by), at=clock.now())


def admin_of(of: Supplier) -> User:
    return of.members.select_related("user").get(role=SupplierRole.ADMIN).user


def certificate_of(of: Supplier, number: str = "CE-1", expires_on: date = date(2099, 1, 1)) -> Certificate:
    """Cyber Essentials on a supplier's profile."""
    values = {"scheme": "cyber_essentials", "name": "", "number": number, "expires_on": expires_on}
    return actions.keep_certificate(supplier=of, values=values, actor=admin_of(of), at=clock.now())


def colleague(of: Supplier) -> User:
    made = user()
    actions.join_supplier(organisation=of, user=made, role=SupplierRole.MEMBER, actor=made, at=clock.now())
    return made


def signed_in(who: User) -> Client:
    """A browser in which this person is signed in, second factor set up, and has just confirmed that it is them."""
    Authenticator.objects.get_or_create(user=who, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
    client = Client()
    client.force_login(who)
    confirm_again(client, who)
    return client


def started(challenge: Challenge, by: Supplier | None = None) -> Submission:
    """A draft with nothing in it; the call is opened if it is still ahead."""
    who = by or supplier()
    if not is_open(challenge, clock.now()):
        move_clock_to(challenge.opens_at + timedelta(seconds=1))
    return actions.start_submission(challenge=challenge, supplier=who, actor=admin_of(who), at=clock.now())


def save(submission: Submission, section: str, value: Any) -> None:
    actor = admin_of(submission.supplier)
    version = queries.read_draft(submission, actor).section_version(section)
    actions.save_draft(
        submission=submission, section=section, value=value, version=version, actor=actor, at=clock.now()
    )


def drafted(
    challenge: Challenge, by: Supplier | None = None, price: Sequence[str] = PRICE,
    answers: Mapping[str, str] | None = None, files: Mapping[str, bytes] | None = None, evidence: str = "We do.",
) -> Submission:  # fmt: skip
    """A draft with nothing missing."""
    submission = started(challenge, by)
    for criterion in queries.criteria_asked(challenge):
        text = (answers or {}).get(criterion.code, f"How we reach {criterion.name}.")
        save(submission, drafts.answer_section(criterion.code), text)
    for asked in queries.clauses_asked(challenge)[0]:
        choice = {"level": 3} if asked.response_type == GRADED else {"accepted": True}
        value = {**drafts.EMPTY_CLAUSE, **choice, "text": evidence}
        save(submission, drafts.clause_section(asked.code), value)
    save(submission, drafts.PRICE, {"pilot": price[0], "contract": price[1], "vat_treatment": "standard"})
    for name, data in (files or {}).items():
        actions.attach_file(
            submission=submission, name=name, data=data, actor=admin_of(submission.supplier), at=clock.now()
        )
    return submission


def submit(submission: Submission, **how: Any) -> dict[str, Any]:
    """Submit a draft; returns the receipt."""
    actor = admin_of(submission.supplier)
    return actions.submit(submission=submission, actor=actor, at=clock.now(), accepts_terms=True, **how)


def submitted(challenge: Challenge, supplier: Supplier | None = None, **what: Any) -> Submission:
    """A submission that was received (what: price, answers, files, evidence)."""
    submission = drafted(challenge, supplier, **what)
    submit(submission)
    return submission


def after_closing(challenge: Challenge) -> None:
    challenge.refresh_from_db()
    if clock.now() <= challenge.closes_at:
        move_clock_to(challenge.closes_at + timedelta(seconds=1))


def unseal(challenge: Challenge) -> Challenge:
    """Let two people unseal, after the deadline."""
    after_closing(challenge)
    for role in (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD):
        actions.consent_to_unseal(challenge=challenge, actor=member_with(challenge.council, role), at=clock.now())
    challenge.refresh_from_db()
    return challenge


@remembered
def unsealed_challenge(n: int = 3, prices: Sequence[Sequence[str]] = ()) -> Challenge:
    """A challenge with `n` unsealed submissions; `prices` are theirs, in order of arrival."""
    challenge = open_challenge()
    for number in range(n):
        submitted(challenge, price=prices[number] if number < len(prices) else PRICE)
    return unseal(challenge)
