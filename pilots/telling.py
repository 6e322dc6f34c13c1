"""What this room tells a supplier on the page of its own submission: where its pilot stands."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from pilots.models import Pilot, PilotState
from suppliers.models import Submission
from suppliers.told import Word

SAID = {
    PilotState.PLANNED: "The council is planning it: the sites, the dates, and how it is measured.",
    PilotState.REGISTERED: "Its measures are frozen and public. Before it starts, some clauses are due.",
    PilotState.RUNNING: "It is running. Send readings, and see what the council sees.",
    PilotState.SUSPENDED: "It is suspended. Its page gives the reason, and what has to happen first.",
    PilotState.EVALUATING: "Its result is being computed.",
    PilotState.DECIDED: "It is decided what follows. Its page gives the result, and the reason.",
    PilotState.CLOSED: "It is over. Its result and its data stay public.",
    PilotState.DROPPED: "It was ended before it began.",
    PilotState.ENDED: "It was ended early. Its page gives the reason.",
}


def words_for(submission: Submission, at: datetime) -> Iterator[Word]:
    """The supplier's own pilot, with the way to its working page."""
    pilot = Pilot.objects.filter(submission=submission).first()
    if pilot is not None:
        desk = reverse("pilot_workspace", args=[pilot.slug])
        yield Word("Your pilot", SAID[PilotState(pilot.state)], desk, "Go to your pilot", "info")
