"""Who sends a batch of readings: asked for every one, so in plain SQL, which costs a fifth of what a queryset does."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from audit import clock
from pilots.models import Pilot, ReadingToken

_WITH_PILOT = (
    "SELECT {now}, token.id, token.label, token.revoked_at, pilot.id, pilot.public_id, pilot.challenge_id "
    "FROM pilots_readingtoken AS token JOIN pilots_pilot AS pilot ON pilot.id = token.pilot_id "
    "WHERE token.token_sha256 = %s"
)


def token_of(token_sha256: str) -> tuple[ReadingToken, datetime] | None:
    """The token with this hash, revoked or not, with its pilot, of which only the ids are read; and the time."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_PILOT.format(now=clock.expression()), [token_sha256])
        row = cursor.fetchone()
    return None if row is None else (_token(*row[1:]), clock.told(row[0]))


def _token(pk: int, label: str, revoked_at: Any, pilot_id: int, public_id: Any, challenge_id: int) -> ReadingToken:
    ids = [pilot_id, public_id if isinstance(public_id, UUID) else UUID(public_id), challenge_id]
    values = [pk, pilot_id, label, _instant(revoked_at)]  # in the order of the model's fields
    token = ReadingToken.from_db(connection.alias, ["id", "pilot_id", "label", "revoked_at"], values)
    token.pilot = Pilot.from_db(connection.alias, ["id", "public_id", "challenge_id"], ids)
    return token


def _instant(value: Any) -> datetime | None:
    """SQLite has no type of its own for instants, and its driver reads them without the zone, which is UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
