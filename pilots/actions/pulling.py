"""Readings fetched from the supplier's service: where from, and looks when they are due.

Looks come on a grid that begins with the feed. After a failure that may pass the next comes sooner, each time later
than the one before; nobody is told of the first two. Whatever happens, the look after this one is scheduled first.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from audit import clock
from audit.actors import Actor, TokenActor
from audit.transitions import Refused, lock
from pilots import checking, feed_keys, mappings, queries, rules
from pilots.actions.feed_keys import forget_keys, set_feed_key
from pilots.actions.intake import Intake, ingest
from pilots.actions.noting import note
from pilots.actions.tokens import refuse_unless_manager
from pilots.fetched_tables import columns_of, read_answer
from pilots.models import Device, Pilot, ReadingFeed, Source
from pilots.reading_files import FileRefusedError
from pilots.rows import shown
from pilots.tables import Table
from suppliers.sealing import CannotOpenError
from work.actions import LeaseLostError, TryAgainError, finish, schedule
from work.fetching import PASSING, FetchError, fetch, judge
from work.fetching import Refused as AddressRefused
from work.models import DueWork

PULL = "pilot.pull"
TRIES, SECONDS, MOST_FEEDS = 3, 20.0, 20
TOLD_AFTER = 3
LONGEST_OUTCOME = 1000
OUR_FAULT = "Whatever came, this site failed to read it: its operators find why in the log. It is asked again as ever."
BUSY = (408, 425, 429, 500, 502, 503, 504)
NO_ENTRY = (401, 403, 407)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asking:
    """Where readings are fetched from and how often; what its answer looks like; the key it asks for, if any."""

    address: str
    every: int
    shape: mappings.Shape = field(default_factory=mappings.Shape)
    header: str = ""
    key: str = field(default="", repr=False)


@transaction.atomic
def set_feed(*, pilot: Pilot, asking: Asking, actor: Actor, at: datetime) -> ReadingFeed:
    """Have readings fetched from an address, first now. Only hosts that were agreed for the pilot are asked."""
    lock(pilot)
    refuse_unless_manager(actor, pilot)
    if pilot.state not in rules.TAKING_READINGS:
        raise Refused(
            "Readings are fetched from the registration of the plan until the analysis date, but not while the pilot "
            "is suspended."
        )
    address = asking.address
    standing = ReadingFeed.objects.filter(pilot=pilot, stopped_at=None)
    if standing.filter(address=address).exists():
        raise Refused("Readings are fetched from this address already.")
    if standing.count() >= MOST_FEEDS:
        raise Refused(f"At most {MOST_FEEDS} addresses are fetched for one pilot.")
    _refuse_address(pilot, address)
    shape = asking.shape
    feed = ReadingFeed.objects.create(
        pilot=pilot, address=address, every=asking.every, columns=dict(shape.named), zone=shape.zone,
        dates=shape.dates, decimal=shape.decimal, rows_at=shape.rows_at, set_at=at,
    )  # fmt: skip
    note("pilot.feed_set", feed.pilot, actor, at, feed=feed.pk, address=address, every=asking.every)
    if asking.key:
        set_feed_key(feed=feed, header=asking.header, value=asking.key, actor=actor, at=at)
    schedule(kind=PULL, subject_id=feed.pk, due_at=at)
    return feed


@transaction.atomic
def replace_feed_key(*, feed: ReadingFeed, header: str, value: str, actor: Actor, at: datetime) -> None:
    """Keep another key for an address, and ask it now, so that whoever entered it sees whether it works."""
    set_feed_key(feed=feed, header=header, value=value, actor=actor, at=at)
    schedule(kind=PULL, subject_id=feed.pk, due_at=at)


@transaction.atomic
def stop_feed(*, feed: ReadingFeed, actor: Actor, at: datetime) -> None:
    """Fetch nothing more from an address; its key is deleted."""
    lock(feed.pilot)
    refuse_unless_manager(actor, feed.pilot)
    if not ReadingFeed.objects.filter(pk=feed.pk, stopped_at=None).update(stopped_at=at):
        raise Refused("Nothing is fetched from this address any more.")
    forget_keys(feed.pilot, actor, at, feed=feed)
    note("pilot.feed_stopped", feed.pilot, actor, at, feed=feed.pk, address=feed.address)


def go_on_fetching(pilot: Pilot, at: datetime) -> None:
    """Fetch again from every address of a pilot that takes readings again."""
    for feed in pilot.feeds.filter(stopped_at=None):
        schedule(kind=PULL, subject_id=feed.pk, due_at=at)


def pull_due(work: DueWork, at: datetime) -> None:
    """Do a due row of kind pilot.pull; the handler that the room registers with `work`.

    The next look is scheduled first, so that no failure ends the feed; looks that were missed are not made up for.
    Raises TryAgainError while the service could not be reached and tries are left.
    """
    feed = ReadingFeed.objects.select_related("pilot__challenge__sealing_key").get(pk=work.subject_id)
    if feed.stopped_at is not None or not rules.takes_readings(feed.pilot, at):
        with transaction.atomic():
            finish(work, at)
        return
    schedule(kind=PULL, subject_id=feed.pk, due_at=_next(feed, at))
    try:
        _look(work, feed)
    except (TryAgainError, LeaseLostError):
        raise
    except Exception:
        if work.attempts < TRIES:
            raise
        logger.exception("a look at feed %s failed", feed.pk)
        _note(work, feed, OUR_FAULT, clock.now(), has_failed=True)


def _look(work: DueWork, feed: ReadingFeed) -> None:
    """Ask, and take what comes; what is wrong with it is noted."""
    try:
        table = _fetched(feed)
    except _PassingError as error:
        if work.attempts < TRIES:
            raise TryAgainError(str(error)) from error
        _note(work, feed, str(error), clock.now(), has_failed=True, may_pass=True)
    except (FetchError, FileRefusedError) as error:
        _note(work, feed, str(error), clock.now(), has_failed=True)
    else:
        _take(work, feed, table)


class _PassingError(Exception):
    """The service could not be reached or was busy: asking again later may help."""


@transaction.atomic
def _take(work: DueWork, feed: ReadingFeed, table: Table) -> None:
    at = clock.now()
    metrics = [(each.code, each.unit) for each in feed.pilot.metrics.order_by("pk")]
    devices = list(Device.objects.filter(site__pilot=feed.pilot).values_list("code", flat=True))
    try:
        columns = columns_of(table, _shape(feed), metrics, devices)
        sender = TokenActor(feed.actor_key, f"readings fetched from {feed.address[:60]}")
        rows = mappings.rows_of(table, columns)
        intake = ingest(pilot=feed.pilot, rows=rows, source=Source.PULL, actor=sender, at=at)
    except (FileRefusedError, Refused) as refused:
        _note(work, feed, str(refused), at, has_failed=True)
    else:
        _note(work, feed, _words(intake), at, has_failed=intake.received == len(intake.refused))


def _note(
    work: DueWork, feed: ReadingFeed, outcome: str, at: datetime, *, has_failed: bool, may_pass: bool = False
) -> None:
    """How the look went, with the end of its due row; a failure that stays is told once, until a look succeeds."""
    outcome = shown(outcome, LONGEST_OUTCOME)  # it may name what stood in the service's answer
    failures = feed.failures + 1 if has_failed else 0
    sooner = at + timedelta(minutes=2 ** min(failures, 10))
    again_at = sooner if may_pass and sooner < _next(feed, at) else None
    is_told = has_failed and (feed.is_told or not may_pass or failures >= TOLD_AFTER)
    with transaction.atomic():
        finish(work, at)
        ReadingFeed.objects.filter(pk=feed.pk).update(
            fetched_at=at, outcome=outcome, has_failed=has_failed, failures=failures, is_told=is_told,
            tried_again_at=again_at,
        )  # fmt: skip
        if again_at:
            schedule(kind=PULL, subject_id=feed.pk, due_at=again_at)
        if is_told and not feed.is_told:
            sender = TokenActor(feed.actor_key, "readings feed")
            note("pilot.feed_failed", feed.pilot, sender, at, feed=feed.pk, address=feed.address, outcome=outcome)


def _fetched(feed: ReadingFeed) -> Table:
    """What the service answers now, with the key that it asks for."""
    registration = queries.registration_of(feed.pilot)
    policy = checking.policy_of(registration.hosts if registration else (), SECONDS)
    try:
        secret = feed_keys.secret_of(feed)
        answer = fetch(feed.address, policy, secret=secret)
    except CannotOpenError:
        raise FileRefusedError("The key of this address cannot be opened any more: enter it again.") from None
    except FetchError as error:
        if error.kind in PASSING:
            raise _PassingError(error.sentence) from error
        raise
    if answer.status in BUSY:
        raise _PassingError(f"The service answers {answer.status}: it is busy or broken.")
    if answer.status in NO_ENTRY:
        raise FileRefusedError(_no_entry(answer.status, has_key=secret is not None))
    if answer.status != 200:
        raise FileRefusedError(f"The service answers {answer.status} instead of 200.")
    return read_answer(feed_keys.without(answer.body, secret), feed.rows_at)


def _no_entry(status: int, *, has_key: bool) -> str:
    if has_key:
        return f"The service answers {status}: it does not take the key. Enter the one that is valid now."
    return f"The service answers {status}: it asks for a key. Enter it here."


def _shape(feed: ReadingFeed) -> mappings.Shape:
    return mappings.Shape(feed.columns, feed.zone, feed.dates, feed.decimal, feed.rows_at)


def _words(intake: Intake) -> str:
    rows = "row" if intake.received == 1 else "rows"
    words = f"{intake.received:,} {rows}: {intake.added:,} added, {intake.unchanged:,} here already"
    if not intake.refused:
        return f"{words}."
    first = intake.refused[0]
    return f"{words}, {len(intake.refused):,} refused. Row {first.number}: {first.sentence}"


def _next(feed: ReadingFeed, at: datetime) -> datetime:
    """The first moment after now on the grid that begins with the feed."""
    return feed.set_at + ((at - feed.set_at) // feed.step + 1) * feed.step


def _refuse_address(pilot: Pilot, address: str) -> None:
    registration = queries.registration_of(pilot)
    if registration is None:
        raise Refused("Register first where the service is: only hosts that were agreed there are asked.")
    try:
        judge(address, checking.policy_of(registration.hosts))
    except AddressRefused as refused:
        raise Refused(refused.sentence) from None
