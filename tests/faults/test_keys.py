"""New keys while everything goes on, and receipts verified far from the marketplace, by commands as real processes."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from audit import clock
from audit.models import Event
from audit.transitions import Refused
from challenges.models import Challenge
from suppliers import actions, keys, queries, vault
from suppliers.actions.rotating import BATCH
from suppliers.models import ChallengeKey, MasterKeyRotation, SigningKey, Submission
from tests import databases, factories
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
FILE = b"week,thefts\n1,10\n"


@pytest.fixture
def platform(tmp_path: Path, settings: LazySettings) -> dict[str, str]:
    """An installation with keys of its own; the environment that its commands run in."""
    settings.MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    return {
        **os.environ, "DATABASE_URL": databases.address(), "MASTER_KEY_FILE": str(settings.MASTER_KEY_FILE),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }  # fmt: skip


def manage(env: dict[str, str], *arguments: object, alone: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `alone` takes its network away, where this machine can."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    if alone and subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode == 0:
        command = ["unshare", "--net", *command]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)


def content_of(submission: Submission) -> dict[str, object]:
    fresh = Submission.objects.get(pk=submission.pk)
    return json.loads(queries.read_submitted(fresh, make.admin_of(fresh.supplier)))


def many_challenges(like: Challenge, count: int) -> None:
    """Further challenges with sealing keys, enough for a rotation to take a while."""
    drafts = [
        Challenge(council=like.council, title=f"Further {n}", slug=f"further-{n}", created_at=clock.now())
        for n in range(count)
    ]
    for challenge in Challenge.objects.bulk_create(drafts):
        vault.make_keys(challenge, clock.now())


def test_S5_a_master_key_rotation_that_is_killed_half_way_is_finished_by_the_next_run(platform: dict[str, str]) -> None:
    submission = make.submitted(factories.open_challenge(), files={"in.csv": FILE})
    many_challenges(submission.challenge, 10 * BATCH)
    before, first = content_of(submission), keys.id_of(keys.master_key())
    command = [sys.executable, "manage.py", "rotate_master_key", "--new"]
    with subprocess.Popen(command, cwd=ROOT, env=platform, stderr=subprocess.PIPE, text=True) as running:
        running.stderr.readline()
        running.kill()
    half_way = ChallengeKey.objects.filter(master_key_id=first).count()
    second = keys.id_of(keys.master_key())

    assert 0 < half_way < 10 * BATCH
    assert content_of(submission) == before
    assert keys.next_file(keys.master_file()).exists()
    assert MasterKeyRotation.objects.get().done_at is None

    resumed = manage(platform, "rotate_master_key", "--new")

    assert (resumed.returncode, resumed.stdout.split(";")[0]) == (
        0, f"Every sealing key is wrapped by master key {second}",
    )  # fmt: skip
    assert set(ChallengeKey.objects.values_list("master_key_id", flat=True)) == {second}
    assert content_of(submission) == before
    assert queries.read_draft(submission, make.admin_of(submission.supplier)).price["pilot"] == "50000.00"
    assert keys.master_file().with_name(f"master.key.{first}").exists()
    assert not keys.next_file(keys.master_file()).exists()
    verbs = Event.objects.filter(verb__startswith="platform.master").order_by("pk").values_list("verb", "actor_key")
    assert list(verbs) == [("platform.master_key_rotation_began", "system"), ("platform.master_key_rotated", "system")]

    again = io.StringIO()
    call_command("rotate_master_key", stdout=again)

    assert "0 were wrapped again" in again.getvalue()
    assert Event.objects.filter(verb="platform.master_key_rotated").count() == 1
    make.unseal(submission.challenge)
    assert submission.answers.count() == 2


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_rotation_goes_on_after_each_step_with_the_key_files(platform: dict[str, str], steps: int) -> None:
    submission = make.submitted(factories.open_challenge())
    before, path = content_of(submission), keys.master_file()
    if steps > 0:
        keys.prepare_next(path)
    if steps > 1:
        keys.put_in_place(path, keep=True)
    coming = keys.next_file(path).read_text() if steps else ""

    done = actions.rotate_master_key(new=True, at=clock.now())

    assert content_of(submission) == before
    assert coming in ("", path.read_text())
    assert done.key_id == ChallengeKey.objects.get().master_key_id == keys.id_of(keys.master_key())
    assert sorted(each.name for each in path.parent.glob("master*")) == sorted(
        ["master.key", *(each.name for each in path.parent.glob("master.key.????????????????"))]
    )


def test_a_master_key_of_the_environment_is_changed_there_and_wrapped_by_the_command(platform: dict[str, str]) -> None:
    submission = make.submitted(factories.open_challenge())
    before, old = content_of(submission), keys.master_file().read_text()
    new, signing = "A" * 43 + "=", keys.signing_file().read_text()
    in_environment = {**platform, "MASTER_KEY": new, "SIGNING_KEY": signing}

    lost = manage(
        {**in_environment, "MASTER_KEY_FILE": str(Path(platform["MASTER_KEY_FILE"]) / "x")}, "rotate_master_key"
    )
    done = manage({**in_environment, "MASTER_KEYS_BEFORE": old}, "rotate_master_key")

    assert (lost.returncode, "No master key that is here opens" in lost.stderr) == (1, True)
    assert done.returncode == 0
    keys.master_file().write_text(new)
    assert content_of(submission) == before


# --- Receipts, verified without the marketplace -----------------------------------------------------------------------


@pytest.fixture
def kept(platform: dict[str, str], tmp_path: Path) -> tuple[dict[str, str], Path]:
    """What a firm keeps: receipt.json, submission.json and platform-key.pem; and an environment without a database."""
    submission = make.submitted(factories.open_challenge(), files={"in.csv": FILE})
    (tmp_path / "receipt.json").write_text(json.dumps(submission.receipt, indent=2))
    (tmp_path / "submission.json").write_text(json.dumps(content_of(submission), indent=4))
    (tmp_path / "platform-key.pem").write_text(queries.bundle())
    elsewhere = {**platform, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DATA_DIR": str(tmp_path / "empty")}
    return {**elsewhere, "MASTER_KEY_FILE": str(tmp_path / "empty" / "none")}, tmp_path


def verify(kept: tuple[dict[str, str], Path], *more: object) -> tuple[int, str, str]:
    """In a process without network, database and keys."""
    env, folder = kept
    given = (folder / "receipt.json", "--key", folder / "platform-key.pem", *more)
    done = manage(env, "verify_receipt", *given, alone=True)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def why_not_verified(folder: Path, *more: object, key: str = "platform-key.pem") -> str:
    """The same command in this process, where it refuses."""
    with pytest.raises(CommandError) as refused:
        call_command("verify_receipt", str(folder / "receipt.json"), "--key", str(folder / key), *map(str, more))
    return str(refused.value)


def test_S5_a_receipt_verifies_offline_with_exit_0_and_so_does_its_content(kept: tuple[dict[str, str], Path]) -> None:
    folder = kept[1]
    receipt = json.loads((folder / "receipt.json").read_text())
    valid = (0, f"Valid: received at {receipt['received_at']}, sha256 {receipt['sha256']}.", "")

    assert {type(value) for value in receipt.values()} <= {str, int}
    assert verify(kept) == valid
    assert verify(kept, "--content", folder / "submission.json") == valid
    assert not (folder / "empty" / "none").exists()


def test_S5_a_changed_receipt_exits_1_with_the_reason(kept: tuple[dict[str, str], Path]) -> None:
    path = kept[1] / "receipt.json"
    path.write_text(path.read_text().replace('"received_at": "2', '"received_at": "1'))

    code, said, why = verify(kept)

    assert (code, said) == (1, "")
    assert why.endswith(
        "The signature does not fit: the receipt was changed after it was signed, or never signed by this key."
    )


def test_S5_with_the_content_it_names_what_differs(kept: tuple[dict[str, str], Path]) -> None:
    path = kept[1] / "submission.json"
    content = json.loads(path.read_text())
    content["answers"]["outcome"] += " Twice."
    content["files"].append({**content["files"][0], "name": "more.csv"})
    del content["clauses"]["OD-01"]
    path.write_text(json.dumps(content))

    why = why_not_verified(kept[1], "--content", path)

    assert why.endswith("Changed: answers/outcome. Missing: clauses/OD-01. Added: files/2.")


def test_S5_after_a_rotation_old_and_new_receipts_verify_by_their_key_id(
    platform: dict[str, str], kept: tuple[dict[str, str], Path]
) -> None:
    folder, first = kept[1], SigningKey.objects.get().key_id
    rotated = manage(platform, "rotate_signing_key")
    shutil.copy(folder / "platform-key.pem", folder / "old.pem")
    (folder / "platform-key.pem").write_text(queries.bundle())
    newer = make.submitted(factories.open_challenge()).receipt
    second = newer["key_id"]

    assert (rotated.returncode, rotated.stdout.split(" from ")[0]) == (0, f"Receipts are signed with the key {second}")
    assert second != first
    call_command("verify_receipt", str(folder / "receipt.json"), "--key", str(folder / "platform-key.pem"))
    assert queries.why_not_trusted(json.loads((folder / "receipt.json").read_text())) is None
    assert queries.why_not_trusted(newer) is None
    (folder / "receipt.json").write_text(json.dumps(newer))
    assert why_not_verified(folder, key="old.pem") == f"It was signed with the key {second}; the key given is {first}."
    verbs = Event.objects.filter(verb="platform.signing_key_used").order_by("pk").values_list("data__key_id", flat=True)
    assert list(verbs) == [first, second]


def test_a_key_of_the_environment_is_not_changed_by_a_command(
    platform: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTER_KEY", "A" * 43 + "=")
    monkeypatch.setenv("SIGNING_KEY", "B" * 43 + "=")

    with pytest.raises(Refused, match="Set MASTER_KEY to the new key and MASTER_KEYS_BEFORE to the old one"):
        actions.rotate_master_key(new=True, at=clock.now())
    with pytest.raises(Refused, match="Set SIGNING_KEY to the new key everywhere"):
        actions.rotate_signing_key(at=clock.now())
