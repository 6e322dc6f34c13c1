"""R3 against the server that runs in production: an oversized upload gets a page, not a broken connection."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MEGABYTE = 1024 * 1024
BOUNDARY = "a-boundary"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real granian on loopback. The pages asked here need no database."""
    folder = tmp_path_factory.mktemp("granian")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(number),
               "--workers", "1", "marketplace.wsgi:application"]  # fmt: skip
    environment = {
        **os.environ, "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3", "DEBUG": "true",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }  # fmt: skip
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(number)
        yield number
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("granian did not start within a minute")


def upload(port: int, megabytes: int, accept: str = "text/html") -> tuple[int, str]:
    """POST a file of this size the way a browser does: the whole body first, then the answer is read."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.putrequest("POST", "/receipts/verify/")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(head) + megabytes * MEGABYTE + len(tail)))
    connection.putheader("Accept", accept)
    connection.endheaders()
    connection.send(head)
    for _ in range(megabytes):
        connection.send(b"x" * MEGABYTE)
    connection.send(tail)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def test_R3_an_upload_of_200_megabytes_is_answered_with_a_page(port: int) -> None:
    status, text = upload(port, 200)

    assert status == 413
    assert "We take files of up to 20 MB." in text


def test_R3_a_machine_gets_json(port: int) -> None:
    assert upload(port, 30, accept="application/json") == (
        413,
        '{"sentences": ["Too large: the most we take is 20 MB."]}',
    )


def test_an_upload_within_the_bound_goes_on_to_its_page(port: int) -> None:
    status, text = upload(port, 1)

    assert status == 403  # it came without the form's token
    assert "too large" not in text
