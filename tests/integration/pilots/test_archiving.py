"""Closed months of readings: packed as Parquet, taken away as rows, and read as before."""

import hashlib
import io
from dataclasses import replace
from datetime import date, timedelta

import pyarrow.parquet as parquet
import pytest
from django.core.management import call_command
from django.test import Client

from audit import clock
from audit.models import Event
from pilots import actions, evaluating, queries, storage
from pilots.actions import archiving
from pilots.models import DailyRollup, Device, PendingRollup, Pilot, Reading, ReadingArchive
from pilots.storage import archives, parquets
from pilots.storage.archives import ArchiveDamagedError
from tests.factories import move_clock_to
from tests.factories import pilots as factory

pytestmark = pytest.mark.django_db


def download(pilot: Pilot) -> bytes:
    return b"".join(Client().get(f"/pilots/{pilot.slug}/readings.csv").streaming_content)


def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "PIECE", 40)
    monkeypatch.setattr(parquets, "GROUP", 7)
    monkeypatch.setattr(archiving, "BREATH", 0)


def test_P6_a_closed_pilots_months_are_packed_once_and_everything_reads_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_small_pieces(monkeypatch)
    pilot = factory.pilot_in("closed", choice="stop")
    PendingRollup.objects.all().delete()
    rows, file, days = Reading.objects.count(), download(pilot), list(DailyRollup.objects.order_by("pk").values())
    result = evaluating.registered_result(pilot).snapshot
    move_clock_to(clock.now() + timedelta(days=40))

    months = [month for _, month in actions.closed_months(clock.now())]
    began = packed_whole_or_not_at_all(pilot, months[2])  # and broke off there
    assert download(pilot) == file
    out = io.StringIO()
    call_command("archive_readings", stdout=out)

    left = rows - began.number
    words = f"Looked at {len(months)} closed months of pilots that are over and packed {left} readings.\n"
    assert out.getvalue() == words
    assert (Reading.objects.count(), rows > 0, download(pilot) == file) == (0, True, True)
    assert list(DailyRollup.objects.order_by("pk").values()) == days
    assert (evaluating.registered_result(pilot).snapshot, queries.number_of_readings(pilot)) == (result, rows)
    assert (list(actions.closed_months(clock.now())), actions.archive_readings(at=clock.now())) == ([], 0)
    packed = pilot.archives.exclude(number=0)
    assert sum(each.number for each in packed) == rows
    assert len(packed) > len(set(packed.values_list("month", flat=True))), "a month is packed in pieces"
    assert parquet.ParquetFile(io.BytesIO(bytes(packed[1].parquet))).num_row_groups > 1
    said = Event.objects.about(pilot).filter(verb="pilot.readings_archived").order_by("pk")
    assert [event.data["sha256"] for event in said] == [each.parquet_sha256 for each in packed if each != began]
    first = bytes(packed[0].parquet)
    assert hashlib.sha256(first).hexdigest() == packed[0].parquet_sha256
    assert parquet.read_table(io.BytesIO(first)).column_names == list(storage.archives.COLUMNS)


def packed_whole_or_not_at_all(pilot: Pilot, month: date) -> ReadingArchive:
    """A piece; nothing goes that is not in its file."""
    parcel, rows = storage.wrap(pilot, next(storage.slices(pilot, month))), Reading.objects.count()
    with pytest.raises(storage.ReadingsMovedError):
        storage.pack(pilot, replace(parcel, number=parcel.number + 1), clock.now())
    assert (Reading.objects.count(), pilot.archives.count()) == (rows, 0)
    began = storage.pack(pilot, parcel, clock.now())
    assert Reading.objects.count() == rows - began.number < rows
    return began


def test_what_has_to_be_erased_goes_out_of_packed_months_too_and_a_damaged_file_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_small_pieces(monkeypatch)
    pilot = factory.pilot_in("closed", choice="stop")
    move_clock_to(clock.now() + timedelta(days=40))
    rows = actions.archive_readings(at=clock.now(), limit=100)
    packed = pilot.archives.exclude(number=0)
    device = Device.objects.filter(site__pilot=pilot).first()
    far = packed.last()
    begins, ends = storage.bounds(packed[1].month)
    gone = storage.erase(device.pk, begins, ends)
    assert pilot.archives.filter(pk=far.pk).exists(), "what is far from it stays packed"
    assert (gone > 0, storage.erase(device.pk, begins, ends)) == (True, 0)
    assert actions.archive_readings(at=clock.now()) > 0, "what is left of the month is packed again"
    assert (Reading.objects.count(), len(list(queries.readings_for_download(pilot)))) == (0, rows - gone)

    packed = pilot.archives.exclude(number=0)
    first = bytes(packed[0].parquet)
    ReadingArchive.objects.filter(pk=packed[0].pk).update(parquet=first[:-1] + b"x")
    with pytest.raises(ArchiveDamagedError, match="is not the one that was written"):
        list(storage.readings_of(pilot, packed[0].month))


def test_nothing_is_packed_while_it_may_be_corrected_nor_before_its_month_has_passed() -> None:
    pilot = factory.pilot_in("decided", choice="stop")
    later = clock.now() + timedelta(days=40)
    assert list(actions.closed_months(later)) == []
    factory.close(pilot)
    passed = [month for _, month in actions.closed_months(later)]
    assert passed == list(storage.months_between(pilot.baseline_starts_on - timedelta(days=1), pilot.ends_on))
    during = storage.bounds(passed[-1])[0] + timedelta(days=20)
    assert [month for _, month in actions.closed_months(during)] == passed[:-1]
    # Some at a time, oldest first.
    assert actions.archive_readings(at=later, limit=2) > 0
    assert [month for _, month in actions.closed_months(later)] == passed[2:]
    # Nor too many readings: what is left comes with the next call.
    assert 0 < actions.archive_readings(at=later, limit=len(passed), most=1) < Reading.objects.count()
