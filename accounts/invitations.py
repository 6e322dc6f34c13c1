"""Invitations by e-mail: what each purpose leads to, and the signed link.

A room that has members registers a `Purpose` in its AppConfig.ready (`invites("supplier", Purpose(...))`), shows a form
and calls `accounts.actions.invite`. Mail, the page behind the link, and acceptance are here, once for all rooms.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import models

from audit.models import Visibility

_SIGNER = signing.Signer(sep=".", salt="accounts.invitation")


@dataclass(frozen=True)
class Purpose:
    """What an invitation of one kind leads to.

    `may_invite(actor, organisation, role)` is asked when inviting and again of the inviter when somebody accepts;
    `join(organisation=, user=, role=, actor=, at=)` gives the role and may raise Refused. `landing` is where the new
    member goes next, `people` the page on which the organisation's people and invitations stand.
    """

    organisation: type[models.Model]
    roles: type[models.TextChoices]
    may_invite: Callable[[Any, Any, str], bool]
    who_words: str
    join: Callable[..., object]
    landing: Callable[[Any], str]
    people: Callable[[Any], str]
    visibility: str = Visibility.COUNCIL


PURPOSES: dict[str, Purpose] = {}


def invites(purpose: str, how: Purpose) -> None:
    """Register a kind of invitation; called from the room's AppConfig.ready."""
    PURPOSES[purpose] = how


def token_of(public_id: uuid.UUID) -> str:
    """The signed text that stands in the link."""
    return _SIGNER.sign(public_id.hex)


def read_token(token: str) -> uuid.UUID | None:
    """Which invitation a link means; None when it was not signed here."""
    try:
        return uuid.UUID(hex=_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
