"""Hypothesis on a shared machine: a slow moment is no failure, so no example has a deadline of its own."""

from hypothesis import HealthCheck, settings

settings.register_profile("shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared-machine")
