"""Measures one database and prints its figures: `python -m marketplace.bench.ingest.child [POSTMASTER]`."""

import json
import sys
from contextlib import ExitStack
from pathlib import Path

import django
import psycopg

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from django.db import connection  # noqa: E402

from marketplace.bench.ingest import growth, on_postgresql, on_sqlite  # noqa: E402
from marketplace.bench.ingest.world import make_streams  # noqa: E402
from marketplace.supervisor import Services  # noqa: E402

YOUNG = "young"


def main() -> None:
    """Migrate, make the pilots, copy the database for the young world, serve both, measure."""
    call_command("migrate", verbosity=0, interactive=False)
    engine = on_postgresql if connection.vendor == "postgresql" else on_sqlite
    streams = make_streams(engine.CLIENTS, engine.DEVICES)
    young, others = _copy(), tuple(map(int, sys.argv[1:]))
    worlds = [
        growth.World(growth.ONE_MONTH, young, _services(YOUNG, _url(young)), others),
        growth.World(growth.TWELVE, str(connection.settings_dict["NAME"]), _services("old"), others),
    ]
    with ExitStack() as stack:
        for world in worlds:
            stack.callback(world.services.stop)
            world.services.open()
            world.services.run(world.services.web)
            world.services.wait_until_healthy()
        figures = engine.measure(worlds, streams)
    sys.stdout.write(json.dumps(figures))


def _copy() -> str:
    """A second database like the first; its name."""
    if connection.vendor == "postgresql":
        had = connection.settings_dict
        connection.close()  # what is copied, nobody may use
        with psycopg.connect(host=had["HOST"], user=had["USER"], dbname="template1", autocommit=True) as other:
            other.execute(f"CREATE DATABASE {YOUNG} TEMPLATE {had['NAME']}")
        return YOUNG
    path = Path(str(connection.settings_dict["NAME"])).with_name(f"{YOUNG}.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return str(path)


def _url(database: str) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{database}"
    return f"postgres://{connection.settings_dict['USER']}@/{connection.settings_dict['HOST']}/{database}"


def _services(name: str, url: str = "") -> Services:
    services = Services(settings.DATA_DIR / name, env={"DATABASE_URL": url} if url else None, say=_say)
    services.web.command[-1] = "marketplace.bench.ingest.peer:application"  # ours, and DRF's bulk create beside it
    return services


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
