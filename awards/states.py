"""The life of an award, of a paid pilot and of the full contract alike. Read this first."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from assessment.queries import why_not_by, why_not_declared, why_not_verified
from audit.models import Visibility
from audit.transitions import Step, Table, add_guards, add_personal_guard, register, stands
from awards import queries, rules
from awards.models import Award, AwardKind, AwardState
from challenges.models import Challenge, ChallengeState, Route
from challenges.money import money
from challenges.timetable import day_of
from pilots.models import GateChoice, Pilot, Verdict
from suppliers.models import Submission, SubmissionState

PROPOSED, APPROVED, STANDSTILL = AwardState.PROPOSED, AwardState.APPROVED, AwardState.STANDSTILL
CONTRACTED, CHALLENGED, WITHDRAWN = AwardState.CONTRACTED, AwardState.CHALLENGED, AwardState.WITHDRAWN


def written(day: date) -> str:
    """A date in words: 20 July 2026."""
    return f"{day.day} {day:%B %Y}"


def challenge_goes_on(award: Award, at: datetime) -> str | None:
    """Nothing is awarded before a decision or after the end."""
    challenge = award.challenge
    if challenge.state in (ChallengeState.ASSESSED, ChallengeState.PILOTING):
        return None
    return f"{stands(challenge)}: no award of it can move on."


def submission_is_selected(award: Award, at: datetime) -> str | None:
    """A pilot contract follows from the panel's decision."""
    selected = award.pilot.submission.state == SubmissionState.SELECTED
    return None if selected else "This supplier's submission was not selected for a pilot."


def plan_is_registered(award: Award, at: datetime) -> str | None:
    """What the pilot will be measured by is fixed before money is (P1)."""
    if award.pilot.registered_at is not None:
        return None
    return "The pilot's plan is not registered yet: register its measures before the award."


def within_pilot_budget(award: Award, at: datetime) -> str | None:
    """The money for a pilot was published with the call."""
    return _above(award, award.challenge.pilot_budget, "the money published for each pilot")


def route_allows_contract(award: Award, at: datetime) -> str | None:
    """Route B ends with the prototype; what follows is competed anew."""
    if award.challenge.route != Route.B:
        return None
    return "Route B ends with the prototype: the full contract needs a new competition, published as its own challenge."


def gate_says_scale(award: Award, at: datetime) -> str | None:
    """No contract follows from a pilot without its gate decided, as `scale`, by a person (D6)."""
    gate = getattr(award.pilot, "gate", None)
    if gate is None:
        return "The gate of this pilot has not been decided: no contract follows from it yet."
    if gate.choice != GateChoice.SCALE:
        return f"The gate decided “{gate.get_choice_display()}”: a contract follows only from “Scale”."
    return None


def gate_kept_its_date(award: Award, at: datetime) -> str | None:
    """A gate decided before the registered analysis date binds nobody (D6)."""
    gate, analysis_on = getattr(award.pilot, "gate", None), award.pilot.analysis_on
    if gate is None or (analysis_on is not None and day_of(gate.decided_at) >= analysis_on):
        return None
    return "The gate was decided before the registered analysis date: it cannot carry a contract."


def verdict_binds(award: Award, at: datetime) -> str | None:
    """The rule published with every call: no contract without the registered verdict `scale` (D6)."""
    verdict = queries.registered_verdict(award.pilot)
    if verdict in (Verdict.NONE, Verdict.SCALE):
        return None
    word = Verdict(verdict).label
    return f"The registered result says “{word}”. As published with the call, only “Scale” leads to a contract."


def clauses_are_settled(award: Award, at: datetime) -> str | None:
    """Every clause due by now is verified, or waived in public by a second person (D6)."""
    codes = queries.clauses_before_award(award.pilot)
    return f"These clauses are neither met nor waived: {', '.join(codes)}." if codes else None


def within_ceiling(award: Award, at: datetime) -> str | None:
    """The contract costs at most what the call said."""
    return _above(award, award.challenge.contract_ceiling, "the ceiling published with the call")


def every_pilot_is_decided(award: Award, at: datetime) -> str | None:
    """No full contract while another pilot of the challenge is under way: who tries is judged before one gets it."""
    names = [str(pilot.supplier) for pilot in queries.others_under_way(award.pilot)]
    if not names:
        return None
    return (
        f"The pilot of {' and of '.join(names)} is still under way: decide its gate first, so that everybody who runs "
        "a pilot is judged before one of them gets the contract."
    )


