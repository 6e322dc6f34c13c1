"""S3: where files lie, and who may have them."""

from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client

from audit import clock
from files import access
from files.actions import Incoming, judge, remove, store
from files.models import FileState, StoredFile
from files.queries import read_bytes
from tests.factories import council, user
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
INCOMING = Incoming("minutes.txt", "text/plain", b"what was agreed")


def reversed_box(public_id: UUID, data: bytes) -> bytes:
    return data[::-1]


@pytest.fixture
def stored() -> StoredFile:
    kept = store(incoming=INCOMING, owner=council(), actor=user(), at=clock.now())
    judge(stored=kept, verdict=None, at=clock.now())
    return kept


def test_S3_names_on_disk_are_random_and_under_no_public_address(stored: StoredFile) -> None:
    path = Path(storages["private"].path(stored.storage_name))

    assert path.is_relative_to(settings.PRIVATE_FILES_ROOT)
    assert not path.is_relative_to(settings.MEDIA_ROOT)
    assert "minutes" not in str(path)
    assert len(path.name) == 32
    assert Client().get(f"/media/{stored.storage_name}/").status_code == 404


def test_a_sealed_row_tells_nothing_of_what_is_inside() -> None:
    stored = store(incoming=INCOMING, owner=council(), actor=user(), at=clock.now(), sealer=reversed_box)

    assert (stored.display_name, stored.content_type, stored.is_sealed) == ("", "application/octet-stream", True)
    assert read_bytes(stored) == b"deerga saw tahw"


def test_no_row_is_without_its_file_and_no_file_stays_without_its_row(stored: StoredFile) -> None:
    folder = Path(settings.PRIVATE_FILES_ROOT)
    before = sorted(path for path in folder.rglob("*") if path.is_file())

    with pytest.raises(IntegrityError):
        store(incoming=Incoming("a.txt", None, b"x"), owner=council(), actor=user(), at=clock.now())

    assert sorted(path for path in folder.rglob("*") if path.is_file()) == before


def test_removing_takes_the_bytes_too(stored: StoredFile, django_capture_on_commit_callbacks: object) -> None:
    name = stored.storage_name

    with django_capture_on_commit_callbacks(execute=True):
        remove(stored=stored)

    assert (storages["private"].exists(name), StoredFile.objects.count()) == (False, 0)


def test_S3_without_a_rule_for_its_owner_type_nobody_has_a_file(stored: StoredFile) -> None:
    superuser = user()
    superuser.is_superuser = True
    superuser.save()
    client = signed_in(superuser)

    assert client.get(f"/files/{stored.public_id}/").status_code == 404


def test_S3_a_rule_is_asked_at_every_download(stored: StoredFile, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = user(), user()
    monkeypatch.setitem(access.RULES, "accounts.council", {"test": lambda actor, file: actor == one})
    first, second = Client(), Client()
    first.force_login(one)
    second.force_login(other)

    assert first.get(f"/files/{stored.public_id}/").content == b"what was agreed"
    assert second.get(f"/files/{stored.public_id}/").status_code == 404
    monkeypatch.setitem(access.RULES, "accounts.council", {"test": lambda actor, file: False})
    assert first.get(f"/files/{stored.public_id}/").status_code == 404


def test_R3_a_refused_file_is_given_to_nobody(stored: StoredFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.RULES, "accounts.council", {"test": lambda actor, file: True})
    stored.state = FileState.REFUSED
    stored.save()

    assert Client().get(f"/files/{stored.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.unlink(), "it is missing"),
        (lambda path: path.write_bytes(b"short"), "it has 5 bytes, not 15"),
        (lambda path: path.write_bytes(b"x" * 15), "its bytes have changed"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_was_stored_is_named(stored: StoredFile, spoil: object, reason: str) -> None:
    said = StringIO()
    call_command("verify_files", stdout=said)
    spoil(Path(storages["private"].path(stored.storage_name)))

    with pytest.raises(CommandError, match=f"file {stored.public_id} of accounts.council .*: {reason}") as wrong:
        call_command("verify_files")

    assert (said.getvalue(), wrong.value.returncode) == ("1 files are there and unchanged.\n", 1)
