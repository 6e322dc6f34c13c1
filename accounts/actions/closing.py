"""Closing an account: what is the person's own goes, what they did stays, without their name (R2)."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts import own_data, rules
from accounts.actions.staff import end_roles
from accounts.duties import held_in_account, held_in_council
from accounts.models import Council, Invitation, User
from audit.transitions import Refused, append_event, lock


def objections_to_closing(user: User) -> list[str]:
    """Everything that has to pass to somebody else first, one sentence each."""
    found = []
    for council in _councils_of(user):
        if rules.is_last_keeper(user, council):
            found.append(f"You are the only procurement lead of {council}. Make somebody else procurement lead first.")
        found += held_in_council(user, council)
    return [*found, *held_in_account(user)]


@transaction.atomic
def close_account(*, actor: User, at: datetime) -> None:
    """Close one's own account. The record keeps the actor's key and loses the name; the address becomes free again."""
    for council in _councils_of(actor):
        lock(council)
    user = User.objects.select_for_update().get(pk=actor.pk)
    if user.closed_at is not None:
        return
    if sentences := objections_to_closing(user):
        raise Refused(*sentences)
    for council in _councils_of(user):
        end_roles(council, user, user, at)
    _remove_what_is_theirs(user)
    append_event(verb="account.closed", subject=user, actor=user, at=at, challenge_id=None)
    _take_the_name_away(user, at)


def _councils_of(user: User) -> list[Council]:
    return list(Council.objects.filter(memberships__user=user).distinct().order_by("pk"))


def _remove_what_is_theirs(user: User) -> None:
    addresses = [user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)]
    Invitation.objects.filter(email__in=addresses).update(email="")
    for model in own_data.TRIED:
        model.objects.filter(username__in=addresses).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    for relation in own_data.own_relations():
        own_data.rows_of(relation, user).delete()
    user.groups.clear()
    user.user_permissions.clear()


def _take_the_name_away(user: User, at: datetime) -> None:
    user.email, user.full_name, user.closed_at = f"closed-{user.pk}@closed.invalid", "", at
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
