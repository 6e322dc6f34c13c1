"""The writers of follows and deliveries, and the sending.

Deliveries are made in one transaction with the cursor that remembers which events were read; they are sent later,
each to one person, so that nothing goes out for what was rolled back. Following appends no event on purpose: the
record would tell councils which firms are interested (S2).
"""

import json
import logging
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import clock
from audit.actions import read_new_events
from audit.models import Event
from audit.transitions import Refused
from challenges.models import Challenge
from notifications import audiences, digest, letters
from notifications.models import Delivery, Follow, Pace, Preference
from notifications.reports import service_id_of

READER = "notifications"
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
logger = logging.getLogger(__name__)


@transaction.atomic
def follow(*, challenge: Challenge, actor: User, at: datetime) -> None:
    """Hear about a public challenge from now on; twice changes nothing."""
    if challenge.published_at is None:
        raise Refused("Only a published challenge can be followed.")
    Follow.objects.get_or_create(user=actor, challenge=challenge)


@transaction.atomic
def unfollow(*, challenge: Challenge, actor: User, at: datetime) -> None:
    """Stop hearing about it; a firm that answers is told of its changes all the same (C3)."""
    Follow.objects.filter(user=actor, challenge=challenge).delete()


@transaction.atomic
def choose_pace(*, pace: Pace, actor: User, at: datetime) -> None:
    """Hear at once, once a day, or only in the inbox; for what comes from now on."""
    Preference.objects.update_or_create(user=actor, defaults={"pace": pace})


def make_deliveries() -> int:
    """Turn the events since the last time into deliveries; returns how many were read. Safe run twice at once."""
    return read_new_events(READER, _make)


def send_deliveries(*, limit: int = 100) -> int:
    """Send what waits, one message to one person each; a failure is noted and tried again. Returns how many went."""
    sent = 0
    for pk in list(Delivery.objects.waiting(clock.now()).order_by("pk").values_list("pk", flat=True)[:limit]):
        delivery = _lease(pk, clock.now())
        if delivery is not None:
            sent += _send(delivery)
    return sent


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that a mail sent twice by a killed worker shows once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<event-{delivery.event_id}.person-{delivery.user_id}@{domain}>"


def _make(event: Event) -> None:
    try:
        with transaction.atomic():
            _make_for(event)
    except Exception:
        # One event that cannot be told must not silence all that follow it.
        logger.exception("no deliveries for event %s", event)


def _make_for(event: Event) -> None:
    challenge = Challenge.objects.filter(pk=event.challenge_id or 0).first()
    at = clock.now()
    if challenge is None:
        _tell_of_roles(event, at)
        return
    told = audiences.hearing(event, challenge)
    wanted = dict(Preference.objects.filter(user__in=told).values_list("user_id", "pace"))
    written = {verb: letters.write(verb, challenge, event) for verb in set(told.values())}
    made = []
    for user_id, verb in told.items():
        letter = written[verb]
        pace = wanted.get(user_id, Pace.AT_ONCE) if verb in letters.MAY_WAIT else Pace.AT_ONCE
        made.append(
            Delivery(
                event=event, user_id=user_id, subject=letter.subject[:250], body=letter.body, path=letter.path,
                attached=letter.attached, pace=pace, created_at=at,
            )
        )  # fmt: skip
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    digest.announce({each.user_id for each in made if each.pace == Pace.DAILY}, at)


def _tell_of_roles(event: Event, at: datetime) -> None:
    """Tell people what concerns no challenge: their role in a council, and joining a firm."""
    letter = letters.about_role(event) or letters.about_joining(event)
    if letter is None:
        return
    for user in audiences.concerned(event):
        Delivery.objects.get_or_create(
            event=event, user=user,
            defaults={"subject": letter.subject[:250], "body": letter.body, "path": letter.path, "created_at": at},
        )  # fmt: skip


def _lease(pk: int, at: datetime) -> Delivery | None:
    taken = Delivery.objects.waiting(at).filter(pk=pk).update(leased_until=at + LEASE, attempts=F("attempts") + 1)
    return Delivery.objects.select_related("user").get(pk=pk) if taken else None


def _send(delivery: Delivery) -> bool:
    mail = _mail(delivery)
    try:
        mail.send()
    except Exception as error:
        logger.exception("delivery %s was not sent", delivery.pk)
        wait = min(timedelta(seconds=10 * 2**delivery.attempts), LONGEST_WAIT)
        Delivery.objects.filter(pk=delivery.pk).update(
            last_error=f"{type(error).__name__}: {error}"[:2000], leased_until=clock.now() + wait
        )
        return False
    Delivery.objects.filter(pk=delivery.pk, sent_at=None).update(
        sent_at=clock.now(), last_error="", service_id=service_id_of(mail)
    )
    return True


def _mail(delivery: Delivery) -> EmailMessage:
    text = f"{delivery.body}\n\n{settings.PUBLIC_URL}{delivery.path}\n\n{settings.WAGTAIL_SITE_NAME}\n"
    mail = EmailMessage(
        subject=" ".join(delivery.subject.split()), body=text, to=[delivery.user.email],
        headers={"Message-ID": message_id(delivery)}, connection=get_connection(),
    )  # fmt: skip
    if delivery.attached is not None:
        receipt = json.dumps(delivery.attached, indent=2, sort_keys=True) + "\n"
        mail.attach("receipt.json", receipt, "application/json")
    return mail
