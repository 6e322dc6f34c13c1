"""Who has to be told of an incident, and how soon after it was found. Pure.

The Information Commissioner: 72 hours (UK GDPR, article 33). The Health and Safety Executive: ten days (RIDDOR 2013).
The others are this marketplace's own; a contract may ask for more.
"""

from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
CLOCKS: dict[str, tuple[tuple[str, timedelta], ...]] = {
    "safety": (("other_side", 4 * HOUR), ("sites", 24 * HOUR), ("safety_body", 240 * HOUR)),
    "security": (("other_side", 24 * HOUR), ("cyber", 24 * HOUR)),
    "personal_data": (("other_side", 24 * HOUR), ("protection", 24 * HOUR), ("commissioner", 72 * HOUR)),
    "service": (("other_side", 72 * HOUR),),
    "outside": (("other_side", 72 * HOUR),),
}


def duties(severity: str, found_at: datetime) -> list[tuple[str, datetime]]:
    """Whom to tell, and until when."""
    return [(whom, found_at + span) for whom, span in CLOCKS[severity]]
