"""The ranking, computed from what is stored, and computed again when a price was corrected or rejected (A9-A11)."""

from datetime import datetime

from assessment import inputs, queries, scoring
from assessment.models import EarlierRanking, Ranking, Round
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import Refused, append_event


def compute(round_: Round, at: datetime) -> Ranking:
    """A ranking of the round as it stands, not saved yet. Raises Refused with what the arithmetic refuses."""
    document = queries.ranking_inputs(round_)
    try:
        result = scoring.rank_case(inputs.read(document))
    except scoring.ScoringError as error:
        raise Refused(*error.problems) from error
    return Ranking(
        round=round_, inputs=document, result=scoring.to_document(result), digest=result.digest, computed_at=at
    )


def rank_again(round_: Round, actor: Actor, at: datetime, reason: str) -> None:
    """Replace the ranking of a (locked) round that is not decided; the one before is kept whole, with the reason."""
    was, new = Ranking.objects.get(round=round_), compute(round_, at)
    EarlierRanking.objects.create(
        round=round_, inputs=was.inputs, result=was.result, digest=was.digest, computed_at=was.computed_at,
        replaced_at=at, reason=reason,
    )  # fmt: skip
    new.pk = was.pk
    new.save(force_update=True)
    append_event(
        verb="round.ranked_again", subject=round_, actor=actor, at=at, reason=reason,
        challenge_id=round_.challenge_id, visibility=Visibility.PANEL,
        data={"was": was.digest, "ranking_sha256": new.digest, "ranked": len(new.result["ranking"])},
    )  # fmt: skip
