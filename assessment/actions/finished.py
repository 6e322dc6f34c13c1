"""A round over finished pilots: opened with their frozen evidence, ranked as soon as its marks are moderated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import finished, queries, rules, states
from assessment.actions.computing import compute
from assessment.actions.entry import require_state, seat_of
from assessment.actions.panels import why_not_ready
from assessment.actions.reminding import begin_reminding
from assessment.finished import Finished
from assessment.models import Panel, PanelRole, PilotEvidence, Round, RoundKind, RoundState
from audit.transitions import NotPermitted, Refused, append_event, lock, perform
from challenges.models import Challenge, ChallengeState, Criterion
from suppliers.models import Submission

LEAST = 2


@dataclass(frozen=True)
class HandedDown:
    """A finished pilot as the room that measured it hands it down; a reason not to rank it, where there is one."""

    submission: Submission
    evidence: Finished
    not_ranked_because: str = ""


@transaction.atomic
def open_pilot_round(*, challenge: Challenge, handed: Sequence[HandedDown], actor: User, at: datetime) -> Round:
    """Let the challenge's panel mark finished pilots, by the criteria published for them.

    Their evidence is frozen here with its fingerprint. Refused without published criteria, and where fewer than two
    can be ranked.
    """
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can open the assessment.")
    if found := list(_not_now(challenge, handed)):
        raise Refused(*found)
    panel = Panel.objects.get(challenge=challenge)
    # Its days were those of the first round: reminders would count from days long past.
    panel.declare_by = panel.mark_by = None
    panel.save(update_fields=["declare_by", "mark_by"])
    round_ = Round.objects.create(challenge=challenge, panel=panel, kind=RoundKind.PILOTS, opened_at=at)
    evidence = {row.submission.pk: _freeze(round_, row) for row in handed}
    if found := list(why_not_ready(round_, at)):
        raise Refused(*found)
    append_event(
        verb="round.opened", subject=round_, actor=actor, at=at, challenge_id=challenge.pk,
        data={"kind": round_.kind, "evidence": evidence},
    )  # fmt: skip
    begin_reminding(round_, at)
    return round_


@transaction.atomic
def rank_finished_pilots(*, round: Round, actor: User, at: datetime) -> None:
    """End the judging of finished pilots: whatever misses a threshold is not ranked (A8), the rest is, at once."""
    seat_of(round, actor, PanelRole.CHAIR)
    require_state(round, RoundState.MODERATING)
    if wrong := states.judges_finished_pilots(round, at):
        raise Refused(wrong)
    for submission_id, reason in queries.reasons_to_disregard(round).items():
        standing = PilotEvidence.objects.filter(round=round, submission=submission_id, disregard_reason="")
        standing.update(disregard_reason=reason)
    if waiting := in_the_way_of_ranking(round, at):
        raise Refused(*waiting)
    ranking = compute(round, at)
    ranking.save()
    data = {"ranking_sha256": ranking.digest, "ranked": len(ranking.result["ranking"]), "kind": round.kind}
    perform(round, "rank_pilots", actor=actor, at=at, changes={"quality_frozen_at": at}, data=data)


def in_the_way_of_ranking(round_: Round, at: datetime) -> list[str]:
    """Asked before anything is computed, because marks that are missing cannot be ranked."""
    return [sentence for guard in RANKED_AFTER if (sentence := guard(round_, at))]


RANKED_AFTER = (
    states.every_interest_is_decided, states.every_topic_is_moderated, states.every_flag_is_answered,
    states.terms_are_as_published,
)  # fmt: skip


def _not_now(challenge: Challenge, handed: Sequence[HandedDown]) -> Iterable[str]:
    if queries.round_of(challenge, RoundKind.PILOTS):
        yield "The finished pilots of this challenge are being assessed already."
    if challenge.state != ChallengeState.PILOTING:
        yield "Finished pilots are assessed while the challenge is in pilot."
    if not Criterion.of_pilots.filter(challenge=challenge).exists():
        yield "No criteria for finished pilots were published with this call: the approver chooses, with reasons."
    if sum(not row.not_ranked_because for row in handed) < LEAST:
        yield "Fewer than two pilots proved their outcome: there is nothing to rank."


def _freeze(round_: Round, row: HandedDown) -> str:
    document = finished.to_document(row.evidence)
    sha256 = finished.fingerprint(document)
    PilotEvidence.objects.create(
        round=round_, submission=row.submission, document=document, sha256=sha256,
        disregard_reason=row.not_ranked_because,
    )  # fmt: skip
    return sha256
