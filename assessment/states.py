"""The life of a round. Read this first: every step, who takes it, what stands in its way."""

from datetime import datetime

from assessment import letters, queries, rules, scoring
from assessment.models import (
    ClarificationState,
    Decision,
    EvidenceRequest,
    EvidenceState,
    PriceClarification,
    PriceOpeningConsent,
    Ranking,
    Round,
    RoundKind,
    RoundState,
)
from assessment.models import PanelRole as Seat
from audit.models import Visibility
from audit.transitions import Step, Table, add_guards, add_personal_guard, register
from challenges.actions import terms_hash
from challenges.models import Challenge

DECLARING, MARKING, MODERATING = RoundState.DECLARING, RoundState.MARKING, RoundState.MODERATING
SIFTING = RoundState.SIFTING
PRICES, RANKED, DECIDED = RoundState.PRICES, RoundState.RANKED, RoundState.DECIDED
LISTED = 5
NOTICES = ("publish", "amend", "amend_terms")


def everyone_declared(round_: Round, at: datetime) -> str | None:
    """Everybody who judges declared for the challenge and for each supplier (A3); nobody waits for an observer."""
    ids = [each.pk for each in queries.submissions_in(round_)]
    declared, nothing = queries.declarations(round_, ids), queries.Declared()
    seats = [seat for seat in queries.members(round_) if seat.role != Seat.OBSERVER]
    waiting = [str(seat.user) for seat in seats if not declared.get(seat.pk, nothing).is_complete(ids)]
    return f"Interests are still to be declared by {', '.join(waiting)}." if waiting else None


def each_submission_has_assessors(round_: Round, at: datetime) -> str | None:
    """After recusals every submission still has enough people to mark it, and somebody to moderate it (A2)."""
    submissions = queries.submissions_in(round_)
    declared = queries.declarations(round_, [each.pk for each in submissions])
    seats, needed = queries.members(round_), queries.least_marking(round_)
    for submission in submissions:
        left = [seat for seat in seats if submission.pk not in declared.get(seat.pk, queries.Declared()).recused]
        if sum(seat.role == Seat.ASSESSOR for seat in left) < needed:
            return (
                f"{submission.pseudonym} is left without {needed} assessors who have no interest in it: change the "
                "panel."
            )
        if not any(seat.role in (Seat.CHAIR, Seat.DEPUTY) for seat in left):
            return (
                f"{submission.pseudonym} is left without anybody to moderate it: name a deputy chair, or another chair."
            )
    return None


def each_submission_is_marked(round_: Round, at: datetime) -> str | None:
    """Every submission has the whole marks of enough assessors; those of somebody relieved count where they stand."""
    needed, given = queries.least_marking(round_), queries.marked_by(round_)
    few = [each.pseudonym for each in queries.submissions_in(round_) if given[each.pk] < needed]
    if not few:
        return None
    return f"Fewer than {needed} assessors have marked {listed(few)}: relieve whoever cannot, and name a successor."


def a_sift_was_published(round_: Round, at: datetime) -> str | None:
    """A sift comes before the full round only where it was published with the call (C4)."""
    return None if queries.has_sift(round_) else "No sift was published with this call."


def the_sift_is_concluded(round_: Round, at: datetime) -> str | None:
    """Where a sift was published, the chair has concluded it."""
    waits = queries.has_sift(round_) and round_.sifted_at is None
    return "The sift comes first: the chair concludes it." if waits else None


def every_mark_is_in(round_: Round, at: datetime) -> str | None:
    """Every assigned pair of assessor and submission is complete (A7)."""
    waiting = [f"{member.user} ({count})" for member, count in queries.incomplete_pairs(round_)]
    return f"Marks are still to be submitted by {', '.join(waiting)}." if waiting else None


def every_topic_is_moderated(round_: Round, at: datetime) -> str | None:
    """Every submission has a moderated mark on every criterion; an average never stands in for one (A7)."""
    missing = queries.unmoderated(round_)
    return f"Still to be moderated ({len(missing)}): {listed(missing)}." if missing else None


def every_mandatory_clause_is_judged(round_: Round, at: datetime) -> str | None:
    """Every mandatory clause of every submission has a finding (A8)."""
    missing = queries.mandatory_without_finding(round_)
    return f"Clause findings are still missing ({len(missing)}): {listed(missing)}." if missing else None


def every_graded_clause_has_its_grade(round_: Round, at: datetime) -> str | None:
    """Where clause grades count, every graded clause of every submission has one; none is never zero (A5)."""
    missing = queries.graded_without_grade(round_)
    return f"Grades of clauses are still missing ({len(missing)}): {listed(missing)}." if missing else None


def every_interest_is_decided(round_: Round, at: datetime) -> str | None:
    """Whether a declared interest is a conflict is decided and on the record before the judging ends (A3)."""
    waiting = queries.undecided(round_)
    return f"Interests are still to be decided about: of {', '.join(waiting)}." if waiting else None


