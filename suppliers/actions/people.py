"""Who belongs to an organisation: joining, roles, handing over, leaving, being removed."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.invitations import Purpose, invites
from accounts.models import User
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock
from suppliers import joining, rules
from suppliers.actions.profile import lock_for_managing
from suppliers.models import Supplier, SupplierMember, SupplierRole

SUPPLIER = "supplier"
ADMIN, MEMBER = SupplierRole.ADMIN, SupplierRole.MEMBER
LAST_ADMIN = "You are the only administrator. Hand over first: somebody has to be able to submit and to invite."


@transaction.atomic
def join_supplier(*, organisation: Supplier, user: User, role: str, actor: User, at: datetime) -> SupplierMember:
    """Belong to an organisation from now on; called when an invitation is accepted."""
    lock(organisation)
    if sentences := joining.objections(user):
        raise Refused(*sentences)
    if rules.is_member(user, organisation):
        raise Refused(f"You belong to {organisation} already. Its administrators change your role.")
    member = SupplierMember.objects.create(supplier=organisation, user=user, role=SupplierRole(role))
    _note("supplier.member_joined", member, actor, at)
    return member


@transaction.atomic
def change_role(*, member: SupplierMember, role: SupplierRole, actor: User, at: datetime) -> None:
    """Make a member an administrator, or an administrator a member; the last administrator stays one."""
    _lock_member(member, actor)
    if member.role == role:
        return
    if role != ADMIN:
        _refuse_without_admin(member)
    member.role = role
    member.save(update_fields=["role"])
    _note("supplier.role_changed", member, actor, at)


@transaction.atomic
def hand_over(*, to: SupplierMember, actor: User, at: datetime) -> None:
    """Make somebody else administrator in the actor's place, who stays as a member."""
    _lock_member(to, actor)
    if to.user_id == actor.pk:
        raise Refused("You are an administrator already. Choose a colleague to hand over to.")
    if not to.user.is_active:
        raise Refused(f"{to.user} has no working account any more. Choose another colleague.")
    own = SupplierMember.objects.get(supplier=to.supplier_id, user=actor)
    to.role, own.role = ADMIN, MEMBER
    to.save(update_fields=["role"])
    own.save(update_fields=["role"])
    _note("supplier.handed_over", to, actor, at)


@transaction.atomic
def leave_supplier(*, supplier: Supplier, actor: User, at: datetime) -> None:
    """Stop belonging to an organisation; what one wrote stays with it."""
    lock(supplier)
    member = SupplierMember.objects.filter(supplier=supplier, user=actor).first()
    if member is None:
        raise NotPermitted("You do not belong to this organisation.")
    _refuse_without_admin(member)
    _note("supplier.member_left", member, actor, at)
    member.delete()


@transaction.atomic
def remove_member(*, member: SupplierMember, actor: User, at: datetime) -> None:
    """End somebody else's membership; every page and file asks for it anew, so the access ends at once."""
    _lock_member(member, actor)
    if member.user_id == actor.pk:
        raise Refused("You cannot remove yourself. Leave the organisation instead.")
    _note("supplier.member_removed", member, actor, at)
    member.delete()


def invite_to_suppliers() -> None:
    """Let organisations invite; called from AppConfig.ready."""
    invites(
        SUPPLIER,
        Purpose(
            organisation=Supplier,
            roles=SupplierRole,
            may_invite=lambda actor, supplier, role: rules.may_manage(actor, supplier),
            who_words="an administrator of the organisation",
            join=join_supplier,
            landing=lambda supplier: reverse("supplier_home"),
            people=lambda supplier: reverse("supplier_members", args=[supplier.public_id]),
            visibility=Visibility.SUPPLIER,
        ),
    )


def _lock_member(member: SupplierMember, actor: User) -> None:
    lock_for_managing(member.supplier, actor)
    if not SupplierMember.objects.filter(pk=member.pk).exists():
        raise Refused("This person does not belong to your organisation any more.")
    lock(member)


def _refuse_without_admin(leaving: SupplierMember) -> None:
    """Refuse what would leave the organisation without anybody who can submit; the organisation's row is locked."""
    others = SupplierMember.objects.filter(supplier=leaving.supplier_id, role=ADMIN, user__is_active=True)
    if leaving.role == ADMIN and not others.exclude(pk=leaving.pk).exists():
        raise Refused(LAST_ADMIN)


def _note(verb: str, member: SupplierMember, actor: User, at: datetime) -> None:
    append_event(
        verb=verb, subject=member.supplier, actor=actor, at=at, challenge_id=None, visibility=Visibility.SUPPLIER,
        data={"user": member.user.actor_key, "role": member.role},
    )  # fmt: skip
