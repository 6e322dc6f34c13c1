"""What is written about a pilot: to the public with the way to its page, to both sides with the way to theirs."""

from collections.abc import Mapping

from django.urls import reverse

from audit.models import Event, Visibility
from challenges.models import Challenge
from notifications.letter import Letter, Writer
from pilots.models import Pilot


def _of_pilot(subject: str, body: str, route: str = "pilot_incidents") -> Writer:
    """For whoever works on a pilot, on either side, with the way to where its incidents are, or another page.

    A reason comes along where it is public; what only both sides read stays on the page.
    """

    def writer(challenge: Challenge, event: Event) -> Letter:
        pilot = Pilot.objects.select_related("supplier").get(pk=event.subject_id)
        words = body.format(supplier=pilot.supplier, device=event.data.get("device", ""))
        text = (
            f"{words}\n\nThe reason given: {event.reason}"
            if event.reason and event.visibility == Visibility.PUBLIC
            else words
        )
        return Letter(subject.format(challenge), text, reverse(route, args=[pilot.slug]))

    return writer


PILOT_LETTERS: Mapping[str, Writer] = {
    "pilot.started": _of_pilot(
        "A pilot has started: {}", "The pilot with {supplier} has started. Its readings are open data.", "pilot"
    ),
    "pilot.suspended": _of_pilot(
        "A pilot is suspended: {}",
        "The pilot with {supplier} is suspended. No readings are taken meanwhile, and its days count for no result.",
        "pilot",
    ),
    "pilot.resumed": _of_pilot(
        "A pilot goes on: {}", "The pilot with {supplier} was suspended and goes on. Readings are taken again.", "pilot"
    ),
    "pilot.ended_early": _of_pilot(
        "A pilot was ended early: {}",
        "The pilot with {supplier} was ended before its analysis date, so that there is no result. Its page says what "
        "is paid and who takes the equipment away.",
        "pilot",
    ),
    "pilot.incident_recorded": _of_pilot(
        "An incident in a pilot: {}", "An incident is recorded in the pilot with {supplier}. Its page says what "
        "happened, who else has to be told, and until when.",
    ),
    "pilot.supplier_stops": _of_pilot(
        "A pilot’s supplier cannot go on: {}", "{supplier} cannot go on with its pilot. The council decides next: it "
        "ends the pilot, with what is paid and who takes the equipment away, or lets it run to its analysis date.",
    ),
    "pilot.feed_failed": _of_pilot(
        "Readings cannot be fetched: {}", "Readings of a pilot that you work on cannot be fetched from the supplier’s "
        "service. The page says what it answered. It is asked again, and you are told only once.", "pilot_feeds",
    ),
    "pilot.device_recalled": _of_pilot(
        "A device is recalled: {}", "The device {device} in the pilot with {supplier} is recalled. Its readings are "
        "marked: they count, and a verdict that hangs on them will be inconclusive.",
    ),
    "pilot.recall_taken_back": _of_pilot(
        "A recall was a mistake: {}", "The recall of the device {device} in the pilot with {supplier} is taken back. "
        "Its readings count like any other.",
    ),
    "pilot.data_erased": _of_pilot(
        "Data of a pilot were erased: {}", "Something had to be erased in the pilot with {supplier}. Its page says "
        "what, and how much. A later result lacks it; where too much is missing, the verdict is inconclusive.",
    ),
    "pilot.extended": _of_pilot(
        "A pilot is extended: {}",
        "The pilot with {supplier} goes on, once. Its page gives both reasons, and keeps the first result.", "pilot",
    ),
    "pilot.evaluated": _of_pilot(
        "Result of a pilot: {}", "The registered result of the pilot with {supplier} is computed and published.",
        "pilot",
    ),
    "pilot.evaluated_earlier": _of_pilot(
        "An earlier result of a pilot: {}",
        "A result of the pilot with {supplier}, which its plan foresaw before the last, is published.", "pilot",
    ),
    "pilot.gate_decided": _of_pilot(
        "A pilot was decided: {}", "It is decided what follows from the pilot with {supplier}.", "pilot"
    ),
}  # fmt: skip
