"""The only writer of releases: one per notice, added once, never edited."""

import logging
from datetime import datetime

from django.db import transaction

from audit.actions import read_new_events
from audit.models import Event
from challenges.models import Challenge
from opendata.models import Release
from opendata.releases import Notice, build, notice_for, ocid_of
from work.actions import finish, schedule
from work.models import DueWork

READER = "opendata"
LATE = "opendata.notice"
BATCH = 200
logger = logging.getLogger(__name__)


def publish_due_notices() -> int:
    """Turn every new event that asks for a notice into its release; returns how many events were read."""
    total = 0
    while read := read_new_events(READER, _publish_or_postpone, limit=BATCH):
        total += read
    return total


@transaction.atomic
def publish_notice(*, event: Event) -> Release | None:
    """Add the release of this event's notice; None where it asks for none. Asking again gives the same release."""
    if event.challenge_id is None:
        return None
    challenge = Challenge.objects.select_for_update(of=("self",)).get(pk=event.challenge_id)
    kind = notice_for(event, challenge)
    if kind is None:
        return None
    done = Release.objects.filter(event_id=event.pk, notice=kind).first()
    if done:
        return done
    ocid, before = ocid_of(challenge), Release.objects.filter(challenge_id=challenge.pk)
    last = before.order_by("pk").last()
    release_id = f"{ocid}-{before.count() + 1:04d}"
    notice = Notice(event, challenge, kind, ocid, release_id, last.release_id if last else "")
    return Release.objects.create(
        challenge_id=challenge.pk, event_id=event.pk, notice=kind, ocid=ocid, release_id=release_id, date=event.at,
        body=build(notice),
    )  # fmt: skip


def publish_late(work: DueWork, at: datetime) -> None:
    """Try again what failed once; the handler of due work of kind `opendata.notice`."""
    with transaction.atomic():
        publish_notice(event=Event.objects.get(pk=work.subject_id))
        finish(work, at)


def _publish_or_postpone(event: Event) -> None:
    """One notice that cannot be built must not hold up all others: it is tried again as due work of its own."""
    try:
        with transaction.atomic():
            publish_notice(event=event)
    except Exception:
        logger.exception("the notice of event %s could not be built", event.pk)
        schedule(kind=LATE, subject_id=event.pk, due_at=event.at)
