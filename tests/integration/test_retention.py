"""How long each kind of record is kept: one schedule for the page and for the command, which deletes nothing."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from audit import clock
from marketplace.retention import SCHEDULE, due
from work.models import RequestKey


@pytest.mark.django_db
def test_page_and_command_say_the_same_and_nothing_is_deleted() -> None:
    RequestKey.objects.create(
        scope="a", key="b", body_hash="c", status=200, response={}, created_at=clock.now() - timedelta(days=31)
    )
    found = {kind.name: number for kind, number in due(clock.now())}
    said = io.StringIO()
    call_command("retention_due", stdout=said)
    page = Client().get("/retention/").content.decode()

    assert [kind.name in page for kind in SCHEDULE] == [True] * len(SCHEDULE)
    assert [number for number in found.values() if number] == [1]
    assert "        1  Answers kept for repeated requests: 30 days." in said.getvalue().splitlines()
    assert RequestKey.objects.count() == 1
