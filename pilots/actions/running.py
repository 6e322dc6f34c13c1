"""What a pilot needs before and while it runs: clause checks, consent of the sites, the start."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock, perform, stands
from challenges.models import ChallengeState, ClauseRequirement
from pilots import rules
from pilots.actions import noting
from pilots.models import CheckVerdict, ClauseCheck, Pilot, PilotState


@transaction.atomic
def check_clause(
    *, pilot: Pilot, requirement: ClauseRequirement, verdict: str, evidence: str, actor: Actor, at: datetime
) -> ClauseCheck:
    """Record what a person found about a clause: met, or not met, with the evidence. The last check counts."""
    _lock_for_checks(pilot, requirement)
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager can record what was found about a clause.")
    if verdict not in (CheckVerdict.MET, CheckVerdict.NOT_MET):
        raise Refused("Say whether the clause is met or not met; waiving it is a step of its own.")
    if not evidence.strip():
        raise Refused("Say what you looked at: a verdict needs its evidence.")
    return _record(pilot, requirement, verdict, evidence, actor, at)


@transaction.atomic
def waive_clause(
    *, pilot: Pilot, requirement: ClauseRequirement, reason: str, actor: Actor, at: datetime
) -> ClauseCheck:
    """Let a clause go that somebody else found not met; the second person's reason is public (P2, D6)."""
    _lock_for_checks(pilot, requirement)
    if not rules.may_waive(actor, pilot):
        raise NotPermitted("Only the council's procurement lead can waive a clause.")
    last = pilot.clause_checks.filter(requirement=requirement, counts=True).order_by("pk").last()
    if last is None or last.verdict != CheckVerdict.NOT_MET:
        raise Refused("A clause is waived after somebody found it not met; nobody has.")
    if last.checked_by == actor.actor_key:
        raise Refused("You recorded that this clause is not met: a second person has to waive it.")
    if not reason.strip():
        raise Refused("Give a reason: it is published with the waiver.")
    return _record(pilot, requirement, CheckVerdict.WAIVED, reason, actor, at)


@transaction.atomic
def give_site_consent(*, pilot: Pilot, note: str, actor: Actor, at: datetime) -> None:
    """Record who is responsible for the sites and agreed to the pilot, before it starts (P2)."""
    lock(pilot)
    if not rules.may_consent(actor, pilot):
        raise NotPermitted("Only the council's problem owner or pilot manager can record the consent of the sites.")
    if pilot.state not in (PilotState.PLANNED, PilotState.REGISTERED):
        raise Refused("The pilot has started: the consent of its sites stands as it was recorded.")
    if pilot.site_consent_at:
        raise Refused("The consent of the sites is recorded already.")
    if not note.strip():
        raise Refused("Name who is responsible for the sites and how they agreed.")
    pilot.site_consent_at, pilot.site_consent_by, pilot.site_consent_note = at, actor.actor_key, note
    pilot.save(update_fields=["site_consent_at", "site_consent_by", "site_consent_note"])
    noting.note("pilot.site_consent_given", pilot, actor, at, reason=note)


@transaction.atomic
def start_pilot(*, pilot: Pilot, actor: User, at: datetime) -> None:
    """Start the pilot; the first one of a challenge moves the challenge into its pilot phase."""
    perform(pilot, "start", actor=actor, at=at, changes={"started_at": at}, data={"plan_sha256": pilot.plan_sha256})
    lock(pilot.challenge)
    if pilot.challenge.state == ChallengeState.ASSESSED:
        perform(pilot.challenge, "start_piloting", actor=actor, at=at)


def _lock_for_checks(pilot: Pilot, requirement: ClauseRequirement) -> None:
    lock(pilot)
    if requirement.challenge_id != pilot.challenge_id or not rules.is_looked_at(requirement):
        raise Refused("This clause is not one that the pilot is checked against.")
    if pilot.is_over:
        raise Refused(f"{stands(pilot)}: its clauses are not checked any more.")


def _record(
    pilot: Pilot, requirement: ClauseRequirement, verdict: str, evidence: str, actor: Actor, at: datetime
) -> ClauseCheck:
    before = pilot.clause_checks.filter(requirement=requirement).order_by("pk").last()
    check = ClauseCheck.objects.create(
        pilot=pilot, requirement=requirement, verdict=verdict, evidence=evidence, checked_by=actor.actor_key,
        checked_at=at, is_change=before is None or before.verdict != verdict or before.checked_by != actor.actor_key,
    )  # fmt: skip
    is_waived = verdict == CheckVerdict.WAIVED
    found = {"clause": requirement.code, "verdict": str(verdict)}
    if is_waived:
        noting.note("pilot.clause_waived", pilot, actor, at, Visibility.PUBLIC, evidence, **found)
    else:
        noting.note("pilot.clause_checked", pilot, actor, at, **found)
    return check
