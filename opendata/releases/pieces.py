"""Small parts of a release: money, instants, periods, documents, and texts without anybody's e-mail address."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.conf import settings

from audit.models import Event
from challenges.models import Challenge, Outcome
from challenges.timetable import LONDON

Json = dict[str, Any]
EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)*\.\w{2,}")
REMOVED = "[e-mail address removed]"
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Notice:
    """What a release is built from: the event that caused it, its challenge, its number, the release before it."""

    event: Event
    challenge: Challenge
    kind: str
    ocid: str
    release_id: str
    previous_release_id: str = ""


@dataclass(frozen=True)
class Sections:
    """What a builder gives: tags, the sections of the release, and the suppliers among its parties."""

    tags: tuple[str, ...]
    body: Json
    parties: tuple[Json, ...] = ()


def url(path: str) -> str:
    """A path of this marketplace as an absolute address."""
    return f"{settings.PUBLIC_URL}{path}"


def challenge_url(challenge: Challenge) -> str:
    """The challenge's public page."""
    return url(f"/challenges/{challenge.slug}/")


def instant(moment: datetime) -> str:
    """An instant as OCDS writes it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_start(day: date) -> str:
    """The first second of a United Kingdom day, with its offset."""
    return datetime.combine(day, time(), LONDON).isoformat()


def day_end(day: date) -> str:
    """The last second of a United Kingdom day, with its offset."""
    return datetime.combine(day, LAST_SECOND, LONDON).isoformat()


def days(first: date, last: date) -> Json:
    """A period of whole days, both included."""
    return {"startDate": day_start(first), "endDate": day_end(last)}


def number(value: Decimal | float) -> int | float:
    """A figure as JSON holds it: whole where it is whole, else rounded to six significant digits."""
    rounded = float(f"{value:.6g}") if isinstance(value, float) else float(value)
    return int(rounded) if rounded.is_integer() else rounded


def money(amount: Decimal, currency: str) -> Json:
    """An amount without VAT: the marketplace keeps no gross amounts, and invents none."""
    return {"amount": number(amount), "currency": currency}


def document(  # noqa: PLR0913 - a document has this many parts
    key: str, kind: str, title: str, address: str, at: datetime, *, notice: str = "", media: str = "text/html"
) -> Json:
    """One document of a release; `notice` is UK4, UK6 and so on where the document is a notice."""
    made = {
        "id": key, "documentType": kind, "title": title, "url": address, "datePublished": instant(at), "format": media,
        "language": "en",
    }  # fmt: skip
    return made | ({"noticeType": notice} if notice else {})


def observation(key: str, outcome_unit: str, measure: Decimal | float | None, period: Json, notes: str = "") -> Json:
    """One observed or wanted value of a metric."""
    made: Json = {"id": key, "period": period, "unit": {"name": outcome_unit}}
    if measure is not None:
        made["measure"] = number(measure)
    return made | ({"notes": notes} if notes else {})


def metric(outcome: Outcome, description: str, observations: list[Json]) -> Json:
    """A measure published with the call, under an identifier that is the same in every release."""
    return {
        "id": f"outcome-{outcome.pk}", "title": outcome.name, "description": description, "observations": observations
    }  # fmt: skip


def without_emails(value: Any, keep: Collection[str] = ()) -> Any:
    """The same data with every e-mail address taken out, except those in `keep` (R4)."""
    if isinstance(value, str):
        return EMAIL.sub(lambda found: found[0] if found[0] in keep else REMOVED, value)
    if isinstance(value, dict):
        return {name: without_emails(each, keep) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_emails(each, keep) for each in value]
    return value
