"""Readings fetched from the supplier's service: where from, and looks when they are due."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from audit import clock
from audit.actors import Actor, TokenActor
from audit.transitions import Refused, lock
from pilots import checking, mappings, queries, rules
from pilots.actions.intake import Intake, ingest
from pilots.actions.noting import note
from pilots.actions.tokens import refuse_unless_manager
from pilots.fetched_tables import columns_of, read_answer
from pilots.models import Device, Pilot, ReadingFeed, Source
from pilots.reading_files import FileRefusedError
from pilots.rows import shown
from pilots.tables import Table
from work.actions import TryAgainError, finish, schedule
from work.fetching import PASSING, FetchError, fetch, judge
from work.fetching import Refused as AddressRefused
from work.models import DueWork

PULL = "pilot.pull"
TRIES, SECONDS, MOST_FEEDS = 3, 20.0, 20
LONGEST_OUTCOME = 1000


@transaction.atomic
def set_feed(  # noqa: PLR0913 - where from, how often, and what its columns are called
    *, pilot: Pilot, address: str, every: int, columns: Mapping[str, str], zone: str, actor: Actor, at: datetime
) -> ReadingFeed:
    """Have readings fetched from an address, first now. Only hosts that were agreed for the pilot are asked."""
    lock(pilot)
    refuse_unless_manager(actor, pilot)
    if pilot.state not in rules.TAKING_READINGS:
        raise Refused("Readings are fetched from the registration of the plan until the analysis date.")
    standing = ReadingFeed.objects.filter(pilot=pilot, stopped_at=None)
    if standing.filter(address=address).exists():
        raise Refused("Readings are fetched from this address already.")
    if standing.count() >= MOST_FEEDS:
        raise Refused(f"At most {MOST_FEEDS} addresses are fetched for one pilot.")
    _refuse_address(pilot, address)
    feed = ReadingFeed.objects.create(
        pilot=pilot, address=address, every=every, columns=dict(columns), zone=zone, set_at=at
    )  # fmt: skip
    note("pilot.feed_set", feed.pilot, actor, at, feed=feed.pk, address=address, every=every)
    schedule(kind=PULL, subject_id=feed.pk, due_at=at)
    return feed


@transaction.atomic
def stop_feed(*, feed: ReadingFeed, actor: Actor, at: datetime) -> None:
    """Fetch nothing more from an address."""
    lock(feed.pilot)
    refuse_unless_manager(actor, feed.pilot)
    if not ReadingFeed.objects.filter(pk=feed.pk, stopped_at=None).update(stopped_at=at):
        raise Refused("Nothing is fetched from this address any more.")
    note("pilot.feed_stopped", feed.pilot, actor, at, feed=feed.pk, address=feed.address)


def pull_due(work: DueWork, at: datetime) -> None:
    """Do a due row of kind pilot.pull; the handler that the room registers with `work`.

    The next look is scheduled first, so that no failure ends the feed; looks that were missed are not made up for.
    Raises TryAgainError while the service could not be reached and tries are left.
    """
    feed = ReadingFeed.objects.select_related("pilot").get(pk=work.subject_id)
    if feed.stopped_at is not None or not rules.takes_readings(feed.pilot, at):
        with transaction.atomic():
            finish(work, at)
        return
    schedule(kind=PULL, subject_id=feed.pk, due_at=_next(work.due_at, feed.step, at))
    try:
        table = _fetched(feed)
    except FetchError as error:
        if error.kind in PASSING and work.attempts < TRIES:
            raise TryAgainError(error.sentence) from error
        _note(work, feed, error.sentence, clock.now(), has_failed=True)
    except FileRefusedError as refused:
        _note(work, feed, str(refused), clock.now(), has_failed=True)
    else:
        _take(work, feed, table)


@transaction.atomic
def _take(work: DueWork, feed: ReadingFeed, table: Table) -> None:
    at = clock.now()
    metrics = [(each.code, each.unit) for each in feed.pilot.metrics.order_by("pk")]
    devices = list(Device.objects.filter(site__pilot=feed.pilot).values_list("code", flat=True))
    try:
        columns = columns_of(table, feed.columns, feed.zone, metrics, devices)
        sender = TokenActor(feed.actor_key, f"readings fetched from {feed.address[:60]}")
        rows = mappings.rows_of(table, columns)
        intake = ingest(pilot=feed.pilot, rows=rows, source=Source.PULL, actor=sender, at=at)
    except (FileRefusedError, Refused) as refused:
        _note(work, feed, str(refused), at, has_failed=True)
    else:
        _note(work, feed, _words(intake), at, has_failed=intake.received == len(intake.refused))


def _note(work: DueWork, feed: ReadingFeed, outcome: str, at: datetime, *, has_failed: bool) -> None:
    """How the look went, with the end of its due row; the first failure after a success is on the record."""
    outcome = shown(outcome, LONGEST_OUTCOME)  # it may name what stood in the service's answer
    with transaction.atomic():
        finish(work, at)
        ReadingFeed.objects.filter(pk=feed.pk).update(fetched_at=at, outcome=outcome, has_failed=has_failed)
        if has_failed and not feed.has_failed:
            sender = TokenActor(feed.actor_key, "readings feed")
            note("pilot.feed_failed", feed.pilot, sender, at, feed=feed.pk, address=feed.address, outcome=outcome)


def _fetched(feed: ReadingFeed) -> Table:
    registration = queries.registration_of(feed.pilot)
    policy = checking.policy_of(registration.hosts if registration else (), SECONDS)
    answer = fetch(feed.address, policy)
    if answer.status != 200:
        raise FileRefusedError(f"The service answers {answer.status} instead of 200.")
    return read_answer(answer.body)


def _words(intake: Intake) -> str:
    words = f"{intake.received:,} rows: {intake.added:,} added, {intake.unchanged:,} here already"
    if not intake.refused:
        return f"{words}."
    first = intake.refused[0]
    return f"{words}, {len(intake.refused):,} refused. Row {first.number}: {first.sentence}"


def _next(due_at: datetime, step: timedelta, at: datetime) -> datetime:
    """The first moment after now on the grid that begins with the feed."""
    return due_at + ((at - due_at) // step + 1) * step


def _refuse_address(pilot: Pilot, address: str) -> None:
    registration = queries.registration_of(pilot)
    if registration is None:
        raise Refused("Register first where the service is: only hosts that were agreed there are asked.")
    try:
        judge(address, checking.policy_of(registration.hosts))
    except AddressRefused as refused:
        raise Refused(refused.sentence) from None
