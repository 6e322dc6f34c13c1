"""What became of a message, in a word for its reader. Pure: it reads the row it is given, nothing else."""

from dataclasses import dataclass

from notifications.models import Delivery, Outcome, Pace


@dataclass(frozen=True)
class DeliveryStatus:
    """The word, and the sentence that explains it."""

    code: str
    sentence: str


SENT = DeliveryStatus("sent", "Sent by e-mail")
ONLY_HERE = DeliveryStatus("inbox", "Kept here only, as you chose")
FAILED = DeliveryStatus("failed", "The e-mail could not be sent: your mail server did not take it")
AGAIN = DeliveryStatus("trying", "The e-mail has not gone out yet: we try again")
DAILY = DeliveryStatus("daily", "It comes with the next daily e-mail")
WAITING = DeliveryStatus("waiting", "The e-mail has not gone out yet")


REPORTED = {
    Outcome.DELIVERED: DeliveryStatus("delivered", "The e-mail was delivered"),
    Outcome.DEFERRED: DeliveryStatus("deferred", "The e-mail waits at your mail server, which has not taken it yet"),
    Outcome.BOUNCED: DeliveryStatus("bounced", "The e-mail came back: your mail server did not take it"),
    Outcome.REJECTED: DeliveryStatus("rejected", "The e-mail was not sent: the address cannot be written to"),
    Outcome.COMPLAINED: DeliveryStatus("complained", "The e-mail was marked as unwanted at your end"),
}


def status(delivery: Delivery) -> DeliveryStatus:
    """Where a delivery stands now."""
    if delivery.outcome in REPORTED:
        return REPORTED[Outcome(delivery.outcome)]
    found = (
        (delivery.sent_at is not None, SENT),
        (delivery.pace == Pace.INBOX, ONLY_HERE),
        (delivery.attempts >= Delivery.MOST_ATTEMPTS, FAILED),
        (bool(delivery.last_error), AGAIN),
        (delivery.pace == Pace.DAILY, DAILY),
    )
    return next((each for applies, each in found if applies), WAITING)