def the_best_ranked_comes_first(award: Award, at: datetime) -> str | None:
    """Where several pilots proved their outcome and criteria for that were published, the panel's ranking decides."""
    if not queries.has_to_be_ranked(award.challenge):
        return None
    order = queries.order_of_finished(award.challenge)
    if not order:
        return (
            "Several pilots proved their outcome: the panel marks them by the criteria published with the call, and "
            "the contract goes to whom that decision names."
        )
    gone = queries.gave_up(award.challenge)
    for submission, _ in order:
        if submission.pk == award.pilot.submission_id:
            return None
        if submission.pk not in gone:
            return f"{submission.supplier} is ranked before {award.supplier}: the contract goes by rank, as published."
    return "The panel did not rank this pilot into a contract."


def only_contract(award: Award, at: datetime) -> str | None:
    """A challenge leads to one full contract."""
    other = queries.live_contract_award(award.challenge)
    if other is None or other.pk == award.pk:
        return None
    return f"The full contract is already on its way to {other.supplier}: withdraw that award first."


def supplier_is_verified(award: Award, at: datetime) -> str | None:
    """Somebody outside the panel checks the supplier and its subcontractors again before an award (A8)."""
    return why_not_verified(award.pilot.submission_id, award.pilot.supplier.name, at)


Check = Callable[[Award, datetime], str | None]
GROUNDS: dict[str, tuple[Check, ...]] = {
    AwardKind.PILOT: (
        challenge_goes_on, submission_is_selected, plan_is_registered, within_pilot_budget, supplier_is_verified,
    ),
    AwardKind.CONTRACT: (
        challenge_goes_on, route_allows_contract, gate_says_scale, gate_kept_its_date, verdict_binds,
        clauses_are_settled, within_ceiling, only_contract, every_pilot_is_decided, the_best_ranked_comes_first,
        supplier_is_verified,
    ),
}  # fmt: skip


def obstacles(award: Award, at: datetime) -> list[str]:
    """Every sentence that stands between this award (stored or only imagined) and its contract; empty when none."""
    return [sentence for check in GROUNDS[award.kind] if (sentence := check(award, at))]


def grounds_hold(award: Award, at: datetime) -> str | None:
    """What made the award possible still holds; asked again at every step."""
    return " ".join(obstacles(award, at)) or None


def summaries_are_out(award: Award, at: datetime) -> str | None:
    """Everybody assessed has had their summary before the notice is published (D2, D4)."""
    without = queries.without_summary(award)
    if not without:
        return None
    return f"The assessment summary of {', '.join(without)} is not out yet: the award notice comes after the summaries."


def officers_have_declared(award: Award, at: datetime) -> str | None:
    """Officers and advisers confirmed their interests before this notice (D7)."""
    return why_not_declared(award.challenge, at)


def person_is_clear(award: Award, step: str, actor: object) -> str | None:
    """Whoever stands aside takes no step, and whoever publishes a notice has declared before it (D7)."""
    return why_not_by(award.challenge, actor, is_notice=step in ("notify", "sign"))


def standstill_is_over(award: Award, at: datetime) -> str | None:
    """No contract before the standstill's last day is fully over in the United Kingdom (D4)."""
    if award.standstill_ends_on is None:
        return "The award notice is not published yet: the standstill has not begun."
    if rules.standstill_has_passed(award, at):
        return None
    return f"The standstill runs to the end of {written(award.standstill_ends_on)}: sign on the day after, or later."


def standstill_is_running(award: Award, at: datetime) -> str | None:
    """Only a claim issued and notified during the standstill suspends the award (D4)."""
    if award.standstill_ends_on is not None and not rules.standstill_has_passed(award, at):
        return None
    return "The standstill is over: a claim notified now does not suspend the award."


def pilot_contract_is_signed(pilot: Pilot, at: datetime) -> str | None:
    """For a pilot's step “start”: a paid pilot is a public contract too (D4)."""
    if queries.has_signed(pilot, AwardKind.PILOT):
        return None
    return "The pilot's contract is not signed yet: award it, let the standstill pass, and record the contract."


