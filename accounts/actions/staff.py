"""A council's people: changing their roles, handing over what they hold, and leaving.

Every step locks the council's row, so that two last procurement leads cannot both leave at once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import duties, rules
from accounts.actions.councils import give_role
from accounts.models import Council, CouncilMembership, CouncilRole, User
from audit.transitions import NotPermitted, Refused, append_event, lock

KEEPER = "Only a procurement lead of the council can do this."
REASON = "Give a reason: it is kept in the record."


@transaction.atomic
def set_roles(*, council: Council, user: User, roles: Iterable[str], actor: User, at: datetime) -> None:
    """Let a person of the council have exactly these roles; none takes the person out of the council."""
    lock(council)
    if not rules.may_keep(actor, council):
        raise NotPermitted(KEEPER)
    if not rules.has_role(user, council):
        raise Refused("This person does not work for the council. Invite them instead.")
    wanted = frozenset(CouncilRole(role) for role in roles)
    _refuse_to_lose(council, user, wanted)
    for role in wanted:
        give_role(council=council, user=user, role=role, actor=actor, at=at)
    end_roles(council, user, actor, at, keep=wanted)


@transaction.atomic
def hand_over(*, council: Council, giver: User, to: User, reason: str, actor: User, at: datetime) -> None:
    """Pass on whatever the giver holds in the council: by the giver, or by a procurement lead for somebody absent."""
    lock(council)
    if not rules.may_hand_over(actor, giver, council):
        raise NotPermitted("People hand over what is theirs; a procurement lead does it for somebody who is absent.")
    _refuse_wrong_person(council, giver, to)
    _pass_on(council, giver, to, reason, actor, at)


@transaction.atomic
def leave(*, council: Council, actor: User, at: datetime, successor: User | None = None, reason: str = "") -> None:
    """End all of one's own roles. A successor takes over what is held, and the last procurement lead's role."""
    lock(council)
    if not rules.has_role(actor, council):
        raise Refused("You do not work for this council.")
    if successor is not None:
        _refuse_wrong_person(council, actor, successor)
        if rules.is_last_keeper(actor, council):
            give_role(council=council, user=successor, role=CouncilRole.PROCUREMENT_LEAD, actor=actor, at=at)
        _pass_on(council, actor, successor, reason, actor, at)
    _refuse_to_lose(council, actor, frozenset())
    end_roles(council, actor, actor, at)
    append_event(
        verb="council.left", subject=council, actor=actor, at=at, challenge_id=None, data={"user": actor.actor_key}
    )


def _refuse_wrong_person(council: Council, giver: User, to: User) -> None:
    if giver == to:
        raise Refused("Choose somebody else: nobody hands over to themselves.")
    if not rules.has_role(to, council):
        raise Refused("Choose somebody who works for the council. Others are invited first.")


def _pass_on(council: Council, giver: User, to: User, reason: str, actor: User, at: datetime) -> None:
    if not reason.strip():
        raise Refused(REASON)
    parts: dict[str, Any] = {"giver": giver, "to": to, "council": council, "actor": actor, "at": at}
    for room in duties.ROOMS.values():
        room.hand_over(**parts, reason=reason.strip())
    append_event(
        verb="council.handed_over", subject=council, actor=actor, at=at, challenge_id=None, reason=reason.strip(),
        data={"from": giver.actor_key, "to": to.actor_key},
    )  # fmt: skip


def _refuse_to_lose(council: Council, user: User, wanted: frozenset[str]) -> None:
    """Refuse what would leave the council without a procurement lead, or something without whoever has to do it."""
    found = []
    if CouncilRole.PROCUREMENT_LEAD not in wanted and rules.is_last_keeper(user, council):
        found.append(
            f"{user} is the only procurement lead of {council}: without one nobody can invite, publish or award. "
            "Make somebody else procurement lead first."
        )
    if held := duties.held_in_council(user, council, wanted):
        found += [*held, "Hand this over to somebody else first."]
    if found:
        raise Refused(*found)


def end_roles(council: Council, user: User, actor: User, at: datetime, keep: frozenset[str] = frozenset()) -> None:
    for membership in CouncilMembership.objects.filter(council=council, user=user).exclude(role__in=keep):
        membership.delete()
        append_event(
            verb="council.role_ended", subject=council, actor=actor, at=at, challenge_id=None,
            data={"user": user.actor_key, "role": membership.role},
        )  # fmt: skip
