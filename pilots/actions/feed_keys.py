"""The key that a supplier's service asks for: entered, replaced, taken away; on the record is only that it was."""

from datetime import datetime

from django.db import transaction

from audit.actors import Actor
from audit.transitions import NotPermitted, Refused, lock
from pilots import feed_keys, rules
from pilots.actions.noting import note
from pilots.models import FeedKey, Pilot, ReadingFeed


@transaction.atomic
def set_feed_key(*, feed: ReadingFeed, header: str, value: str, actor: Actor, at: datetime) -> FeedKey:
    """Keep the key that this address asks for, in place of the one before. It is never readable again."""
    lock(feed.pilot)
    feed.refresh_from_db()
    _refuse_stranger(actor, feed.pilot)
    if feed.stopped_at is not None or rules.is_at_its_end(feed.pilot):
        raise Refused("Nothing is fetched from this address any more: it needs no key.")
    if sentences := feed_keys.problems(header, value):
        raise Refused(*sentences)
    given = {
        "header": header, "box": feed_keys.close(feed, header, value), "set_at": at, "set_by": actor.actor_key,
    }  # fmt: skip
    key, is_new = FeedKey.objects.update_or_create(feed=feed, defaults=given)
    note("pilot.feed_key_set", feed.pilot, actor, at, feed=feed.pk, replaced=not is_new)
    return key


@transaction.atomic
def remove_feed_key(*, feed: ReadingFeed, actor: Actor, at: datetime) -> None:
    """Delete the key; from now on this address is asked without one."""
    lock(feed.pilot)
    _refuse_stranger(actor, feed.pilot)
    if not forget_keys(feed.pilot, actor, at, feed=feed):
        raise Refused("There is no key for this address.")


def forget_keys(pilot: Pilot, actor: Actor, at: datetime, feed: ReadingFeed | None = None) -> int:
    """Delete the keys of a pilot's addresses, or of one: nothing is fetched with them any more. Returns how many."""
    keys = FeedKey.objects.filter(feed__pilot=pilot).order_by("feed")
    keys = keys.filter(feed=feed) if feed else keys
    deleted = list(keys.values_list("feed", flat=True))
    keys.delete()
    for each in deleted:
        note("pilot.feed_key_deleted", pilot, actor, at, feed=each)
    return len(deleted)


def _refuse_stranger(actor: Actor, pilot: Pilot) -> None:
    if not rules.may_keep_feed_key(actor, pilot):
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager enter a key of its service.")
