"""The live pilot's service, invented: what its supplier would offer, so that checks of clauses can be watched.

Served only in the demonstration, and never under a name of the marketplace's own. In ten minutes of every hour the feed
hides behind a sign-in page: the clause on delivery is then found not met, and met again afterwards.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import CouncilRole
from audit import clock
from pilots.actions import CLAUSE_CHECK, register_service
from pilots.models import ClauseWatch, Device, Pilot, Reading
from pilots.queries import registration_of
from work.actions import schedule

KINDS = {
    "data": "feed.csv", "export": "history.csv", "metadata": "datapackage.json", "published": "published.csv",
    "register": "register.csv", "page": "about.html",
}  # fmt: skip
STATED = {"interval_minutes": 5, "stars": 3}
LATEST, MOST = timedelta(minutes=10), 20_000
BROKEN_FROM, BROKEN_UNTIL = 20, 30
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
SIGN_IN = "<!doctype html><title>Sign in</title><h1>Sign in to see the data</h1><p>Invented for the demonstration."
ABOUT = """<!doctype html><title>Why there are boxes on our lamp posts</title>
<p>We want to find out whether lamps that report their own faults stay dark for fewer hours. The boxes are run by the
supplier for the council until the pilot ends; then they are removed. They sense whether a lamp is lit, and nothing
else. To ask about them, contact the council's streets team. Invented for the demonstration.</p>"""


@require_safe
def demonstration_service(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One document of the invented service."""
    if not settings.DEMONSTRATION or name not in DOCUMENTS:
        raise Http404
    pilot = get_object_or_404(Pilot, slug=slug, has_live_simulation=True)
    body, media = DOCUMENTS[name](pilot, clock.now())
    return HttpResponse(body, content_type=media)


def offer(pilot: Pilot, at: datetime) -> None:
    """Register where the invented service is, as the pilot manager would; again only where the address has changed."""
    base = f"{settings.PUBLIC_URL}/demonstration/pilots/{pilot.slug}/"
    addresses = {kind: base + name for kind, name in KINDS.items()}
    last = registration_of(pilot)
    manager = pilot.challenge.council.memberships.filter(role=CouncilRole.PILOT_MANAGER).select_related("user").first()
    is_here = settings.DEMONSTRATION and settings.PUBLIC_URL.startswith("http://127.0.0.1:")
    if is_here and manager is not None and (last is None or last.addresses != addresses):
        register_service(
            pilot=pilot, hosts=["127.0.0.1"], addresses=addresses, stated=STATED, actor=manager.user, at=at
        )


def look(pilot: Pilot, at: datetime) -> None:
    """Have every watched clause looked at, more often than its schedule would."""
    for watch in ClauseWatch.objects.filter(pilot=pilot):
        schedule(kind=CLAUSE_CHECK, subject_id=watch.pk, due_at=at)


def _feed(pilot: Pilot, at: datetime) -> tuple[str, str]:
    if BROKEN_FROM <= at.minute < BROKEN_UNTIL:
        return SIGN_IN, "text/html"
    return _readings(pilot, Reading.objects.filter(taken_at__gte=at - LATEST)), "text/csv"


def _history(pilot: Pilot, at: datetime) -> tuple[str, str]:
    return _readings(pilot, Reading.objects.all()), "text/csv"


def _readings(pilot: Pilot, readings: QuerySet[Reading]) -> str:
    rows = readings.filter(metric__pilot=pilot).order_by("-taken_at")[:MOST]
    values = list(rows.values_list("device__code", "taken_at", "value", "metric__unit"))
    lines = [(code, taken_at.isoformat(), value, unit) for code, taken_at, value, unit in values]
    return _csv(("device", "taken_at", "value", "unit"), lines)


def _register(pilot: Pilot, at: datetime) -> tuple[str, str]:
    devices = Device.objects.filter(site__pilot=pilot).order_by("code").values_list("code", "site__name")
    rows = [(code, site, "lamp sensor", pilot.supplier.name) for code, site in devices]
    return _csv(("device", "location", "type", "owner"), rows), "text/csv"


def _published(pilot: Pilot, at: datetime) -> tuple[str, str]:
    rows = [(site.name, 12 + 3 * number) for number, site in enumerate(pilot.sites.all())]
    return _csv(("street", "households"), rows), "text/csv"


def _package(pilot: Pilot, at: datetime) -> tuple[str, str]:
    package = {"title": f"Readings of the pilot {pilot.slug}", "licenses": [{"name": "OGL-UK-3.0", "path": LICENCE}]}
    return json.dumps(package), "application/json"


def _about(pilot: Pilot, at: datetime) -> tuple[str, str]:
    return ABOUT, "text/html"


def _csv(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue()


DOCUMENTS: dict[str, Callable[[Pilot, datetime], tuple[str, str]]] = {
    "feed.csv": _feed, "history.csv": _history, "datapackage.json": _package, "published.csv": _published,
    "register.csv": _register, "about.html": _about,
}  # fmt: skip
