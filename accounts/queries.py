"""Reads about people, councils and invitations."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import models

from accounts.invitations import read_token
from accounts.models import Invitation, InvitationQuerySet, User


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
