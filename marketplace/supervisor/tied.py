"""Becomes a command that ends with whoever started it: a program of its own, which `processes.Child` runs.

    python tied.py PARENT COMMAND...

On Linux the system sends SIGTERM when the parent is gone, however it went. Elsewhere the next start ends what was left.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(sys.argv[1]):  # gone before the system was asked
            sys.exit(1)
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - our own command lines
