"""Fixtures that every test may use. Settings are in tests/settings.py, databases in tests/databases.py.

Hypothesis tries the same examples every time, so that nobody's change fails by what another one's brought in;
`./test tests/property --hypothesis-profile explore` looks for new ones.

`db` (a transaction rolled back), `transactional_db` and `live_server` (a fresh copy of the database each) are
pytest-django's. `valkey` is a real server, `services` the whole running stack on the test's own database.
"""

import gc
import os
import signal
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from pytest_django import DjangoDbBlocker

from marketplace.supervisor import Services
from pilots import rosters
from tests import databases

gc.set_threshold(100_000, 50, 100)
# Whoever ends a run ends what its fixtures started; the supervisor's own exit would be one failed test of many.
signal.signal(signal.SIGTERM, signal.default_int_handler)

# A slow moment of a shared machine is no failure, so no example has a deadline of its own.
hypothesis.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
hypothesis.register_profile("explore", hypothesis.get_profile("same"), derandomize=False, max_examples=2000)
hypothesis.load_profile("same")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares a database that was long in the making comes first and stays together, in one process; in the browser
    the journey comes first, which takes as long as all the others."""
    items.sort(
        key=lambda item: (item.get_closest_marker("shared_database") is None, item.path.name != "test_journey.py")
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What has been loaded by now stays: looking through it for garbage again and again took a tenth of a run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One database per session and worker, copied from the migrated template."""
    label = os.environ.get("PYTEST_XDIST_WORKER", "main")
    flush = TransactionTestCase._fixture_teardown
    # Django ends a transactional test by emptying every table, which append-only tables refuse.
    TransactionTestCase._fixture_teardown = lambda case: databases.use_fresh_copy(label)
    with django_db_blocker.unblock():
        databases.use_fresh_copy(label)
        _ask_what_the_database_can()
        yield
        databases.drop_copy()
    TransactionTestCase._fixture_teardown = flush


def _ask_what_the_database_can() -> None:
    """Django asks SQLite once a process whether it knows JSON: not while a test counts its queries."""
    assert connection.features.supports_json_field


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
    rosters.read.cache_clear()


@pytest.fixture
def valkey() -> Iterator[Services]:
    """A real Valkey and nothing else: `.redis_url` is its address, `.valkey.kill()` ends it (it comes back)."""
    services = Services(settings.DATA_DIR)
    services.open()
    yield services
    services.stop()


@pytest.fixture
def services(transactional_db: None) -> Iterator[Services]:
    """Web, worker, beat and Valkey as real processes, on this test's own database."""
    with Services(settings.DATA_DIR, env={"DATABASE_URL": databases.address()}) as running:
        yield running
