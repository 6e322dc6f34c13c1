"""Inviting somebody by e-mail into a role, taking it back, sending the link, and accepting it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.urls import reverse

from accounts import rules
from accounts.invitations import PURPOSES
from accounts.models import Invitation, User
from audit.transitions import NotPermitted, Refused, append_event, lock
from work.actions import finish, handles, schedule
from work.models import DueWork

LIFETIME = timedelta(days=14)
MOST_OPEN = 50
MAIL = "accounts.invitation_mail"


@transaction.atomic
def invite(*, purpose: str, organisation: models.Model, role: str, email: str, actor: User, at: datetime) -> Invitation:
    """Ask the person behind `email` to take `role`; the mail goes out after commit. Says nothing about accounts."""
    how = PURPOSES[purpose]
    if not how.may_invite(actor, organisation, role):
        raise NotPermitted(f"Only {how.who_words} can invite somebody to this role.")
    lock(organisation)
    email = email.strip().lower()
    earlier = Invitation.objects.to(organisation, purpose)
    if sentence := rules.objection_to_inviting(earlier, email, role, at, most=MOST_OPEN):
        raise Refused(sentence)
    earlier.filter(email=email, role=role, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)  # expired
    invitation = Invitation.objects.create(
        purpose=purpose, organisation_id=organisation.pk, organisation_name=str(organisation)[:160], role=role,
        email=email, invited_by=actor, invited_at=at, expires_at=at + LIFETIME,
    )  # fmt: skip
    _event("invited", invitation, actor, at)
    schedule(kind=MAIL, subject_id=invitation.pk, due_at=at)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, actor: User, at: datetime) -> None:
    """Make the link of an open invitation worthless."""
    how = PURPOSES[invitation.purpose]
    if not how.may_invite(actor, organisation_of(invitation), invitation.role):
        raise NotPermitted(f"Only {how.who_words} can withdraw this invitation.")
    lock(invitation)
    if sentence := rules.why_not_open(invitation, at):
        raise Refused(sentence)
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    _event("invitation_withdrawn", invitation, actor, at)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, actor: User, at: datetime) -> str:
    """Take the role (once); returns the address of the page where the new member goes next."""
    how, organisation = PURPOSES[invitation.purpose], organisation_of(invitation)
    lock(invitation)
    if sentence := rules.why_not_open(invitation, at):
        raise Refused(sentence)
    if not rules.is_addressee(actor, invitation):
        raise NotPermitted("This invitation was sent to another address than the one you signed in with.")
    if not how.may_invite(invitation.invited_by, organisation, invitation.role):
        raise Refused("Whoever invited you can no longer do so. Ask for a new invitation.")
    invitation.accepted_at, invitation.accepted_by = at, actor
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    how.join(organisation=organisation, user=actor, role=invitation.role, actor=actor, at=at)
    _event("invitation_accepted", invitation, actor, at)
    return how.landing(organisation)


def send_invitation(row: DueWork, at: datetime) -> None:
    """Mail the link of an invitation that is still open; the same message id at every attempt."""
    invitation = Invitation.objects.select_related("invited_by").get(pk=row.subject_id)
    if rules.why_not_open(invitation, at) is None:
        _mail(invitation).send()
    with transaction.atomic():
        finish(row, at)
        Invitation.objects.filter(pk=invitation.pk, mailed_at=None).update(mailed_at=at)


def deliver_invitations() -> None:
    """Register the sending with the work that is due; called from AppConfig.ready."""
    handles(MAIL, send_invitation)


def organisation_of(invitation: Invitation) -> models.Model:
    """The organisation that an invitation leads into."""
    return PURPOSES[invitation.purpose].organisation._default_manager.get(pk=invitation.organisation_id)


def _mail(invitation: Invitation) -> EmailMessage:
    body = (
        f"{invitation.invited_by or 'Somebody'} invites you to work with {invitation.organisation_name} on "
        f"{settings.WAGTAIL_SITE_NAME}.\n\nYour role: {invitation.role_words}.\n\nRead it and accept it here, by "
        f"{invitation.expires_at:%d %B %Y}. The link works once, and only for this address:\n\n"
        f"{settings.PUBLIC_URL}{reverse('invitation', args=[invitation.token])}\n\n"
        "If you did not expect this, do nothing: nothing happens without you.\n"
    )
    subject = " ".join(f"{invitation.organisation_name} invites you".split())
    return EmailMessage(subject=subject, body=body, to=[invitation.email])


def _event(what: str, invitation: Invitation, actor: User, at: datetime) -> None:
    # The address stays out of the record, which nobody can erase.
    append_event(
        verb=f"{invitation.purpose}.{what}", subject=organisation_of(invitation), actor=actor, at=at,
        challenge_id=None, visibility=PURPOSES[invitation.purpose].visibility,
        data={"invitation": invitation.pk, "role": invitation.role},
    )  # fmt: skip
