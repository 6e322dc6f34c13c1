"""Before an installation starts: its database migrated, its demonstration told once."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from accounts.models import Council
from marketplace.supervisor.installation import ROOT, Services, StartError

SEED = "seed_demonstration"


def prepare_database(say: Callable[[str], None]) -> None:
    """Bring the database up to date; StartError, in a sentence, when it does not answer."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise StartError(f"The database does not answer; check DATABASE_URL ({reason}).") from error
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database (some 20 seconds the first time).")
        call_command("migrate", verbosity=0, interactive=False)


def seed_once(services: Services) -> None:
    """Tell the demonstration, in a process of its own that may move the clock, unless this database has it."""
    if SEED not in get_commands():
        services.say("The demonstration is not there yet: the marketplace starts empty.")
        return
    marker = _marker(services.data_dir)
    if marker.exists() and Council.objects.filter(is_demonstration=True).exists():
        return
    services.say("Telling the demonstration (once; a minute or two).")
    run_manage(services, SEED)
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()


def run_manage(services: Services, *arguments: str) -> None:
    """Run a management command as a development process (the clock may move); its output goes to standard error."""
    env = {**services.env, "DEBUG": "true", "CLOCK_MAY_MOVE": "true"}
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, str(ROOT / "manage.py"), *arguments], env=env, stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(), check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise StartError(f"manage.py {' '.join(arguments)} failed with exit code {done.returncode}.")


def demonstration_logins(services: Services) -> str:
    """What `manage.py demonstration_logins` prints; empty where there is no such command."""
    if "demonstration_logins" not in get_commands():
        return ""
    command = [sys.executable, str(ROOT / "manage.py"), "demonstration_logins"]
    asked = subprocess.run(command, env=services.env, capture_output=True, text=True, check=False)  # noqa: S603
    return asked.stdout if asked.returncode == 0 else ""


def _marker(data_dir: Path) -> Path:
    parts = settings.DATABASES["default"]
    which = "|".join(str(parts.get(name, "")) for name in ("ENGINE", "HOST", "PORT", "NAME"))
    return data_dir / "seeded" / hashlib.sha256(os.fsencode(which)).hexdigest()[:16]
