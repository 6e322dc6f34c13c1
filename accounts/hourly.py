"""How much may come in within one hour from people about whom nothing is looked at."""

from datetime import datetime

from django.core.cache import cache

HOUR = 3600  # seconds


def is_too_much(what: str, at: datetime, most: int) -> bool:
    """Count one more of `what` in the hour of `at`; whether that is more than `most`."""
    key = f"{what}:{at:%Y%m%d%H}"
    cache.add(key, 0, HOUR)
    return cache.incr(key) > most
