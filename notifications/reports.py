"""What an e-mail service reports about letters: which arrived, and which addresses give them back.

A report names a message and an address. It changes the status of what was sent, and it is remembered about an address
only where somebody here has it, or is invited by it. Nothing is known of openings and clicks.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q

from accounts.models import Invitation, User
from notifications.models import Delivery, Outcome, TroubledAddress

KINDS = {
    "delivered": Outcome.DELIVERED,
    "deferred": Outcome.DEFERRED,
    "bounced": Outcome.BOUNCED,
    "rejected": Outcome.REJECTED,
    "failed": Outcome.REJECTED,
    "complained": Outcome.COMPLAINED,
}
TROUBLES = (Outcome.BOUNCED, Outcome.REJECTED, Outcome.COMPLAINED)


@dataclass(frozen=True)
class Report:
    """One report, in the service's own words: `kind` is anymail's name of the event."""

    message_id: str
    address: str
    kind: str
    said: str
    at: datetime


@transaction.atomic
def take(report: Report) -> bool:
    """Keep a report; returns whether it is one that we keep. The same again, or an older one, changes nothing."""
    outcome = KINDS.get(report.kind)
    if outcome is None or not report.address:
        return False
    if report.message_id:
        sent = Delivery.objects.filter(service_id=report.message_id, user__email__iexact=report.address)
        newer = sent.filter(Q(outcome_at=None) | Q(outcome_at__lt=report.at))
        newer.update(outcome=outcome, outcome_at=report.at, outcome_said=report.said[:500])
    _remember(report, outcome)
    return True


def service_id_of(mail: EmailMessage) -> str:
    """What an e-mail service calls a message that it took; empty without one. Its reports name this."""
    given = getattr(getattr(mail, "anymail_status", None), "message_id", None)
    return str(given)[:250] if isinstance(given, str | int) else ""


def _remember(report: Report, outcome: Outcome) -> None:
    address = report.address.lower()
    if outcome == Outcome.DELIVERED:
        TroubledAddress.objects.filter(address=address, last_at__lt=report.at).delete()
    if outcome not in TROUBLES or not _is_known(address):
        return
    row, is_new = TroubledAddress.objects.get_or_create(
        address=address,
        defaults={"kind": outcome, "said": report.said[:500], "first_at": report.at, "last_at": report.at},
    )
    if not is_new and row.last_at < report.at:
        TroubledAddress.objects.filter(pk=row.pk).update(kind=outcome, said=report.said[:500], last_at=report.at)


def _is_known(address: str) -> bool:
    is_persons = User.objects.filter(email__iexact=address).exists()
    return is_persons or Invitation.objects.filter(email__iexact=address).exists()
