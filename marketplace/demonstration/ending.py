"""The last gates of a demonstration pilot: whether it is fit to run, and what is left when it ends."""

from collections.abc import Mapping
from decimal import Decimal

from accounts.models import User
from audit import clock
from pilots import actions as piloting
from pilots.actions import Established
from pilots.models import GateChoice, GateItem, Pilot
from pilots.rules import local_day

YEARS = 4
FIT = {
    GateItem.OPERATIONS: "The area team ran it for a month without the supplier. They want spare parts in the depot.",
    GateItem.COST: "The contract, half a post in the area team, connections, and taking it down in the fourth year.",
    GateItem.TAKE_OVER: "Our own analyst read the exported readings with the published format in a day.",
    GateItem.AUDIT: "Internal audit looked at the accounts and the data flow. Two old accounts were closed.",
}
GONE = {
    GateChoice.SCALE: "What stands there stays under the new contract. The accounts of the pilot are closed.",
    GateChoice.STOP: "Everything was taken away and the fixings made good. Accounts are closed, copies deleted.",
}
LEARNED = {
    GateChoice.SCALE: "Fix the measure and the comparison places before anybody has seen a reading. Ask the area team "
    "on the first day who would run it in the third year. Agree on power and permits before the start: they took "
    "longer than the installation.",
    GateChoice.STOP: "The change was smaller than what would pay for it. Choose more places, or a problem with larger "
    "figures, before trying again; the comparison places improved by themselves, too.",
}
EXPORTED = "The whole history as CSV, opened in a spreadsheet and counted; the counts agree with the pilot’s."


def find_fit(pilot: Pilot, people: Mapping[str, User], price: Decimal) -> None:
    """What gate 4 asks, before the full contract."""
    for item, words in FIT.items():
        cost = {"amount": price * Decimal("1.4"), "years": YEARS} if item == GateItem.COST else {}
        _record(pilot, item, words, "Head of the area team", people["owner"], **cost)


def clear_up(pilot: Pilot, people: Mapping[str, User]) -> None:
    """What gate 6 asks, before the pilot is closed."""
    choice = GateChoice.SCALE if pilot.gate.choice == GateChoice.SCALE else GateChoice.STOP
    manager = people["pilot_manager"]
    _record(pilot, GateItem.REMOVAL, GONE[choice], "The supplier, checked by the area team", manager)
    _record(pilot, GateItem.EXPORT, EXPORTED, "The council’s data team", manager)
    _record(pilot, GateItem.LESSONS, LEARNED[choice], "Pilot manager", manager)


def _record(pilot: Pilot, item: str, words: str, owner: str, actor: User, **cost: object) -> None:
    at = clock.now()
    found = Established(item=item, owner=owner, on=local_day(at), words=words, **cost)  # type: ignore[arg-type]
    piloting.record_gate(pilot=pilot, found=found, actor=actor, at=at)
