"""Starts, watches and stops the processes of one installation: `with Services(data_dir) as services: services.url`."""

from marketplace.supervisor.installation import Services, StartError

__all__ = ["Services", "StartError"]
