"""An e-mail service's own interface, from the environment: who sends, and how its reports are let in."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# Services of django-anymail that need no further package: the view that reads each one's reports.
SERVICES = {
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailersend": "anymail.webhooks.mailersend.MailerSendTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "mailtrap": "anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
    "mandrill": "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
    "postal": "anymail.webhooks.postal.PostalTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
    "sendgrid": "anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
    "unisender_go": "anymail.webhooks.unisender_go.UnisenderGoTrackingWebhookView",
}
SHORTEST_SECRET = 20
# The reports are normalised by anymail; of a click or an opening we want to know nothing.
TRACK_NOTHING = {"track_clicks": False, "track_opens": False}


def backend_of(service: str) -> str:
    """The e-mail backend of a service; files in the data folder where none is named."""
    if not service:
        return "django.core.mail.backends.filebased.EmailBackend"
    _known(service)
    return f"anymail.backends.{service}.EmailBackend"


def reports_of(service: str) -> str:
    """The dotted name of the view that reads this service's reports; empty where there is no service."""
    return SERVICES[_known(service)] if service else ""


def settings_of(service: str, text: str, secret: str) -> dict[str, Any]:
    """Anymail's settings. Raises ImproperlyConfigured with a sentence for what cannot be used."""
    if not service:
        return {}
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        raise ImproperlyConfigured("MAIL_SERVICE_SETTINGS is not JSON: write it as an object, {…}.") from error
    if not isinstance(given, dict):
        raise ImproperlyConfigured("MAIL_SERVICE_SETTINGS must be a JSON object, {…}.")
    if ":" not in secret or len(secret) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"MAIL_REPORTS_SECRET must be NAME:PASSWORD of at least {SHORTEST_SECRET} characters: without it anybody "
            "could report that letters came back."
        )
    return {"SEND_DEFAULTS": dict(TRACK_NOTHING)} | given | {"WEBHOOK_SECRET": secret}


def _known(service: str) -> str:
    if service not in SERVICES:
        raise ImproperlyConfigured(f"MAIL_SERVICE is none of {', '.join(SERVICES)}.")
    return service