def every_flag_is_answered(round_: Round, at: datetime) -> str | None:
    """Whatever an assessor told the chair about a submission is answered before the judging ends."""
    waiting = queries.open_flags(round_)
    return f"Assessors told the chair about {listed(waiting)}: answer them first." if waiting else None


def something_is_admitted(round_: Round, at: datetime) -> str | None:
    """There is a price to open."""
    admitted = queries.admitted_count(round_)
    return None if admitted else "No submission was admitted, so there is no price to open and nothing to rank."


def judges_answers(round_: Round, at: datetime) -> str | None:
    """Clauses, prices and the sift belong to answers; of finished pilots all of that is known (A9)."""
    return "This round judges finished pilots: its prices are open already." if round_.is_about_pilots else None


def judges_finished_pilots(round_: Round, at: datetime) -> str | None:
    """A ranking follows at once only where prices have been open since the first round."""
    return None if round_.is_about_pilots else "Prices are opened before answers are ranked."


def two_people_agreed(round_: Round, at: datetime) -> str | None:
    """Two different people agreed to open the prices (A9); one where that was published, below the threshold."""
    people = PriceOpeningConsent.objects.filter(round=round_).values("user").distinct().count()
    enough = people >= rules.people_for_prices(round_.challenge)
    return None if enough else "Prices are opened by two different people."


def terms_are_as_published(round_: Round, at: datetime) -> str | None:
    """Criteria, weights, formula and tie-breaks are those whose hash was stored at publication (C4)."""
    same = terms_hash(round_.challenge) == round_.challenge.terms_hash
    return None if same else "The criteria are not those that were published: the round cannot go on (rule C4)."


def no_evidence_is_awaited(round_: Round, at: datetime) -> str | None:
    """Whoever was asked for missing evidence has answered, or let the time pass (A13)."""
    waiting = queries.waiting_for_evidence(round_, at)
    if not waiting:
        return None
    names = listed([row.submission.pseudonym for row in waiting])
    return f"Evidence was asked for and can still be given, by the suppliers of {names}."


def evidence_is_in_time(request: EvidenceRequest, at: datetime) -> str | None:
    """The evidence comes before its deadline, by the clock (A13)."""
    return None if at < request.due_at else "The time to give the missing evidence has passed."


def is_ranked(round_: Round, at: datetime) -> str | None:
    """A ranking is stored (D1)."""
    return None if Ranking.objects.filter(round=round_).exists() else "There is no ranking to decide on."


def low_prices_are_settled(round_: Round, at: datetime) -> str | None:
    """Every flagged price was asked about and decided on, with reasons (A12)."""
    waiting = [check.pseudonym for check in queries.price_checks(round_) if check.is_open]
    return f"Abnormally low: ask about the price of {listed(waiting)}, and decide on it, first." if waiting else None


def every_mark_is_explained(round_: Round, at: datetime) -> str | None:
    """Every mark and grade has an explanation that its supplier can read: the letters go out with the decision (D3)."""
    gaps = [str(gap) for gap in letters.gaps_of(letters.facts_of(round_))]
    return f"The chair still has to explain {len(gaps)}: {listed(gaps)}." if gaps else None


def answered_or_lapsed(clarification: PriceClarification, at: datetime) -> str | None:
    """The supplier answered, or let the time pass (A12)."""
    if clarification.state == ClarificationState.ANSWERED or at >= clarification.due_at:
        return None
    return "The supplier has time to answer until then: decide on the price afterwards."


def still_in_time(clarification: PriceClarification, at: datetime) -> str | None:
    """The answer comes before its deadline, by the clock."""
    return None if at < clarification.due_at else "The time to answer about your price has passed."


def criteria_can_be_scored(challenge: Challenge, at: datetime) -> str | None:
    """The arithmetic accepts the criteria and tie-breaks, asked before anybody answers to them (A1)."""
    if not challenge.criteria.exists():
        return None  # that there are none is said by the room below
    try:
        scoring.rank_case(queries.published_rules(challenge))
        if (of_pilots := queries.rules_for_pilots(challenge)) is not None:
            scoring.rank_case(of_pilots)
    except scoring.ScoringError as error:
        return " ".join(error.problems)
    return None


def round_is_decided(challenge: Challenge, at: datetime) -> str | None:
    """An approver who did not assess has decided (D1)."""
    kind = RoundKind.SUBMISSIONS
    decided = Decision.objects.filter(round__challenge=challenge, round__kind=kind, round__state=DECIDED).exists()
    return None if decided else "The assessment is finished when an approver who did not assess has decided."


def listed(names: list[str]) -> str:
    """The first names of a list, and how many more there are."""
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


CHAIR = "the chair of the panel"
OFFICERS = "the council's problem owner or procurement lead"
APPROVER = "a procurement lead of the council who did not sit on the panel"