def full_contract_is_signed(challenge: Challenge, at: datetime) -> str | None:
    """For the challenge's step “conclude awarded”."""
    award = queries.live_contract_award(challenge)
    signed = award is not None and award.state == CONTRACTED
    return None if signed else "No full contract has been signed for this challenge."


def no_pilot_is_undecided(challenge: Challenge, at: datetime) -> str | None:
    """For “conclude no award”: whoever runs a pilot is owed its decision first (P7)."""
    names = [str(pilot.supplier) for pilot in queries.undecided_pilots(challenge)]
    return f"Decide the gate first: the pilot of {' and of '.join(names)} is still under way." if names else None


def no_award_is_under_way(challenge: Challenge, at: datetime) -> str | None:
    """For “conclude no award”: an award that was begun is withdrawn with its own reason first (D5)."""
    names = [str(award.supplier) for award in queries.unfinished_awards(challenge)]
    return f"Withdraw the award to {' and to '.join(names)} first: it is still under way." if names else None


def no_contract_is_proposed(submission: Submission, at: datetime) -> str | None:
    """Nobody begins a pilot once the full contract of the challenge is on its way (decision 0021)."""
    under_way = Award.objects.filter(challenge=submission.challenge_id, kind=AwardKind.CONTRACT)
    proposed = under_way.exclude(state=AwardState.WITHDRAWN).exists()
    return "The full contract is proposed already: no further pilot begins." if proposed else None


def guard_lower_rooms() -> None:
    """Add this room's guards to steps of pilots and challenges; called once everything is loaded."""
    add_personal_guard(Award, room="awards", guard=person_is_clear)
    add_guards(Pilot, "start", room="awards", guards=(pilot_contract_is_signed,))
    add_guards(Submission, "move_up", room="awards", guards=(no_contract_is_proposed,))
    add_guards(Challenge, "conclude_awarded", room="awards", guards=(full_contract_is_signed,))
    add_guards(Challenge, "conclude_no_award", room="awards", guards=(no_pilot_is_undecided, no_award_is_under_way))


def _above(award: Award, limit: Decimal | None, words: str) -> str | None:
    if limit is None or award.value <= limit:
        return None
    currency = award.challenge.currency
    return f"{money(award.value, currency)} is more than {words}, {money(limit, currency)}."


APPROVER = "a procurement lead who neither assessed nor proposed this award"
LEAD = "the council's procurement lead"
COUNCIL, PUBLIC = Visibility.COUNCIL, Visibility.PUBLIC

TABLE = register(
    Table(
        model=Award,
        noun="award",
        challenge_id=lambda award: award.challenge_id,
        steps=(
            Step(
                "approve", (PROPOSED,), APPROVED, rules.may_approve, APPROVER, "award.approved",
                guards=(grounds_hold,), visibility=COUNCIL, needs_reason=True,
            ),
            Step(
                "notify", (APPROVED,), STANDSTILL, rules.may_manage, LEAD, "award.notified",
                guards=(grounds_hold, summaries_are_out, officers_have_declared),
                visibility=PUBLIC,
            ),
            Step(
                "sign", (STANDSTILL,), CONTRACTED, rules.may_manage, LEAD, "award.contracted",
                guards=(standstill_is_over, grounds_hold, officers_have_declared), visibility=PUBLIC,
            ),
            Step(
                "record_claim", (STANDSTILL,), CHALLENGED, rules.may_manage, LEAD, "award.challenged",
                guards=(standstill_is_running,), visibility=COUNCIL, needs_reason=True,
            ),
            Step(
                "lift_suspension", (CHALLENGED,), STANDSTILL, rules.may_manage, LEAD, "award.suspension_lifted",
                visibility=COUNCIL, needs_reason=True,
            ),
            Step(
                "withdraw", (PROPOSED, APPROVED), WITHDRAWN, rules.may_manage, LEAD, "award.dropped",
                visibility=COUNCIL, needs_reason=True,
            ),
            Step(
                "withdraw_in_public", (STANDSTILL, CHALLENGED), WITHDRAWN, rules.may_manage, LEAD, "award.withdrawn",
                visibility=PUBLIC, needs_reason=True,
            ),
        ),
    )
)  # fmt: skip
