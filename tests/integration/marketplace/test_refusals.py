"""What no view handled is told in a sentence, never as a fault of the product."""

import pytest
from django.db import connection
from django.urls import reverse

from tests.factories import draft_challenge
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps a null character like any other")
def test_what_no_column_can_hold_is_refused_in_a_sentence() -> None:
    draft = draft_challenge()
    owner = signed_in(draft.owner)

    answer = owner.get(reverse("challenge_clauses", args=[draft.slug]), {"set": "standard\x00pilot"})

    assert (answer.status_code, "cannot be kept" in answer.content.decode()) == (400, True)
