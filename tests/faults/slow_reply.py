"""The product's own WSGI entry, whose reply a fault test can hold back after the work behind it is done.

A request with the header `X-Hold-Reply` is answered only after a minute: everything it wrote is committed, nothing has
been sent yet, and the worker's id stands in a file, so that a test can kill exactly this worker at exactly this moment.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from marketplace.wsgi import application as product


def held_file() -> Path:
    """Where the worker that holds a reply back writes its process id."""
    return Path(os.environ["DATA_DIR"]) / "held"


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    answer = product(environ, start_response)
    if environ.get("HTTP_X_HOLD_REPLY"):
        held_file().write_text(str(os.getpid()))
        time.sleep(60)
    return answer
