"""Who may do what with suppliers and their submissions. No council role and no flag opens anything here (S1)."""

from typing import Any

from accounts.models import User
from accounts.rules import has_role, runs_the_site
from audit.actors import SYSTEM
from challenges.models import Challenge
from challenges.rules import OFFICERS
from suppliers.models import Submission, Supplier, SupplierMember, SupplierRole


def is_member(actor: Any, supplier: Supplier | int, *roles: SupplierRole) -> bool:
    """Whether the actor is an active person of this supplier, in one of these roles (any if none is given)."""
    if not isinstance(actor, User) or not actor.is_active:
        return False
    supplier_id = supplier if isinstance(supplier, int) else supplier.pk
    found = SupplierMember.objects.filter(user=actor, supplier_id=supplier_id)
    return (found.filter(role__in=roles) if roles else found).exists()


def may_register(actor: Any) -> bool:
    """Register an organisation: anybody who is signed in."""
    return isinstance(actor, User) and actor.is_active


def may_manage(actor: Any, supplier: Supplier | int) -> bool:
    """Change what an organisation says about itself, and who belongs to it: its administrators."""
    return is_member(actor, supplier, SupplierRole.ADMIN)


def may_answer(actor: Any, supplier: Supplier | int, challenge: Challenge) -> bool:
    """Answer a challenge for a supplier: its members, but nobody who also works for the council that asks."""
    return is_member(actor, supplier) and not has_role(actor, challenge.council_id)


def may_read(actor: Any, submission: Submission) -> bool:
    """Read what a submission says: its own supplier's members, and nobody else through this room."""
    return is_member(actor, submission.supplier_id)


def may_write(actor: Any, submission: Submission) -> bool:
    """Write in a draft."""
    return may_answer(actor, submission.supplier_id, submission.challenge)


def may_submit(actor: Any, submission: Submission) -> bool:
    """Submit or withdraw: the supplier's administrators."""
    return may_write(actor, submission) and is_member(actor, submission.supplier_id, SupplierRole.ADMIN)


def may_move_for_the_council(actor: Any, submission: Submission) -> bool:
    """Steps after the deadline: the marketplace itself, or the council's people whose own step caused them."""
    return actor is SYSTEM or has_role(actor, submission.challenge.council_id)


def may_break_glass(actor: Any, submission: Submission) -> bool:
    """Be one of the two of an emergency reading: they run the marketplace, and have no part in any procedure."""
    if not runs_the_site(actor) or has_role(actor, submission.challenge.council_id):
        return False
    return not SupplierMember.objects.filter(user=actor).exists()


def may_ask(actor: Any, challenge: Challenge) -> bool:
    """Ask a question: a member of any supplier, but nobody of the council that would answer."""
    if not isinstance(actor, User) or not actor.is_active:
        return False
    return SupplierMember.objects.filter(user=actor).exists() and not has_role(actor, challenge.council_id)


def may_answer_questions(actor: Any, challenge: Challenge) -> bool:
    """Answer questions about a call."""
    return has_role(actor, challenge.council_id, *OFFICERS)


def why_not_to_close_an_account(user: User) -> list[str]:
    """A firm keeps an administrator: one sentence for each firm that has no other."""
    own = SupplierMember.objects.filter(user=user, role=SupplierRole.ADMIN).select_related("supplier").order_by("pk")
    others = SupplierMember.objects.filter(role=SupplierRole.ADMIN, user__is_active=True).exclude(user=user)
    kept = set(others.values_list("supplier", flat=True))
    return [
        f"You are the only administrator of {each.supplier}. Hand over to a colleague first."
        for each in own
        if each.supplier_id not in kept
    ]
