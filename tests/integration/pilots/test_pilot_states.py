"""The life of a pilot: each step by the right person, in the right state, with everything that it asks for."""

from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec

import pytest

from audit import clock
from pilots.models import Pilot
from tests.factories import pilots as factory

pytestmark = pytest.mark.django_db


def test_walk():
    pilot = factory.pilot_in("closed")
    assert pilot.state == "closed"
