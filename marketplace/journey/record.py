"""Step 7: the record is whole, and everything public stands as open data; then what the journey leaves behind."""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from operator import itemgetter
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from assessment.models import Ranking
from audit.actions import append_links
from audit.models import Event
from challenges.models import Challenge
from marketplace.journey.browser import Browser, SeenOtherwise
from marketplace.journey.firms import FIRMS
from marketplace.journey.stage import Stage
from opendata.models import Release
from pilots.models import Pilot

NOTICES = 9  # call, question answered, 2 pilot awards, 2 pilot contracts, 2 pilot results, award, contract: at least
QUIETLY = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1280,2400",
)  # fmt: skip
# `./run manage evaluate --plan plan.json --readings readings.csv` repeats result.json.
_OF_A_PILOT = {
    "plan.json": "plan.json", "readings.csv": "analysis.csv", "every-reading.csv": "readings.csv",
    "result.json": "result.json", "datapackage.json": "datapackage.json",
}  # fmt: skip
_NUMBERS = ("estimate", "low", "high", "p", "verdict")
# The fingerprint also covers readings out of range, which only the analysis file counts.
_REPEATED = {"readings.csv": itemgetter(*_NUMBERS, "snapshot"), "every-reading.csv": itemgetter(*_NUMBERS)}
OURS = ("DATA_DIR", "DATABASE_URL", "REDIS_URL")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def verify_record(stage: Stage) -> str:
    """Every step left an event; the chain is unbroken."""
    said = io.StringIO()
    call_command("verify_record", stdout=said)
    verbs = Counter(Event.objects.values_list("verb", flat=True))
    for verb in ("challenge.published", "challenge.unsealed", "submission.submitted", "pilot.registered"):
        if not verbs[verb]:
            raise SeenOtherwise(f"No event “{verb}” is in the record.")
    stage.browser("visitor").get("/record/").says_not("@")
    return f"{said.getvalue().strip()[:60]}…, {len(verbs)} kinds of event"


def open_data(stage: Stage) -> str:
    """Each notice produced a release; the package holds them all, and no loser's name or anybody's address."""
    stage.wait_for("The notices", lambda: Release.objects.count() >= NOTICES)
    ocid = Release.objects.latest("pk").ocid
    visitor = stage.browser("visitor")
    visitor.get("/opendata/").says("Open")
    package = visitor.get(f"/opendata/ocds/packages/{ocid}.json").response.json()
    stage.seen["package"] = package
    text = json.dumps(package)
    for firm in FIRMS[2:]:
        if firm.name in text:
            raise SeenOtherwise(f"{firm.name}, who was not selected, is named in the open data.")
    tags = Counter(tag for release in package["releases"] for tag in release["tag"])
    return (
        f"{len(package['releases'])} releases of {ocid}: {', '.join(f'{n} {tag}' for tag, n in sorted(tags.items()))}"
    )


def repeat_results(stage: Stage) -> str:
    """A stranger with the files of a public page, and no database, gets the published numbers."""
    visitor, said = stage.browser("visitor"), []
    for pilot in Pilot.objects.select_related("supplier"):
        with tempfile.TemporaryDirectory() as name:
            folder = _download(visitor, pilot, Path(name))
            published = json.loads((folder / "result.json").read_text())
            for readings, same in _REPEATED.items():
                told = io.StringIO()
                call_command("evaluate", plan=folder / "plan.json", readings=folder / readings, stdout=told)
                if same(json.loads(told.getvalue())) != same(published):
                    raise SeenOtherwise(f"{readings} of {pilot.slug} gives other numbers than its result.")
        low, high = (f"{published[name]:.2f}" for name in ("low", "high"))
        said.append(f"{pilot.supplier}: {published['verdict']}, {low} to {high}")
    return f"{'; '.join(said)}; the same from the analysis file and from every reading"


def recompute_elsewhere(stage: Stage) -> str:
    """The auditor's file is computed again, to the same hash, by a process with another, empty data folder (A11)."""
    slug = Challenge.objects.get().slug
    file = stage.sign_in("auditor").get(f"/workspace/challenges/{slug}/assessment-file/all.json").response.content
    with tempfile.TemporaryDirectory() as elsewhere:
        path = Path(elsewhere) / "assessment.json"
        path.write_bytes(file)
        done = subprocess.run(  # noqa: S603 - our own command, our own file
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "verify_result", str(path)],
            env={name: value for name, value in os.environ.items() if name not in OURS} | {"DATA_DIR": elsewhere},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    digest = Ranking.objects.get().digest
    if done.returncode or digest not in done.stdout:
        raise SeenOtherwise(f"The result was not computed again: {done.stdout[-200:]}{done.stderr[-200:]}")
    return f"another data folder computes the result again, to the hash {digest[:12]}"


def leave(stage: Stage) -> str:
    """What the journey produced, where `--out` asks for it."""
    out = stage.seen["out"]
    if not isinstance(out, Path):
        return "nothing asked for; --out DIR keeps package, receipts, assessment, pilots and record"
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "ocds-package.json", stage.seen["package"])
    for firm in FIRMS:
        _write(out / "receipts" / f"{firm.number}.json", stage.seen[f"receipt of {firm.name}"])
    _capture(out / "platform-key.pem", "platform_key")
    _capture(out / "assessment.json", "export_assessment", Challenge.objects.get().slug)
    _leave_pilots(stage, out)
    while append_links():
        pass
    call_command("export_record", out=str(out / "record.jsonl"), stdout=io.StringIO())
    shots = _screenshots(stage, out / "screenshots")
    return f"{len([path for path in out.rglob('*') if path.is_file()])} files in {out.name}/, {shots}"


def _leave_pilots(stage: Stage, out: Path) -> None:
    visitor = stage.browser("visitor")
    for pilot in Pilot.objects.all():
        _download(visitor, pilot, out / "pilots" / pilot.slug)


def _download(visitor: Browser, pilot: Pilot, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, address in _OF_A_PILOT.items():
        (folder / name).write_bytes(visitor.get(f"/pilots/{pilot.slug}/{address}").response.content)
    return folder


def _screenshots(stage: Stage, folder: Path) -> str:
    """A picture of each public page, where a browser is installed."""
    program = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if program is None:
        return "no screenshots: Chromium is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    slug = Challenge.objects.get().slug
    pages = {"home": "/", "challenges": "/challenges/", "challenge": f"/challenges/{slug}/", "record": "/record/"}
    pages |= {"questions": f"/challenges/{slug}/questions/", "pilots": "/pilots/", "opendata": "/opendata/"}
    pages |= {f"pilot-{n}": f"/pilots/{pilot.slug}/" for n, pilot in enumerate(Pilot.objects.all(), start=1)}
    taken = sum(_shoot(program, f"{stage.services.url}{path}", folder / f"{name}.png") for name, path in pages.items())
    return f"{taken} screenshots"


def _shoot(program: str, url: str, path: Path) -> bool:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 - the program was found on this machine, the address is our own
            [program, *QUIETLY, f"--user-data-dir={profile}", f"--screenshot={path}", url],
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
    return path.exists()


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _capture(path: Path, command: str, *arguments: str) -> None:
    said = io.StringIO()
    call_command(command, *arguments, stdout=said)
    path.write_text(said.getvalue())


STEPS = [
    ("The record is whole", verify_record),
    ("Everything public is open data", open_data),
    ("Anybody repeats the results", repeat_results),
    ("Another folder computes the result again", recompute_elsewhere),
    ("What is left behind", leave),
]
