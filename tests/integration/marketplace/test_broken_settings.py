"""A broken setting is answered in one sentence, never with a trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UNREADABLE = (
    "DATABASE_URL cannot be read. Write it as postgres://user:password@host:5432/name or sqlite:////path/to/file."
)
UNKNOWN = "DATABASE_URL names no database this product runs on: it takes postgres://... or sqlite:///..."


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres://someone:secret@127.0.0.1:notaport/name", UNREADABLE),
        ("mysql://someone:secret@127.0.0.1/name", UNKNOWN),
        ("nonsense", UNKNOWN),
    ],
)
def test_a_broken_database_url_is_answered_in_a_sentence(tmp_path: Path, url: str, sentence: str) -> None:
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }

    ended = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout, ended.stderr.strip()) == (1, "", sentence)


def test_a_file_that_is_no_database_is_answered_in_a_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "letter.txt"
    wrong.write_text("Dear council, this is a letter and no database.\n" * 40)
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{wrong}",
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }

    ended = subprocess.run(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("The database does not answer; check DATABASE_URL (file is not a database).")
    assert "Traceback" not in ended.stderr
    assert wrong.read_text().startswith("Dear council")


def test_a_database_that_is_not_there_is_answered_in_a_sentence(tmp_path: Path) -> None:
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/none/none.sqlite3", "DATA_DIR": str(tmp_path)}
    env["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"

    ended = subprocess.run(
        [sys.executable, "manage.py", "verify_record"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )

    sentence = "The database cannot be used; check DATABASE_URL, or start ./run once (unable to open database file)."
    assert (ended.returncode, ended.stdout, ended.stderr.strip()) == (1, "", sentence)
