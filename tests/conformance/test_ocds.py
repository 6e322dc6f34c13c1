"""What the marketplace publishes, judged by a validator that we did not write, on a machine without a network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audit import clock
from audit.actions import append_links
from challenges.actions import conclude_without_award
from opendata.actions import publish_due_notices
from opendata.models import Release
from opendata.packages import all_releases, record_package
from tests.factories.assessment import decided_challenge
from tests.factories.awards import lead_of, whole_procedure

pytestmark = pytest.mark.django_db
REFERENCE = Path(os.environ.get("REFERENCE_DIR", Path(__file__).resolve().parents[3] / "shared")) / "ocds"
VALIDATOR = REFERENCE / "ocds_offline.py"
MIRROR = REFERENCE / "mirror"
STANDARD = MIRROR / "standard-1__1__5.zip"


def validate(package, folder):
    """Run the outside validator in a process of its own: its library is AGPL and is never imported here."""
    if not VALIDATOR.exists():
        pytest.skip("The OCDS validator and its mirror are not on this machine (set REFERENCE_DIR to their folder).")
    path = folder / "package.json"
    path.write_text(json.dumps(package))
    command = [sys.executable, str(VALIDATOR), str(MIRROR), str(STANDARD), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def publish():
    append_links()
    publish_due_notices()


def test_whole_journey_is_valid_ocds(tmp_path):
    whole_procedure()
    publish()
    package = all_releases(Release.objects.order_by("pk"), at=clock.now())

    done = validate(package, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert [release["tag"] for release in package["releases"]] == [
        ["tender"], ["tenderUpdate"], ["tenderUpdate"],
        ["award"], ["awardUpdate", "contract"], ["implementation"], ["implementation"], ["contractTermination"],
        ["award"], ["awardUpdate", "contract"], ["implementation"], ["implementation"],
        ["award"], ["awardUpdate", "contract"],
    ]  # fmt: skip
    assert "mirror misses: []" in done.stdout


def test_challenge_without_award_is_valid_ocds(tmp_path):
    challenge = decided_challenge()
    conclude_without_award(
        challenge=challenge, actor=lead_of(challenge), at=clock.now(), reason="No pilot site could be agreed."
    )
    publish()
    package = all_releases(Release.objects.order_by("pk"), at=clock.now())

    done = validate(package, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert [release["tag"] for release in package["releases"]] == [["tender"], ["tenderCancellation"]]


def test_record_is_valid_ocds(tmp_path):
    challenge = decided_challenge()
    publish()
    releases = list(Release.objects.filter(challenge_id=challenge.pk))

    package = record_package(releases[0].ocid, releases, path="/opendata/", at=clock.now())

    done = validate(package, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_validator_finds_a_seeded_fault(tmp_path):
    """An exit code of 0 means something only if a broken package gets another."""
    decided_challenge()
    publish()
    package = all_releases(Release.objects.order_by("pk"), at=clock.now())
    package["releases"][0]["tender"]["procurementMethod"] = "by lot"

    done = validate(package, tmp_path)

    assert done.returncode == 1
    assert "procurementMethod" in done.stdout
