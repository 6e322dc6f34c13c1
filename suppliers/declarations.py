"""What a supplier declares about itself, how long that lasts, and which calls ask for it. Pure.

How long a declaration lasts is our own figure; a supplier may renew it any day. The platform's share code is asked
again sooner, because what it leads to has to be up to date when the call closes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

EXCLUSION, DEBARMENT, REGISTRATION = "exclusion", "debarment", "registration"
ALWAYS = (EXCLUSION, DEBARMENT)
LASTS = {EXCLUSION: timedelta(days=365), DEBARMENT: timedelta(days=365), REGISTRATION: timedelta(days=90)}
FIRST = {
    EXCLUSION: "Declare whether a ground for exclusion applies to your organisation.",
    DEBARMENT: "Declare whether your organisation stands on the debarment list.",
    REGISTRATION: "Confirm your registration on the central digital platform, with its share code.",
}
AGAIN = {
    EXCLUSION: "Declare again whether a ground for exclusion applies: your declaration is more than a year old.",
    DEBARMENT: "Declare again whether you stand on the debarment list: your declaration is more than a year old.",
    REGISTRATION: "Confirm your registration on the central digital platform again: it is more than 90 days old.",
}


def needed(*, is_above_threshold: bool) -> tuple[str, ...]:
    """The declarations that a call asks for. Below the threshold nobody has to be registered on the platform.

    A declaration never keeps anybody from answering: it is read when a contract is near, by people outside the panel.
    """
    return (*ALWAYS, REGISTRATION) if is_above_threshold else ALWAYS


def lapses_at(kind: str, declared_at: datetime) -> datetime:
    """The instant from which a declaration has to be made again."""
    return declared_at + LASTS[kind]


def lacking(kinds: tuple[str, ...], declared: Mapping[str, datetime], at: datetime) -> list[str]:
    """A sentence for each declaration that is missing or too old; `declared` holds when each was last made."""
    first = [FIRST[kind] for kind in kinds if kind not in declared]
    return first + [AGAIN[kind] for kind in kinds if kind in declared and at >= lapses_at(kind, declared[kind])]
