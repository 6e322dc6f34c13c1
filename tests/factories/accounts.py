"""People with a confirmed address, invitations, and the mail that goes out with them."""

import re
import time

from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts import actions
from accounts.models import Council, CouncilRole, Invitation, User
from audit import clock
from tests import factories
from work.actions import run_due_work


def confirmed(user: User | None = None) -> User:
    """A person (a new one if none is given) whose address is confirmed."""
    who = user or factories.user()
    EmailAddress.objects.get_or_create(user=who, email=who.email, defaults={"verified": True, "primary": True})
    return who


def confirm_again(client: Client, who: User, *, seconds_ago: float = 0) -> None:
    """Note in the session that this person confirmed a while ago that it is them."""
    session = client.session
    record = {"method": "password", "at": time.time() - seconds_ago, "reauthenticated": True}
    session["account_authentication_methods"], session["account_authentication_methods_user"] = [record], str(who.pk)
    session.save()


def lead_of(council: Council) -> User:
    return factories.member_with(council, CouncilRole.PROCUREMENT_LEAD)


def invited(council: Council, email: str, role: CouncilRole = CouncilRole.OWNER) -> Invitation:
    """An invitation by the council's procurement lead, not mailed yet."""
    return actions.invite(
        purpose="council", organisation=council, role=role, email=email, actor=lead_of(council), at=clock.now()
    )


def mailed_link(to: str) -> str:
    """Do what is due, and return the path of the invitation's link in the last mail to this address."""
    run_due_work()
    body = next(str(message.body) for message in reversed(mail.outbox) if message.to == [to])
    found = re.search(r"http\S+?(/invitations/\S+)", body)
    assert found is not None
    return found[1]
