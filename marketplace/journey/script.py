"""The journey, step by step."""

from marketplace.journey import firms, officers, panel, pilot, record
from marketplace.journey.stage import Stage, Step


def found(stage: Stage) -> str:
    """The council and its people are there."""
    council = stage.found_council()
    return f"{council} with {len(stage.people.logins)} people, each in their own session"


STEPS: list[tuple[str, Step]] = [
    ("A council joins", found),
    *officers.STEPS,
    *firms.STEPS,
    *panel.STEPS,
    *pilot.STEPS,
    *record.STEPS,
]
