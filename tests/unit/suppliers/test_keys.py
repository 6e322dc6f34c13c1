"""The platform's keys: their file, and the environment."""

import base64
import stat
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from suppliers import keys

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def key_file(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    return settings.MASTER_KEY_FILE


def test_the_master_key_is_made_once_for_its_owner_alone(key_file: Path) -> None:
    made = keys.master_key()

    assert keys.master_key() == made
    assert len(made) == 32
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert sorted(path.name for path in key_file.parent.iterdir()) == ["master.key"]


def test_the_signing_key_stands_beside_it(key_file: Path) -> None:
    made = keys.signing_key().private_bytes_raw()

    assert keys.signing_key().private_bytes_raw() == made
    assert stat.S_IMODE(key_file.with_name("signing.key").stat().st_mode) == 0o600


def test_the_environment_comes_first(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER_KEY", KEY)

    assert keys.master_key() == bytes(range(32))
    assert not key_file.exists()


def test_a_master_key_in_the_environment_needs_a_signing_key_there(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTER_KEY", KEY)

    with pytest.raises(ImproperlyConfigured, match="SIGNING_KEY is not"):
        keys.signing_key()


@pytest.mark.parametrize("text", ["short", "bm90IDMyIGJ5dGVz", "€"])
def test_a_bad_key_is_named(key_file: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("MASTER_KEY", text)

    with pytest.raises(ImproperlyConfigured, match="The key in the environment variable MASTER_KEY is not 32 bytes"):
        keys.master_key()
