"""Starts, watches and stops the processes of one installation.

    with Services(data_dir, port=0, env={"DEBUG": "true"}) as services:
        services.url               # answers now
        services.worker.kill()     # comes back by itself
"""

from marketplace.supervisor.services import Services, StartError

__all__ = ["Services", "StartError"]
