"""The decision, by somebody who did not assess (D1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from assessment import queries, rules, states
from assessment.actions.entry import note, require_state
from assessment.actions.letters import issue_summaries
from assessment.models import ApproverDeclaration, Decision, DecisionItem, Round, RoundState
from audit.actors import SYSTEM
from audit.transitions import NotPermitted, Refused, lock, perform
from challenges.models import Selection
from challenges.money import money
from suppliers.models import PriceOffer, Submission


@dataclass(frozen=True)
class Choice:
    """What the approver decided about one ranked submission, and why."""

    is_selected: bool
    reason: str


@transaction.atomic
def declare_as_approver(
    *, round: Round, actor: User, at: datetime, has_interest: bool, detail: str = ""
) -> ApproverDeclaration:
    """Declare interests in the ranked suppliers before reading the result; an interest bars from deciding (D7)."""
    lock(round)
    if not rules.may_approve(actor, round):
        raise NotPermitted(f"Only {states.APPROVER} can do this.")
    require_state(round, RoundState.RANKED, RoundState.DECIDED)
    if has_interest and not detail.strip():
        raise Refused("Say what the interest is: a personal, professional or financial link, direct or not.")
    was = ApproverDeclaration.objects.filter(round=round, user=actor).first()
    if was is not None and was.has_interest and not has_interest:
        raise Refused("You declared an interest here, and that is not taken back: another procurement lead decides.")
    row, _ = ApproverDeclaration.objects.update_or_create(
        round=round, user=actor, defaults={"has_interest": has_interest, "detail": detail.strip(), "declared_at": at}
    )
    note("interest.declared", row, round, actor, at, has_interest=has_interest)
    return row


@transaction.atomic
def decide(*, round: Round, choices: Mapping[int, Choice], reasons: str, actor: User, at: datetime) -> Decision:
    """Select up to `most_selected` of what is ranked, a reason for each; `choices` go by submission id.

    Moves every ranked submission and the challenge on; of finished pilots it says whose award is proposed.
    Raises Refused with everything that stands in the way.
    """
    lock(round)
    if not rules.may_approve(actor, round):
        raise NotPermitted(f"Only {states.APPROVER} can decide.")
    require_state(round, RoundState.RANKED)
    require_clear(round, actor)
    ranked = queries.to_decide_about(round)
    if found := _wrong_choices(round, ranked, choices, reasons):
        raise Refused(*found)
    decision = Decision.objects.create(round=round, approver=actor, reasons=reasons.strip(), decided_at=at)
    selected = sum(choice.is_selected for choice in choices.values())
    perform(round, "decide", actor=actor, at=at, data={"decision": decision.pk, "selected": selected})
    for submission in ranked:
        _settle(decision, submission, choices[submission.pk], at)
    if not round.is_about_pilots:
        perform(
            round.challenge, "record_assessment", actor=actor, at=at,
            data={"ranked": len(ranked), "selected": selected, "ranking_sha256": round.ranking.digest},
        )  # fmt: skip
    issue_summaries(round, actor, at)
    return decision


def most_selected(round_: Round) -> int:
    """How many can be selected: as many as were published go into a pilot, and one pilot leads to the contract."""
    return 1 if round_.is_about_pilots else round_.challenge.max_pilots


def require_clear(round_: Round, actor: User) -> None:
    """Raise unless the actor declared about the ranked suppliers, and declared no interest (D7)."""
    declared = ApproverDeclaration.objects.filter(round=round_, user=actor).first()
    if declared is None:
        raise Refused("Declare your interests in the ranked suppliers before you decide.")
    if declared.has_interest:
        raise NotPermitted("You declared an interest in this challenge: another procurement lead decides.")


def _wrong_choices(round_: Round, ranked: list[Submission], choices: Mapping[int, Choice], reasons: str) -> list[str]:
    found = [] if reasons.strip() else ["Give the reasons for the decision as a whole."]
    if set(choices) != {each.pk for each in ranked}:
        found.append("Decide about every ranked submission, and about no other.")
    most = most_selected(round_)
    if (selected := sum(choice.is_selected for choice in choices.values())) > most:
        what = "one gets the contract" if round_.is_about_pilots else f"at most {most} go into a pilot"
        found.append(f"{selected} are selected; this challenge published that {what}.")
    found += _wrong_selection(round_, ranked, {pk for pk, choice in choices.items() if choice.is_selected})
    names = {each.pk: each.pseudonym for each in ranked}
    without = [names[pk] for pk, choice in choices.items() if pk in names and not choice.reason.strip()]
    found += [
        f"{names[pk]} is {reason}."
        for pk, reason in queries.excluded(round_).items()
        if pk in choices and choices[pk].is_selected
    ]
    return found + [f"{name}: give the reason." for name in without]


def _wrong_selection(round_: Round, ranked: list[Submission], selected: set[int]) -> list[str]:
    """What the published way of choosing, and the money for all pilots together, say against a selection."""
    ranks = {row["id"]: row["rank"] for row in round_.ranking.result["ranking"]}
    over = _passed_over(round_, ranked, selected, ranks)
    return over if round_.is_about_pilots else [*over, *too_dear(round_, selected)]


def _passed_over(round_: Round, ranked: list[Submission], selected: set[int], ranks: Mapping[str, int]) -> list[str]:
    chosen = [each for each in ranked if each.pk in selected]
    by_rank = round_.is_about_pilots or round_.challenge.selection == Selection.RANK
    if not by_rank or not chosen:
        return []
    rule = "the contract goes by rank" if round_.is_about_pilots else "pilots are chosen by rank"
    last = max(chosen, key=lambda each: ranks[each.pseudonym])
    over = [each for each in ranked if each.pk not in selected and ranks[each.pseudonym] < ranks[last.pseudonym]]
    return [
        f"{each.pseudonym} (rank {ranks[each.pseudonym]}) is passed over for {last.pseudonym} "
        f"(rank {ranks[last.pseudonym]}): this challenge published that {rule}."
        for each in over
    ]


def too_dear(round_: Round, selected: set[int]) -> list[str]:
    """Why these submissions (ids) cannot all run a pilot: the money published for all pilots together."""
    most, currency = round_.challenge.pilots_ceiling, round_.challenge.currency
    together = sum((offer.pilot for offer in PriceOffer.objects.filter(submission__in=selected)), Decimal(0))
    if most is None or together <= most:
        return []
    cost, limit = money(together, currency), money(most, currency)
    return [f"The pilots selected cost {cost} together; this challenge published {limit} as the most."]


def _settle(decision: Decision, submission: Submission, choice: Choice, at: datetime) -> None:
    DecisionItem.objects.create(
        decision=decision, submission=submission, is_selected=choice.is_selected, reason=choice.reason.strip()
    )
    if decision.round.is_about_pilots:
        return  # that it was chosen for a pilot stays true
    perform(submission, "select" if choice.is_selected else "not_select", actor=SYSTEM, at=at)
