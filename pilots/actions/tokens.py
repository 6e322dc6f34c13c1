"""Tokens for machines that send readings: issued, rotated, revoked; only their hash is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from audit.actors import Actor
from audit.transitions import NotPermitted, Refused, lock
from pilots import rules
from pilots.actions.noting import note
from pilots.models import Pilot, PilotState, ReadingToken

BOTH_VALID = timedelta(days=1)


def token_hash(secret: str) -> str:
    """sha256 (hex) of a token's secret: all that is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(*, pilot: Pilot, label: str, actor: Actor, at: datetime) -> tuple[ReadingToken, str]:
    """Make a token for the readings API; returns it with its secret, which is never readable again.

    Also while the pilot is suspended: where a token leaked, it is replaced before readings are taken again.
    """
    lock(pilot)
    refuse_unless_manager(actor, pilot)
    if pilot.state not in (PilotState.PLANNED, *rules.TAKING_READINGS, PilotState.SUSPENDED):
        raise Refused("This pilot takes no more readings: it needs no token.")
    secret = f"pf_{secrets.token_urlsafe(32)}"
    token = ReadingToken.objects.create(pilot=pilot, token_sha256=token_hash(secret), label=label, issued_at=at)
    note("pilot.token_issued", pilot, actor, at, token=token.actor_key, label=label)
    return token, secret


@transaction.atomic
def rotate_token(*, pilot: Pilot, token: ReadingToken, actor: Actor, at: datetime) -> tuple[ReadingToken, str]:
    """Make a successor of a token; the old one stays valid for a day, so that no reading is lost on the way."""
    lock(pilot)
    refuse_unless_manager(actor, pilot)
    if not ReadingToken.objects.filter(pk=token.pk, pilot=pilot, revoked_at=None).update(revoked_at=at + BOTH_VALID):
        raise Refused("This token was revoked or replaced already.")
    note("pilot.token_rotated", pilot, actor, at, token=token.actor_key)
    return issue_token(pilot=pilot, label=token.label, actor=actor, at=at)


@transaction.atomic
def revoke_token(*, pilot: Pilot, token: ReadingToken, actor: Actor, at: datetime) -> None:
    """Make a token useless from now on."""
    lock(pilot)
    refuse_unless_manager(actor, pilot)
    standing = ReadingToken.objects.filter(Q(revoked_at=None) | Q(revoked_at__gt=at), pk=token.pk, pilot=pilot)
    if not standing.update(revoked_at=at):
        raise Refused("This token was revoked already.")
    note("pilot.token_revoked", pilot, actor, at, token=token.actor_key)


def refuse_unless_manager(actor: Actor, pilot: Pilot) -> None:
    """Raise NotPermitted for anybody but the council's pilot manager."""
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager can do this.")
