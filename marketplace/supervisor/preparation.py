"""Before an installation starts: its database migrated, its demonstration told once."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from accounts.models import Council
from marketplace.supervisor.installation import ROOT, Services, StartError

SEED = "seed_demonstration"


def prepare_database(say: Callable[[str], None]) -> None:
    """Bring the database up to date; StartError, in a sentence, when it does not answer or is none."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise StartError(f"The database does not answer; check DATABASE_URL ({reason}).") from error
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database (some 20 seconds the first time).")
        call_command("migrate", verbosity=0, interactive=False)


def seed_once(services: Services) -> None:
    """Tell the demonstration, in a process of its own that may move the clock, unless this database has it."""
    told, begun = _markers(services.data_dir)
    if told.exists() and Council.objects.exists():
        return
    if begun.exists():
        _start_over(services)
    services.say("Telling the demonstration (once; a minute or two).")
    told.parent.mkdir(parents=True, exist_ok=True)
    begun.touch()
    run_manage(services, SEED)
    begun.rename(told)


def _start_over(services: Services) -> None:
    """Half a demonstration was left by an interrupted start, before anything was served: make the database anew."""
    name = Path(settings.DATABASES["default"]["NAME"])
    if connection.vendor != "sqlite" or services.data_dir not in name.parents:
        raise StartError("An earlier start was interrupted while it filled the database: empty it and start again.")
    services.say("An earlier start was interrupted; making its database anew.")
    connection.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{name}{ending}").unlink(missing_ok=True)
    prepare_database(services.say)


def run_manage(services: Services, *arguments: str) -> None:
    """Run a management command as a development process (the clock may move); its output goes to standard error."""
    env = {**services.env, "DEBUG": "true", "CLOCK_MAY_MOVE": "true"}
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, str(ROOT / "manage.py"), *arguments], env=env, stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(), check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise StartError(f"manage.py {' '.join(arguments)} failed with exit code {done.returncode}.")


def demonstration_logins() -> str:
    """What `manage.py demonstration_logins` prints."""
    out = StringIO()
    call_command("demonstration_logins", stdout=out)
    return out.getvalue()


def _markers(data_dir: Path) -> tuple[Path, Path]:
    """Two files in the data folder, one name per database: it is told; telling began and did not end yet."""
    parts = settings.DATABASES["default"]
    which = "|".join(str(parts.get(name, "")) for name in ("ENGINE", "HOST", "PORT", "NAME"))
    name = hashlib.sha256(os.fsencode(which)).hexdigest()[:16]
    return data_dir / "demonstration" / name, data_dir / "demonstration" / f"{name}.begun"
