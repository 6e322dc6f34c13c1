"""The door for an e-mail service's reports: shut unless a service is configured, and limited for everybody.

anymail checks the secret (and the service's signature, where it has one) and puts the reports into one shape.
"""

import logging
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailError
from anymail.signals import tracking
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from audit import clock
from notifications import reports

MOST_A_MINUTE, MOST_WRONG_A_MINUTE, MINUTE = 1200, 20, 60
NOT_TAKEN = (
    SuspiciousOperation, AnymailError, AnymailConfigurationError, ValueError, KeyError, TypeError, AttributeError,
)  # fmt: skip
logger = logging.getLogger(__name__)


@csrf_exempt
def mail_reports(request: HttpRequest) -> HttpResponse:
    """Take what the configured e-mail service reports. 404 without one, 400 for what is not from it, 429 for floods."""
    if not settings.MAIL_REPORTS_VIEW:
        raise Http404
    if _count("all", 0) >= MOST_A_MINUTE or _count("wrong", 0) >= MOST_WRONG_A_MINUTE:
        return HttpResponse("Too many reports. Send them again in a minute.", status=429, content_type="text/plain")
    _count("all", 1)
    try:
        answer: HttpResponse = import_string(settings.MAIL_REPORTS_VIEW).as_view()(request)
    except NOT_TAKEN as error:
        _count("wrong", 1)
        logger.warning("a mail report was not taken: %s", type(error).__name__)
        return HttpResponseBadRequest("This report cannot be taken.", content_type="text/plain")
    return answer


def take_event(sender: object, event: Any, esp_name: str, **more: object) -> None:
    """A receiver of anymail's signal: one report in its one shape."""
    said = str(event.mta_response or event.description or event.reject_reason or "")
    reports.take(
        reports.Report(
            message_id=str(event.message_id or "")[:250], address=str(event.recipient or "")[:254],
            kind=str(event.event_type), said=" ".join(said.split()), at=event.timestamp or clock.now(),
        )
    )  # fmt: skip


def listen() -> None:
    """Hear what anymail reads; called once everything is loaded."""
    tracking.connect(take_event, dispatch_uid="notifications.reporting")


def _count(what: str, more: int) -> int:
    key = f"mail-reports:{what}"
    cache.add(key, 0, MINUTE)
    try:
        return cache.incr(key, more)
    except ValueError:  # the minute ended between the two lines
        return more