TABLE = register(
    Table(
        model=Round,
        noun="round",
        challenge_id=lambda round_: round_.challenge_id,
        steps=(
            Step(
                "begin_sift",
                (DECLARING,),
                SIFTING,
                rules.may_move_on,
                "the panel",
                "round.sift_began",
                guards=(everyone_declared, each_submission_has_assessors, a_sift_was_published),
            ),
            Step(
                "begin_marking",
                (DECLARING, SIFTING),
                MARKING,
                rules.may_move_on,
                "the panel",
                "round.marking_began",
                guards=(everyone_declared, each_submission_has_assessors, the_sift_is_concluded),
            ),
            Step(
                "begin_moderation",
                (MARKING,),
                MODERATING,
                rules.may_move_on,
                "the panel",
                "round.moderation_began",
                guards=(every_mark_is_in, each_submission_is_marked),
            ),
            Step(
                "reopen_marking",
                (MODERATING,),
                MARKING,
                rules.may_reopen,
                "the chair of the panel, or an officer who relieves an assessor,",
                "round.marking_reopened",
                visibility=Visibility.PANEL,
                needs_reason=True,
            ),
            Step(
                "freeze_quality",
                (MODERATING,),
                PRICES,
                rules.may_moderate,
                CHAIR,
                "round.quality_frozen",
                guards=(
                    judges_answers,
                    every_interest_is_decided,
                    every_topic_is_moderated,
                    every_mandatory_clause_is_judged,
                    every_graded_clause_has_its_grade,
                    no_evidence_is_awaited,
                    every_flag_is_answered,
                ),
            ),
            Step(
                "rank_pilots",
                (MODERATING,),
                RANKED,
                rules.may_moderate,
                CHAIR,
                "round.ranked",
                guards=(
                    judges_finished_pilots,
                    every_interest_is_decided,
                    every_topic_is_moderated,
                    every_flag_is_answered,
                    terms_are_as_published,
                    is_ranked,
                ),
            ),
            Step(
                "rank",
                (PRICES,),
                RANKED,
                rules.may_open_prices,
                OFFICERS,
                "round.ranked",
                guards=(something_is_admitted, two_people_agreed, terms_are_as_published, is_ranked),
            ),
            Step(
                "decide",
                (RANKED,),
                DECIDED,
                rules.may_approve,
                APPROVER,
                "round.decided",
                guards=(is_ranked, low_prices_are_settled, every_mark_is_explained),
                visibility=Visibility.PANEL,
            ),
        ),
    )
)


ASKED, ANSWERED = ClarificationState.ASKED, ClarificationState.ANSWERED
PRICE_TABLE = register(
    Table(
        model=PriceClarification,
        noun="price",
        challenge_id=lambda clarification: clarification.round.challenge_id,
        steps=(
            Step(
                "answer", (ASKED,), ANSWERED, rules.may_answer_about_price, "an administrator of the supplier",
                "price.answered", guards=(still_in_time,), visibility=Visibility.PANEL,
            ),
            Step(
                "accept", (ASKED, ANSWERED), ClarificationState.ACCEPTED, rules.may_check_price, APPROVER,
                "price.accepted", guards=(answered_or_lapsed,), visibility=Visibility.PANEL, needs_reason=True,
            ),
            Step(
                "reject", (ASKED, ANSWERED), ClarificationState.REJECTED, rules.may_check_price, APPROVER,
                "price.rejected", guards=(answered_or_lapsed,), visibility=Visibility.PANEL, needs_reason=True,
            ),
        ),
    )
)  # fmt: skip


EVIDENCE_TABLE = register(
    Table(
        model=EvidenceRequest,
        noun="evidence",
        challenge_id=lambda request: request.round.challenge_id,
        steps=(
            # On the record for its supplier and, since the unsealing, the council: the panel still works blind.
            Step(
                "answer", (EvidenceState.ASKED,), EvidenceState.ANSWERED, rules.may_answer_evidence,
                "an administrator of the supplier", "evidence.answered", guards=(evidence_is_in_time,),
                visibility=Visibility.SUPPLIER,
            ),
        ),
    )
)  # fmt: skip


def officers_have_declared(challenge: Challenge, at: datetime) -> str | None:
    """Officers and advisers declared before the first notice, and confirmed before each further one (D7)."""
    return queries.why_not_declared(challenge, at)


def person_is_clear(record: Challenge | Round, step: str, actor: object) -> str | None:
    """Whoever stands aside takes no step, and whoever publishes a notice has declared before it (D7)."""
    challenge = record.challenge if isinstance(record, Round) else record
    return queries.why_not_by(challenge, actor, is_notice=isinstance(record, Challenge) and step in NOTICES)


def add_guards_below() -> None:
    """Guard the steps of lower rooms that depend on an assessment; called once the apps are loaded."""
    add_guards(Challenge, "publish", room="assessment", guards=(criteria_can_be_scored, officers_have_declared))
    for step in ("amend", "amend_terms"):
        add_guards(Challenge, step, room="assessment", guards=(officers_have_declared,))
    add_personal_guard(Challenge, room="assessment", guard=person_is_clear)
    add_personal_guard(Round, room="assessment", guard=person_is_clear)
    add_guards(Challenge, "record_assessment", room="assessment", guards=(round_is_decided,))
