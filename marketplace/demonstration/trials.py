"""The last part of a demonstration challenge: contracts, pilots and their readings, the gate, the end."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from accounts.models import User
from audit import clock
from awards import actions as awarding
from awards.models import Award, AwardKind
from challenges.actions import conclude_without_award
from challenges.models import Challenge, ClauseRequirement
from clauses.models import Due
from marketplace.demonstration import ending, listening, money, panels
from marketplace.demonstration.calls import LONDON, declare_interests, on_day
from marketplace.demonstration.readings import Periods, Row, Unit, Variation, simulate
from marketplace.demonstration.shapes import ChallengeText, PilotText
from pilots import actions as piloting
from pilots import queries
from pilots.actions import PlannedSite
from pilots.models import Arm, Pilot, Source
from pilots.plans import Longer, Registration
from suppliers.models import Submission
from work.actions import run_due_work

NOON = time(12)
KEPT_DAYS = 730
STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
ASSIGNED = "Places were paired by the figures of two years ago; the toss of a coin chose one of each pair."
SEEN = "Looked at by the pilot manager for the demonstration."


class Trial:
    """One pilot of a story."""

    def __init__(
        self, text: ChallengeText, told: PilotText, submission: Submission, people: Mapping[str, User]
    ) -> None:
        self.text, self.told, self.people = text, told, people
        self.submission = submission
        self.pilot_id = 0
        self.sent = 0

    @property
    def pilot(self) -> Pilot:
        return Pilot.objects.select_related("challenge", "supplier").get(pk=self.pilot_id)

    def register(self) -> None:
        """Plan the pilot, name its sites and freeze its measures."""
        manager, at = self.people["pilot_manager"], clock.now()
        live = bool(self.text.readings and self.text.readings.live_feed)
        item = self.submission.decision_items.get(decision__round__kind="submissions")
        pilot = piloting.plan_pilot(item=item, actor=manager, at=at, has_live_simulation=live)
        self.pilot_id = pilot.pk
        piloting.set_sites(pilot=pilot, sites=list(self._sites()), actor=manager, at=at)
        piloting.register_plan(pilot=self.pilot, registration=self._registration(), actor=manager, at=at)
        money.agree(self.pilot, Decimal(self.submission.price_offer.pilot), self.days(), manager)

    def award(self, kind: str, value: Decimal) -> date:
        """Propose, approve and publish an award; returns the last day of its standstill."""
        at = clock.now()
        panels.verify(self.submission, self.people["pilot_manager"])
        award = awarding.propose_award(pilot=self.pilot, kind=kind, value=value, actor=self.people["owner"], at=at)
        reasons = "The panel's decision and, for the full contract, the registered result carry this award."
        awarding.approve_award(award=award, reasons=reasons, actor=self.people["procurement_lead"], at=at)
        declare_interests(self.pilot.challenge)
        awarding.notify_award(award=award, actor=self.people["procurement_lead"], at=at)
        award.refresh_from_db()
        if award.standstill_ends_on is None:
            raise AssertionError("a notice begins a standstill")
        return award.standstill_ends_on

    def sign(self, kind: str, today: date) -> None:
        """Record the contract, on the first day after the standstill."""
        award = Award.objects.get(pilot=self.pilot_id, kind=kind)
        measure = self.text.measure
        indicators = ({"name": measure.name, "unit": measure.unit, "target": Decimal(str(measure.target))},)
        terms = awarding.Terms(
            reference=f"DEMO-{kind[:1].upper()}-{self.pilot_id}", signed_on=today, starts_on=today + timedelta(days=1),
            ends_on=today + timedelta(days=365 if kind == AwardKind.PILOT else 3 * 365), indicators=indicators,
        )  # fmt: skip
        declare_interests(self.pilot.challenge)
        awarding.sign_contract(award=award, terms=terms, actor=self.people["procurement_lead"], at=clock.now())

    def start(self) -> None:
        """Check what is due before the start, record consent, start, and send the baseline."""
        manager = self.people["pilot_manager"]
        self.check(Due.BEFORE_PILOT_START)
        piloting.give_site_consent(pilot=self.pilot, note="The highways team agreed.", actor=manager, at=clock.now())
        piloting.start_pilot(pilot=self.pilot, actor=manager, at=clock.now())
        self.send()

    def check(self, due: str) -> None:
        """Record the clauses that fall due as met."""
        for requirement in ClauseRequirement.objects.filter(challenge=self.submission.challenge_id, due=due):
            piloting.check_clause(
                pilot=self.pilot, requirement=requirement, verdict="met", evidence=SEEN,
                actor=self.people["pilot_manager"], at=clock.now(),
            )  # fmt: skip

    def send(self) -> None:
        """Send the readings that have been taken since the last time."""
        now = clock.now()
        rows = [row for row in self._rows() if row.at <= now][self.sent :]
        self.sent += len(rows)
        metric = self.pilot.metrics.get(role="primary")
        sent = [
            {
                "device": slugify(row.unit), "metric": metric.code, "taken_at": row.at.isoformat(),
                "value": round(row.value, 3), "unit": metric.unit,
            }
            for row in rows
        ]  # fmt: skip
        for first in range(0, len(sent), 5000):
            piloting.ingest(
                pilot=self.pilot, rows=sent[first : first + 5000], source=Source.FILE,
                actor=self.people["pilot_manager"], at=now,
            )  # fmt: skip

    def decide(self) -> str:
        """Decide the gate as the registered result says; returns the choice."""
        pilot = self.pilot
        result = queries.registered_evaluation(pilot)
        may_go_on = self.told.more_periods and not hasattr(pilot, "extension")
        choice = "scale" if result and result.verdict == "scale" else "extend" if may_go_on else "stop"
        reason = {
            "scale": "The registered result reached the published minimum, and every clause is met.",
            "extend": "Residents were away for much of the summer. Six more weeks show the yards as they are in term.",
            "stop": "The registered result does not carry a contract; what we learned is published here.",
        }[choice]
        at = clock.now()
        piloting.decide_gate(
            pilot=self.pilot, choice=choice, reason=reason, actor=self.people["procurement_lead"], at=at
        )
        return choice

    def extend(self) -> Iterator[datetime]:
        """A second person registers the second look; readings go on; the result is computed again, and decided on."""
        pilot, step = self.pilot, STEPS[self.text.measure.period]
        if pilot.starts_on is None:
            raise AssertionError("a pilot with a result has started")
        ends_on = (
            pilot.starts_on + (self.text.measure.pilot_periods + self.told.more_periods) * step - timedelta(days=1)
        )
        longer = Longer(
            ends_on=ends_on, analysis_on=ends_on + timedelta(days=3), decision_on=ends_on + timedelta(days=21),
            decider=self.people["procurement_lead"],
        )  # fmt: skip
        reason = "The supplier can stay, and the readings cost nothing more. One more look, as the plan allows."
        piloting.extend_pilot(
            pilot=pilot, longer=longer, reason=reason, actor=self.people["pilot_manager"], at=clock.now()
        )
        yield datetime.combine(ends_on + timedelta(days=1), time(13), LONDON)
        self.send()
        yield datetime.combine(longer.analysis_on, time(9), LONDON)
        run_due_work()
        yield clock.now() + timedelta(days=5)
        self.decide()

    def close(self) -> None:
        """Record what is left at the end, and close."""
        ending.clear_up(self.pilot, self.people)
        piloting.close_pilot(pilot=self.pilot, actor=self.people["pilot_manager"], at=clock.now())

    def _sites(self) -> Iterator[PlannedSite]:
        if self.text.readings is None:
            raise AssertionError("a story with pilots tells its readings")
        for arm, names in ((Arm.PILOT, self.told.sites), (Arm.COMPARISON, self.text.readings.comparison_sites)):
            for name in names:
                yield PlannedSite(code=slugify(name), name=name, arm=arm)

    def _registration(self) -> Registration:
        measure, days, measured = self.text.measure, self.days(), self.pilot.metrics.get(role="primary")
        return Registration(
            design=measure.design, baseline_starts_on=days["baseline_starts_on"], starts_on=days["starts_on"],
            ends_on=days["ends_on"], analysis_on=days["analysis_on"], decision_on=days["decision_on"],
            decider=self.people["procurement_lead"],
            minimum_worthwhile_effect=Decimal(str(measure.minimum_worthwhile_effect)),
            harm_limit=Decimal(str(measure.harm_limit)), spread=Decimal(str(_spread(self.text))),
            expected_effect=Decimal(str(abs(self.told.true_change))), lowest=Decimal(0),
            looks=2 if self.told.more_periods else 1, assignment=ASSIGNED, keep_days={measured.code: KEPT_DAYS},
            residents=(measured.code,),
        )  # fmt: skip

    def days(self) -> dict[str, date]:
        measure, step = self.text.measure, STEPS[self.text.measure.period]
        starts = self.submission.challenge.pilot_starts_on
        if starts is None:
            raise AssertionError("a published challenge says when pilots start")
        ends = starts + measure.pilot_periods * step - timedelta(days=1)
        return {
            "baseline_starts_on": starts - measure.baseline_periods * step, "starts_on": starts, "ends_on": ends,
            "analysis_on": ends + timedelta(days=3), "decision_on": ends + timedelta(days=21),
        }  # fmt: skip

    def _rows(self) -> list[Row]:
        return rows_of(self.text, self.told, self.days()["starts_on"])


def rows_of(text: ChallengeText, told: PilotText, starts_on: date) -> list[Row]:
    """Every reading that a told pilot will ever send; the same each time."""
    measure, varied = text.measure, text.readings
    if varied is None:
        return []
    units = [Unit(name, is_pilot=True) for name in told.sites]
    units += [Unit(name, is_pilot=False) for name in varied.comparison_sites]
    periods = Periods(
        datetime.combine(starts_on, NOON, LONDON), STEPS[measure.period], measure.baseline_periods,
        measure.pilot_periods + told.more_periods,
    )  # fmt: skip
    variation = Variation(
        baseline=measure.baseline_value, between_sites=varied.between_sites, noise=varied.noise,
        carry_over=varied.carry_over, shared=varied.shared, missing=varied.missing, lowest=varied.lowest,
        highest=varied.highest,
    )  # fmt: skip
    return simulate(units, periods, told.true_change, varied.seed, variation)


def _spread(text: ChallengeText) -> float:
    """How much one site's change differs from another's: the noise of two window means."""
    measure, varied = text.measure, text.readings
    noise = varied.noise if varied else 1.0
    return round(noise * (1 / measure.baseline_periods + 1 / measure.pilot_periods) ** 0.5, 3)


def play_pilots(trials: list[Trial], challenge: Challenge, today: date) -> Iterator[datetime]:
    """From registration to the end of the challenge, or to the present where its pilots still run."""
    text = trials[0].text
    for trial in trials:
        trial.register()
    yield clock.now() + timedelta(days=1)
    ends = [trial.award(AwardKind.PILOT, _price(trial, "pilot_price")) for trial in trials]
    yield _morning_after(max(ends))
    for trial in trials:
        trial.sign(AwardKind.PILOT, _local_day())
    starts = trials[0].days()["starts_on"]
    yield datetime.combine(starts, time(8), LONDON)
    for trial in trials:
        trial.start()
    yield from _run(trials, today)
    for trial in trials:
        listening.show_rain(trial.pilot, trial.people, clock.now())
        listening.tell_of_devices(trial.pilot, trial.people, clock.now())
        listening.listen(trial.pilot, trial.people, clock.now())
    analysis = trials[0].days()["analysis_on"]
    if analysis > today:
        return
    yield datetime.combine(analysis, time(9), LONDON)
    run_due_work()
    yield clock.now() + timedelta(days=5)
    yield from _end(trials, challenge, text)


def _run(trials: list[Trial], today: date) -> Iterator[datetime]:
    days = trials[0].days()
    day = days["starts_on"] + timedelta(weeks=1)
    last = min(days["analysis_on"] - timedelta(days=1), today)
    week = 1
    while day < last:
        yield datetime.combine(day, time(13), LONDON)
        _send_and_look(trials)
        for trial in trials:
            money.go_on(trial.pilot, week, trial.people)
        money.go_wrong(trials[0].pilot, week, trials[0].people)
        day, week = day + timedelta(weeks=1), week + 1
    yield datetime.combine(last, time(13), LONDON) if last < today else on_day(today, -1, 13)
    _send_and_look(trials)


def _send_and_look(trials: list[Trial]) -> None:
    for trial in trials:
        trial.send()
    run_due_work()


def _end(trials: list[Trial], challenge: Challenge, text: ChallengeText) -> Iterator[datetime]:
    choices = [trial.decide() for trial in trials]
    for trial, choice in zip(trials, choices, strict=True):
        if choice == "extend":
            yield clock.now() + timedelta(days=1)
            yield from trial.extend()
    proven = [trial for trial, choice in zip(trials, choices, strict=True) if choice == "scale"]
    yield clock.now() + timedelta(days=3)
    if not proven:
        reason = "Neither pilot reached the published minimum. What we measured is published, for the next council."
        lead = trials[0].people["procurement_lead"]
        conclude_without_award(challenge=_fresh(challenge), actor=lead, at=clock.now(), reason=reason)
    else:
        for due in (Due.DURING_PILOT, Due.BEFORE_AWARD):
            proven[0].check(due)
        ending.find_fit(proven[0].pilot, proven[0].people, _price(proven[0], "contract_price"))
        ends_on = proven[0].award(AwardKind.CONTRACT, _price(proven[0], "contract_price"))
        yield _morning_after(ends_on)
        proven[0].sign(AwardKind.CONTRACT, _local_day())
    for trial in trials:
        trial.close()


def _price(trial: Trial, name: str) -> Decimal:
    offer: Any = trial.submission.price_offer
    return Decimal(getattr(offer, name))


def _morning_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(9), LONDON)


def _local_day() -> date:
    return clock.now().astimezone(LONDON).date()


def _fresh(challenge: Challenge) -> Challenge:
    return Challenge.objects.get(pk=challenge.pk)
