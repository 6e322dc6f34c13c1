"""A bounded load from a process of its own: `python -m marketplace.bench.load HOST PORT PATH SECONDS CONNECTIONS`."""

import http.client
import json
import sys
import threading
import time


def press(host: str, port: int, path: str, *, seconds: float, connections: int) -> dict[str, float]:
    """Ask for `path` over and over on a few kept-alive connections; how many answers, how many not 200, how long."""
    statuses: list[int] = []
    began = time.monotonic()
    until = began + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection(host, port, timeout=30)
        while time.monotonic() < until:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = sum(status != http.client.OK for status in statuses)
    return {"requests": len(statuses), "failed": failed, "seconds": time.monotonic() - began}


if __name__ == "__main__":
    host, port, path, seconds, connections = sys.argv[1:]
    found = press(host, int(port), path, seconds=float(seconds), connections=int(connections))
    sys.stdout.write(json.dumps(found))
