"""`./run bench ingest`: readings in over HTTP, beside what the database alone could take.

On PostgreSQL, a server of the bench's own where one is installed: beside COPY into the same table and beside DRF's bulk
create; then a burst of a city's devices, and the cost of a batch and of an hour's sums with one month and with twelve
behind them. On SQLite: beside executemany into the same key. Each database is measured by a process of its own.

Rows a second depend on what else the machine does; so the same comparison is made by processor time too.
"""

import json
import subprocess
import sys
from typing import Any

from django.conf import settings

from marketplace.bench.ingest.cluster import Cluster
from marketplace.bench.reports import Goal, Report
from marketplace.supervisor import Services, StartError
from marketplace.supervisor.installation import ROOT

NEEDS_SERVERS = NEEDS_DATABASE = False
COPY_SHARE, DRF_TIMES, EXECUTEMANY_SHARE, MOST_GROWTH, MOST_QUERIES = 0.5, 7, 0.7, 1.2, 15
Figures = dict[str, Any]


def measure(services: Services) -> Report:
    """Measure each database that is here, and put the figures beside the goals."""
    rows, goals = [], []
    sqlite = _figures(services, "sqlite", f"sqlite:///{settings.DATA_DIR / 'bench' / 'bench.sqlite3'}")
    rows += sqlite["rows"]
    goals += _sqlite_goals(sqlite)
    cluster = Cluster(settings.DATA_DIR / "postgresql")
    if not cluster.is_installed:
        services.say("There is no PostgreSQL here: its figures are left out.")
        return Report("ingest", rows, goals)
    with cluster:
        figures = _figures(services, "postgresql", cluster.url, str(cluster.pid))
    return Report("ingest", rows + figures["rows"], goals + _postgresql_goals(figures))


def _figures(services: Services, name: str, url: str, *arguments: str) -> Figures:
    services.say(f"Measuring on {name}.")
    folder = settings.DATA_DIR / "bench" / name
    folder.mkdir(parents=True)
    env = {**services.env, "DATABASE_URL": url, "DATA_DIR": str(folder), "BEHIND_TLS": "false"}
    env.pop("REDIS_URL", None)  # the child has a queue of its own
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "marketplace.bench.ingest.child", *arguments], env=env, cwd=ROOT, check=False,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        raise StartError(f"The measurement on {name} ended with {done.returncode}.")
    found: Figures = json.loads(done.stdout)
    return found


def _sqlite_goals(found: Figures) -> list[Goal]:
    return [
        Goal("SQLite: rows a second over HTTP, in times of executemany", found["share"], EXECUTEMANY_SHARE, True),
        Goal("SQLite: rows for its processor time, in times of executemany", found["cpu"], EXECUTEMANY_SHARE, True),
        Goal("SQLite: readings lost in a burst", found["lost"], 0),
        *_growth("SQLite", found),
        Goal("SQLite: queries of a pilot's page", found["queries"], MOST_QUERIES),
    ]


def _postgresql_goals(found: Figures) -> list[Goal]:
    goals = []
    for rates in found["rates"]:
        words = f"PostgreSQL, batches of {rates['size']:,}"
        goals += [
            Goal(f"{words}: rows a second over HTTP, in times of COPY", rates["share"], COPY_SHARE, True),
            Goal(f"{words}: rows for the processor time of COPY, in times of COPY", rates["copy"], COPY_SHARE, True),
            Goal(f"{words}: processor time of DRF's bulk create, in times of ours", rates["drf"], DRF_TIMES, True),
        ]
    return [
        *goals,
        Goal("PostgreSQL: readings lost in a burst of 2,800 devices", found["lost"], 0),
        *_growth("PostgreSQL", found),
        Goal("PostgreSQL: queries of a pilot's page after 12 months", found["queries"], MOST_QUERIES),
    ]


def _growth(name: str, found: Figures) -> list[Goal]:
    return [
        Goal(f"{name}: a batch after 12 months, in times of after 1", found["batch_growth"], MOST_GROWTH),
        Goal(f"{name}: an hour's sums after 12 months, in times of after 1", found["rollup_growth"], MOST_GROWTH),
    ]
