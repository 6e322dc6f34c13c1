"""Reads about people, councils and invitations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models.functions import Now

from accounts.devices import device_words
from accounts.invitations import read_token
from accounts.models import Council, CouncilRole, Invitation, InvitationQuerySet, User
from audit.models import Event

LIMIT_SET = "council.delegated_limit_set"
MOST_CHANGES = 50


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link leads to; None when the link is not one of ours."""
    public_id = read_token(token)
    return Invitation.objects.select_related("invited_by").filter(public_id=public_id).first() if public_id else None


def invitations_for(user: User, at: datetime) -> InvitationQuerySet:
    """Open invitations to addresses that this person has shown to be theirs."""
    own = EmailAddress.objects.filter(user=user, verified=True).values("email")
    return Invitation.objects.open(at).filter(email__in=own).select_related("invited_by").order_by("-invited_at")


def open_invitations(organisation: models.Model, purpose: str, at: datetime) -> InvitationQuerySet:
    """An organisation's open invitations, the newest first."""
    return Invitation.objects.to(organisation, purpose).open(at).select_related("invited_by").order_by("-invited_at")


@dataclass(frozen=True)
class Colleague:
    """A person of a council with everything they do there."""

    user: User
    roles: list[CouncilRole]

    @property
    def words(self) -> list[str]:
        return [str(role.label) for role in self.roles]


def colleagues(council: Council) -> list[Colleague]:
    """A council's people with their roles, by name."""
    found: dict[User, list[CouncilRole]] = {}
    for membership in council.memberships.select_related("user").order_by("user__full_name", "user_id", "pk"):
        found.setdefault(membership.user, []).append(CouncilRole(membership.role))
    return [Colleague(user, roles) for user, roles in found.items()]


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """What people behind these actor keys are called today, in one query; other actors are left out."""
    numbers = {int(key.removeprefix("user:")) for key in keys if key.startswith("user:")}
    return {user.actor_key: str(user) for user in User.objects.filter(pk__in=numbers)}


@dataclass(frozen=True)
class LimitChange:
    """One change of a council's delegated limit, in pounds; None where none was set."""

    at: datetime
    by: str
    before: Decimal | None
    after: Decimal | None
    reason: str


def limit_changes(council: Council) -> list[LimitChange]:
    """How the council's delegated limit came to be, the newest change first; two queries."""
    events = list(Event.objects.about(council).filter(verb=LIMIT_SET).order_by("-pk")[:MOST_CHANGES])
    names = names_of(event.actor_key for event in events)
    return [
        LimitChange(
            event.at, names.get(event.actor_key, event.actor_label), _pounds(event.data["from"]),
            _pounds(event.data["to"]), event.reason,
        )
        for event in events
    ]  # fmt: skip


def _pounds(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


@dataclass(frozen=True)
class SignedIn:
    """One device on which a person is signed in."""

    number: int
    device: str
    address: str
    since: datetime
    last_seen_at: datetime
    is_current: bool


def sessions_of(user: User, current_key: str) -> list[SignedIn]:
    """Where a person is signed in now, the device in hand first, then the latest seen; two queries."""
    tracked = list(UserSession.objects.filter(user=user.pk).order_by("-last_seen_at", "-pk"))
    kept = Session.objects.filter(session_key__in=[each.session_key for each in tracked], expire_date__gt=Now())
    expected = user.get_session_auth_hash()  # a new password ends all sessions that began with the old one
    alive = {each.session_key for each in kept if each.get_decoded().get(HASH_SESSION_KEY) == expected}
    rows = [
        SignedIn(
            each.pk, device_words(each.user_agent), each.ip, each.created_at, each.last_seen_at,
            each.session_key == current_key,
        )
        for each in tracked if each.session_key in alive
    ]  # fmt: skip
    return sorted(rows, key=lambda row: not row.is_current)


def others_of(council: Council, user: User) -> models.QuerySet[User]:
    """The active people of a council besides one, by name."""
    people = User.objects.filter(council_memberships__council=council, is_active=True).exclude(pk=user.pk)
    return people.distinct().order_by("full_name", "pk")
