"""The writers of councils and of who holds which role there."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts import rules
from accounts.invitations import Purpose, invites
from accounts.models import Council, CouncilMembership, CouncilRole, Nation, User
from audit.actors import Actor
from audit.transitions import append_event

COUNCIL = "council"


@transaction.atomic
def found_council(  # noqa: PLR0913 - a council is registered with all of this at once
    *,
    name: str,
    slug: str,
    nation: str = Nation.ENGLAND,
    identifier_scheme: str = "GB-LAE",
    identifier: str,
    contact_email: str = "",
    is_demonstration: bool = False,
    actor: Actor,
    at: datetime,
) -> Council:
    """Register a council; its people get their roles one by one."""
    council = Council.objects.create(
        name=name, slug=slug, nation=nation, identifier_scheme=identifier_scheme, identifier=identifier,
        contact_email=contact_email, is_demonstration=is_demonstration,
    )  # fmt: skip
    append_event(verb="council.founded", subject=council, actor=actor, at=at, challenge_id=None)
    return council


@transaction.atomic
def give_role(*, council: Council, user: User, role: CouncilRole, actor: Actor, at: datetime) -> CouncilMembership:
    """Give a person a role in a council; giving it twice changes nothing."""
    membership, is_new = CouncilMembership.objects.get_or_create(council=council, user=user, role=role)
    if is_new:
        append_event(
            verb="council.role_given", subject=council, actor=actor, at=at, challenge_id=None,
            data={"user": user.actor_key, "role": role},
        )  # fmt: skip
    return membership


def invite_to_councils() -> None:
    """Let councils invite; called from AppConfig.ready."""
    invites(
        COUNCIL,
        Purpose(
            organisation=Council,
            roles=CouncilRole,
            may_invite=lambda actor, council, role: rules.may_keep(actor, council),
            who_words="a procurement lead of the council",
            join=lambda *, organisation, **given: give_role(council=organisation, **given),
            landing=lambda council: reverse("workspace"),
            people=lambda council: reverse("council_people", args=[council.slug]),
        ),
    )
