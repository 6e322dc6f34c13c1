"""`./run bench page`: the public list and a challenge's page, beside a bare view behind the same middleware."""

import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from challenges.models import Challenge, ChallengeState
from marketplace.bench.reports import Goal, Report
from marketplace.supervisor import Services, StartError
from marketplace.supervisor.installation import HOST, ROOT
from marketplace.supervisor.processes import group_of

BARE = "/health/bare/"
LIST = "/challenges/"
ROUNDS, SECONDS, CONNECTIONS = 3, 3.0, 4
MOST_QUERIES, MOST_BYTES, MOST_TIMES_BARE = 10, 60_000, 60
_PARTS = re.compile(r'<(?:link[^>]*rel="stylesheet"[^>]*href|script[^>]*src)="([^"]+)"')
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Target:
    """One address, and what each round of load on it showed."""

    name: str
    path: str
    cpu_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)


def measure(services: Services) -> Report:
    """Put load on each address in turn, several rounds; then count queries and bytes."""
    targets = [Target("bare view", BARE), Target("challenge list", LIST), Target("challenge page", _challenge_path())]
    for target in targets:
        _press(services, target.path, seconds=1.0)  # connections, templates and caches are warm from here on
    for number in range(ROUNDS):
        services.say(f"Measuring, round {number + 1} of {ROUNDS}.")
        for target in targets:
            _measure_round(services, target)
    rows = [_row(services, target) for target in targets]
    return Report("page", rows, list(_goals(rows)))


def _challenge_path() -> str:
    shown = Challenge.objects.exclude(state=ChallengeState.DRAFT).order_by("-closes_at").first()
    if shown is None:
        raise StartError("There is no published challenge to measure.")
    return f"{LIST}{shown.slug}/"


def _measure_round(services: Services, target: Target) -> None:
    before = _cpu_seconds(services)
    found = _press(services, target.path, seconds=SECONDS)
    used = _cpu_seconds(services) - before
    target.cpu_ms.append(1000 * used / found["requests"])
    target.per_second.append(found["requests"] / found["seconds"])


def _press(services: Services, path: str, *, seconds: float) -> dict[str, float]:
    command = [sys.executable, "-m", "marketplace.bench.load", HOST, str(services.port), path]
    done = subprocess.run(  # noqa: S603 - our own command line
        [*command, str(seconds), str(CONNECTIONS)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    if found["failed"] or not found["requests"]:
        raise StartError(f"{path} answered {found['failed']:g} of {found['requests']:g} requests with an error.")
    return found


def _cpu_seconds(services: Services) -> float:
    """What the web server's processes have used so far, together."""
    leader = services.web.pid
    if leader is None:
        raise StartError("The web server is gone.")
    return sum(_ticks(pid) for pid in group_of(leader)) / _TICKS


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(value) for value in fields[11:15])  # its own and its ended children's, user and system


def _row(services: Services, target: Target) -> dict[str, Any]:
    sent, compressed, parts = _bytes(services, target.path)
    return {
        "name": target.name,
        "path": target.path,
        "cpu_ms": round(statistics.median(target.cpu_ms), 3),
        "requests_per_second": round(statistics.median(target.per_second), 1),
        "queries": _queries(target.path),
        "html_bytes_sent": sent,
        "html_bytes_compressed": compressed,
        "style_and_script_bytes": parts,
    }


def _queries(path: str) -> int:
    """Queries of a request once caches are warm."""
    client = Client(headers={"host": HOST})
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def _bytes(services: Services, path: str) -> tuple[int, int, int]:
    """The page's HTML as sent and compressed, and its style sheets and scripts as sent (compressed)."""
    body, is_compressed = _fetch(services.url + path)
    html = gzip.decompress(body) if is_compressed else body
    addresses = {urljoin(services.url + path, address) for address in _PARTS.findall(html.decode())}
    parts = sum(len(_fetch(address)[0]) for address in addresses if address.startswith(services.url))
    return len(body), len(body) if is_compressed else len(gzip.compress(html)), parts


def _fetch(url: str) -> tuple[bytes, bool]:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return answer.read(), answer.headers.get("Content-Encoding") == "gzip"


def _goals(rows: list[dict[str, Any]]) -> Iterator[Goal]:
    bare, *pages = rows
    for row in pages:
        name = row["name"]
        yield Goal(f"{name}: CPU, times the bare view's", round(row["cpu_ms"] / bare["cpu_ms"], 1), MOST_TIMES_BARE)
        yield Goal(f"{name}: SQL queries", row["queries"], MOST_QUERIES)
        total = row["html_bytes_compressed"] + row["style_and_script_bytes"]
        yield Goal(f"{name}: bytes, compressed, with styles and scripts", total, MOST_BYTES)
