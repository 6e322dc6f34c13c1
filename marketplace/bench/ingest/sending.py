"""Readings over HTTP from several clients at once, and the processor time that others spend on them."""

import http.client
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from marketplace.bench.ingest.world import Stream
from marketplace.supervisor import Services
from marketplace.supervisor.installation import HOST

_TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 60
OURS = "/api/pilots/{}/readings/"
Request = tuple[Stream, bytes]


@dataclass
class Sent:
    """What became of the requests of a run."""

    seconds: float = 0.0
    added: int = 0
    failures: list[str] = field(default_factory=list)


def send(services: Services, per_client: Sequence[Iterable[Request]], address: str = OURS) -> Sent:
    """Each client sends its requests one after the other on one connection; all clients at once."""
    sent, lock = Sent(), threading.Lock()

    def client(requests: Iterable[Request]) -> None:
        connection = http.client.HTTPConnection(HOST, services.port, timeout=120)
        added, failures = 0, []
        for stream, body in requests:
            status, answer = _post(connection, address.format(stream.pilot.public_id), stream.secret, body)
            added += answer.get("added", 0) if status == 200 else 0
            failures += [] if status == 200 else [f"{status}: {answer}"]
        connection.close()
        with lock:
            sent.added += added
            sent.failures += failures

    sent.seconds = at_once([partial(client, requests) for requests in per_client])
    return sent


def at_once(jobs: Sequence[Callable[[], None]]) -> float:
    """Run them in threads; seconds until the last one ended."""
    threads = [threading.Thread(target=job) for job in jobs]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def _post(connection: http.client.HTTPConnection, address: str, secret: str, body: bytes) -> tuple[int, dict[str, int]]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    try:
        connection.request("POST", address, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        connection.close()
        return 0, {repr(error): 0}


def processor_time(*leaders: int) -> float:
    """Seconds of processor time that these processes and all below them have used so far."""
    found: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        # Parent; own time, and that of children that have ended.
        found[int(entry.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    wanted = set(leaders)
    while more := {pid for pid, (parent, _) in found.items() if parent in wanted} - wanted:
        wanted |= more
    return sum(found[pid][1] for pid in wanted if pid in found) / _TICK
