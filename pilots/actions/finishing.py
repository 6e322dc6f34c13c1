"""After the gates: what both sides say about a finished pilot, and handing finished pilots down to the panel."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import actions as assessing
from assessment import rules as assessing_rules
from assessment.models import Round
from assessment.pacing import working_days_between
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock
from challenges.models import Challenge, Criterion, CriterionKind
from pilots import handing, queries, rules
from pilots.actions.noting import note
from pilots.models import AccountSide, Pilot, PilotAccount, PilotState

TIME_TO_WRITE = 5
"""Working days after the last gate that suppliers have for their accounts, unless all of them have written."""
FINISHED = (PilotState.DECIDED, PilotState.CLOSED)


@transaction.atomic
def write_accounts(*, pilot: Pilot, texts: Mapping[Criterion, str], actor: User, at: datetime) -> None:
    """Write one side's words on each judged criterion; again until the evidence is frozen. Empty ones are left out.

    The pilot manager writes for the council, its own people for the supplier; neither sees the other's.
    """
    lock(pilot)
    side = rules.side_of(actor, pilot)
    if side is None:
        raise NotPermitted("Only the council's pilot manager and the supplier's own people write about a pilot.")
    if found := list(_cannot_write(pilot, texts)):
        raise Refused(*found)
    for criterion, words in texts.items():
        _write(pilot, criterion, side, words.strip(), actor, at)
    codes = sorted(each.code for each in texts)
    note("pilot.account_written", pilot, actor, at, Visibility.PANEL, side=side, criteria=codes)


@transaction.atomic
def hand_down_pilots(*, challenge: Challenge, actor: User, at: datetime) -> Round:
    """Freeze the evidence of every finished pilot and open the panel's round over them.

    Refused with everything that stands in the way: a gate that is open, an account that is missing, suppliers that
    still have time to write.
    """
    lock(challenge)
    if not assessing_rules.may_set_up_panel(actor, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can open the assessment.")
    pilots = finished_pilots(challenge)
    if found := in_the_way_of_handing_down(challenge, at):
        raise Refused(*found)
    handed = [
        assessing.HandedDown(pilot.submission, handing.evidence_of(pilot), handing.why_not_proven(pilot))
        for pilot in pilots
    ]
    return assessing.open_pilot_round(challenge=challenge, handed=handed, actor=actor, at=at)


def in_the_way_of_handing_down(challenge: Challenge, at: datetime) -> list[str]:
    """What has to be there before the evidence is frozen; the panel's own conditions are asked when it opens."""
    criteria = judged_on(challenge)
    if not criteria:
        return ["No criteria for finished pilots were published with this call: the approver chooses, with reasons."]
    proven = [pilot for pilot in finished_pilots(challenge) if not handing.why_not_proven(pilot)]
    return [*_under_way(challenge), *_silent_councils(proven, criteria), *_silent_suppliers(proven, at)]


def finished_pilots(challenge: Challenge) -> list[Pilot]:
    """Every pilot whose gate is decided, proven or not."""
    found = challenge.pilots.filter(state__in=FINISHED).select_related("supplier", "submission", "gate", "challenge")
    return list(found.order_by("pk"))


def judged_on(challenge: Challenge) -> list[Criterion]:
    """What the panel judges of a finished pilot; the measured result and the price are computed."""
    return list(Criterion.of_pilots.filter(challenge=challenge, kind=CriterionKind.QUALITY))


def _cannot_write(pilot: Pilot, texts: Mapping[Criterion, str]) -> Iterator[str]:
    if pilot.state not in FINISHED:
        yield "Accounts are written once the gate of the pilot is decided."
    if hasattr(pilot.submission, "pilot_evidence"):
        yield "The evidence is frozen: the panel is at work, and nothing in it changes any more."
    known = set(judged_on(pilot.challenge))
    for criterion, words in texts.items():
        if criterion not in known:
            yield "This is not a criterion that the panel judges finished pilots on."
        elif (count := len(words.split())) > criterion.word_limit:
            yield f"{criterion.name}: {count} words are more than the {criterion.word_limit} published for it."


def _write(pilot: Pilot, criterion: Criterion, side: str, words: str, actor: User, at: datetime) -> None:
    if not words:
        PilotAccount.objects.filter(pilot=pilot, criterion=criterion, side=side).delete()
        return
    PilotAccount.objects.update_or_create(
        pilot=pilot, criterion=criterion, side=side,
        defaults={"text": words, "written_by": actor.actor_key, "written_at": at},
    )  # fmt: skip


def _under_way(challenge: Challenge) -> Iterator[str]:
    names = [str(pilot.supplier) for pilot in queries.under_way(challenge)]
    if names:
        yield f"The pilot of {' and of '.join(names)} is still under way: decide its gate first."


def _silent_councils(pilots: list[Pilot], criteria: list[Criterion]) -> Iterator[str]:
    for pilot in pilots:
        told = set(pilot.accounts.filter(side=AccountSide.COUNCIL).values_list("criterion", flat=True))
        if missing := [each.name for each in criteria if each.pk not in told]:
            yield f"The pilot manager has not written about the pilot of {pilot.supplier} yet: {', '.join(missing)}."


def _silent_suppliers(pilots: list[Pilot], at: datetime) -> Iterator[str]:
    waiting = [pilot for pilot in pilots if not pilot.accounts.filter(side=AccountSide.SUPPLIER).exists()]
    if not waiting:
        return
    last = max(rules.local_day(pilot.gate.decided_at) for pilot in pilots)
    if working_days_between(last, rules.local_day(at)) <= TIME_TO_WRITE:
        names = " and ".join(str(pilot.supplier) for pilot in waiting)
        yield f"{names} can still write about the pilot, for {TIME_TO_WRITE} working days after the last gate."
