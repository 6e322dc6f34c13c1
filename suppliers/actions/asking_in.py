"""Asking to join an organisation that is registered already, and its administrators' answer."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.models import Visibility
from audit.transitions import Refused, append_event, lock, perform
from suppliers import joining, rules
from suppliers.actions.members import checked_number
from suppliers.actions.people import join_supplier
from suppliers.models import Joining, JoiningState, Supplier, SupplierRole

MOST_OPEN = 3


@transaction.atomic
def ask_to_join(*, company_number: str, actor: User, at: datetime) -> Joining:
    """Ask the administrators of the organisation with this number; who they are is not told."""
    number = checked_number({"company_number": company_number})
    supplier = Supplier.objects.filter(company_number=number).first()
    if supplier is None:
        raise Refused(f"No organisation with the number {number} is registered. Register it yourself.")
    lock(supplier)
    if sentences := joining.objections(actor):
        raise Refused(*sentences)
    if rules.is_member(actor, supplier):
        raise Refused(f"You belong to {supplier} already.")
    waiting = Joining.objects.filter(user=actor, state=JoiningState.ASKED)
    if waiting.filter(supplier=supplier).exists():
        raise Refused("You have asked already. An administrator of the organisation answers.")
    if waiting.count() >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} of your questions to organisations wait for an answer. Wait for one first.")
    made = Joining.objects.create(supplier=supplier, user=actor, asked_at=at)
    append_event(
        verb="joining.asked", subject=made, actor=actor, at=at, challenge_id=None, visibility=Visibility.SUPPLIER
    )
    return made


@transaction.atomic
def answer_joining(*, asked: Joining, accepts: bool, actor: User, at: datetime) -> None:
    """Let somebody in as a member, or decline; by an administrator of the organisation, once."""
    perform(asked, "accept" if accepts else "decline", actor=actor, at=at)
    if accepts:
        join_supplier(organisation=asked.supplier, user=asked.user, role=SupplierRole.MEMBER, actor=actor, at=at)
