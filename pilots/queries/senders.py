"""Who sends a batch of readings: asked for every one, so it is remembered. Whether a token still counts never is."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from audit.actors import TokenActor
from pilots.models import Pilot, ReadingToken


@dataclass(frozen=True)
class Sender:
    """What a token names for as long as there is one: its pilot and its actor. It may be revoked."""

    pilot_id: int
    public_id: UUID
    challenge_id: int
    actor: TokenActor

    def pilot(self) -> Pilot:
        """The pilot with its ids alone; taking readings in reads what decides about them."""
        names = ["id", "public_id", "challenge_id"]
        return Pilot.from_db("default", names, [self.pilot_id, self.public_id, self.challenge_id])


def sender_of(token_sha256: str) -> Sender | None:
    """Whose token has this hash, revoked or not; None where there is none."""
    try:
        return _known(token_sha256)
    except ReadingToken.DoesNotExist:
        return None


@lru_cache(maxsize=4096)
def _known(token_sha256: str) -> Sender:
    """A token that is not there is looked for again: it may be issued any moment."""
    token = ReadingToken.objects.select_related("pilot").defer("pilot__plan").get(token_sha256=token_sha256)
    actor = TokenActor(token.actor_key, f"readings feed “{token.label}”")
    return Sender(token.pilot_id, token.pilot.public_id, token.pilot.challenge_id, actor)
