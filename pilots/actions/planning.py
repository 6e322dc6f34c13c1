"""Before a pilot starts: planning it, naming its sites, registering its plan."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from assessment.models import DecisionItem
from audit.actors import Actor
from audit.transitions import NotPermitted, Refused, lock, perform, stands
from challenges.models import ChallengeState, MeasureRole
from pilots import plans, rules, storage
from pilots.actions.forgetting import schedule_forgetting
from pilots.actions.noting import note
from pilots.models import Arm, Device, Metric, Pilot, PilotState, Site
from suppliers.models import SubmissionState
from work.actions import schedule

MONITORING, REGISTERED = "pilot.monitoring", "pilot.registered"


@dataclass(frozen=True)
class PlannedSite:
    """A site to name: `arm` is pilot or comparison; without `devices` the site itself reports under its own code."""

    code: str
    name: str
    arm: str
    devices: tuple[str, ...] = ()

    @property
    def reporting(self) -> tuple[str, ...]:
        return self.devices or (self.code,)


@transaction.atomic
def plan_pilot(*, item: DecisionItem, actor: Actor, at: datetime, has_live_simulation: bool = False) -> Pilot:
    """Begin the pilot of a selected submission; its metrics are the measures published with the challenge (P1)."""
    challenge = item.submission.challenge
    lock(challenge)
    lock(item.submission)
    if not rules.may_plan(actor, challenge):
        raise NotPermitted("Only the council's pilot manager or procurement lead can plan a pilot.")
    if item.submission.state == SubmissionState.LEFT:
        raise Refused("Its supplier has withdrawn: no pilot of it can be planned.")
    if item.submission.state != SubmissionState.SELECTED:
        raise Refused("This submission was not selected for a pilot.")
    if challenge.state not in (ChallengeState.ASSESSED, ChallengeState.PILOTING):
        raise Refused(f"{stands(challenge)}: no pilot of it can be planned.")
    if Pilot.objects.filter(submission=item.submission).exists():
        raise Refused("The pilot of this submission is planned already.")
    number = challenge.pilots.count() + 1
    pilot = Pilot.objects.create(
        challenge=challenge, decision=item.decision, submission=item.submission, supplier=item.submission.supplier,
        slug=f"{challenge.slug}-{number}", created_at=at, has_live_simulation=has_live_simulation,
    )  # fmt: skip
    Metric.objects.bulk_create(_metrics(pilot))
    note("pilot.planned", pilot, actor, at)
    return pilot


@transaction.atomic
def set_sites(*, pilot: Pilot, sites: Sequence[PlannedSite], actor: Actor, at: datetime) -> None:
    """Replace the sites and devices of a planned pilot; after registration they stand (P1, P4)."""
    lock(pilot)
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager can name the sites.")
    if pilot.state != PilotState.PLANNED:
        raise Refused("The plan is registered: its sites stand as they were registered.")
    if sentences := site_problems(sites):
        raise Refused(*sentences)
    pilot.roster_version += 1
    pilot.save(update_fields=["roster_version"])
    pilot.sites.all().delete()
    for each in sites:
        site = Site.objects.create(pilot=pilot, code=each.code, name=each.name, arm=each.arm)
        Device.objects.bulk_create([Device(site=site, code=code) for code in each.reporting])
    note("pilot.sites_set", pilot, actor, at, sites=len(sites))


def site_problems(sites: Sequence[PlannedSite]) -> list[str]:
    """What is wrong with a list of sites, one sentence each."""
    found = []
    if not any(site.arm == Arm.PILOT for site in sites):
        found.append("Name at least one site where the pilot is tried.")
    if twice := _twice(site.code for site in sites):
        found.append(f"Each site is named once: {', '.join(twice)} appears more often.")
    if twice := _twice(device for site in sites for device in site.reporting):
        found.append(f"Each device stands at one site and is named once: {', '.join(twice)} appears more often.")
    if any(not code or len(code) > 40 for site in sites for code in (site.code, *site.reporting)):
        found.append("Names of sites and devices have letters or digits, and at most 40 characters.")
    return found


@transaction.atomic
def register_plan(
    *, pilot: Pilot, registration: plans.Registration, actor: Actor, at: datetime, reason: str = ""
) -> None:
    """Freeze and hash the plan, and note when it is looked at (P1).

    Before the first reading of the pilot period a registered plan may be registered again, with a public reason; the
    new plan names the hash of the one that it replaces.
    """
    lock(pilot)
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager can register the plan.")
    context = plan_context(pilot)
    if found := plans.problems(registration, context, rules.local_day(at)):
        raise Refused(*[problem.sentence for problem in found])
    if getattr(actor, "pk", None) == registration.decider.pk:
        raise Refused("Whoever registers the plan does not decide on its result: name somebody else.")
    _set_bounds(context.primary, registration)
    plan = plans.content(registration, context, replaces=pilot.plan_sha256)
    step = "register" if pilot.state == PilotState.PLANNED else "register_again"
    digest = plans.digest(plan)
    perform(
        pilot, step, actor=actor, at=at, reason=reason, data={"plan_sha256": digest, "replaces": plan["replaces"]},
        changes={
            "plan": plan, "plan_sha256": digest, "registered_at": at, "registered_by": actor.actor_key,
            "baseline_starts_on": registration.baseline_starts_on, "starts_on": registration.starts_on,
            "ends_on": registration.ends_on, "analysis_on": registration.analysis_on,
            "decision_on": registration.decision_on, "decider": registration.decider,
            "roster_version": pilot.roster_version + 1,
        },
    )  # fmt: skip
    storage.ensure_months(registration.baseline_starts_on, registration.ends_on)
    schedule_looks(pilot, at)


def plan_context(pilot: Pilot) -> plans.Context:
    """The pilot with its measures and sites, read for a plan."""
    metrics = list(pilot.metrics.select_related("outcome").order_by("pk"))
    primary = next(metric for metric in metrics if metric.role == MeasureRole.PRIMARY)
    others = [metric for metric in metrics if metric is not primary]
    return plans.Context(pilot, primary, others, list(pilot.sites.all()))


def _set_bounds(metric: Metric, registration: plans.Registration) -> None:
    metric.lowest = None if registration.lowest is None else float(registration.lowest)
    metric.highest = None if registration.highest is None else float(registration.highest)
    metric.save(update_fields=["lowest", "highest"])


def schedule_looks(pilot: Pilot, at: datetime) -> None:
    """Note when a registered pilot is looked at, weekly and on its analysis dates, and when raw readings go."""
    for day in plans.monitoring_days(pilot.plan or {}):
        if rules.first_instant(day) > at:
            schedule(kind=MONITORING, subject_id=pilot.pk, due_at=rules.first_instant(day))
    for day in plans.earlier_looks(pilot.plan or {}):
        if rules.first_instant(day) > at:
            schedule(kind=REGISTERED, subject_id=pilot.pk, due_at=rules.first_instant(day))
    if pilot.analysis_on:
        schedule(kind=REGISTERED, subject_id=pilot.pk, due_at=rules.first_instant(pilot.analysis_on))
    schedule_forgetting(pilot)


def _metrics(pilot: Pilot) -> list[Metric]:
    metrics: list[Metric] = []
    for outcome in pilot.challenge.outcomes.all():
        stem = slugify(outcome.name)[:36] or "metric"
        taken = {metric.code for metric in metrics}
        code = next(each for each in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if each not in taken)
        metrics.append(
            Metric(
                pilot=pilot, outcome=outcome, code=code, role=outcome.role, name=outcome.name, unit=outcome.unit,
                direction=outcome.direction,
            )
        )  # fmt: skip
    return metrics


def _twice(codes: object) -> list[str]:
    return sorted(code for code, number in Counter(codes).items() if number > 1)  # type: ignore[call-overload]
