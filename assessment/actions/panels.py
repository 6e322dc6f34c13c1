"""Naming the panel and opening its round."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import CouncilMembership, CouncilRole, User
from accounts.rules import has_role
from assessment import queries, rules, states
from assessment.actions.reminding import begin_reminding
from assessment.models import Panel, PanelMember, PanelRole, Round, RoundState
from audit.transitions import NotPermitted, Refused, append_event, lock
from challenges.models import Challenge, ChallengeState
from suppliers.models import Partner, Submission, SupplierMember

LEAST_ASSESSORS = 2
PANEL_STATES = (ChallengeState.PUBLISHED, ChallengeState.UNSEALED)


@transaction.atomic
def set_up_panel(*, challenge: Challenge, chair: User, assessors: Sequence[User], actor: User, at: datetime) -> Panel:
    """Name who assesses: one chair and two assessors or more (A2); again until marking begins.

    Whoever is taken off keeps their row and what they declared. Raises Refused with everything that stands in the way.
    """
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can name the panel.")
    if found := [*_wrong_time(challenge), *_wrong_people(challenge, chair, assessors)]:
        raise Refused(*found)
    panel, _ = Panel.objects.get_or_create(challenge=challenge)
    _seat(panel, {chair: PanelRole.CHAIR} | dict.fromkeys(assessors, PanelRole.ASSESSOR), at)
    append_event(
        verb="panel.set_up", subject=panel, actor=actor, at=at, challenge_id=challenge.pk,
        data={"chair": chair.actor_key, "assessors": [person.actor_key for person in assessors]},
    )  # fmt: skip
    return panel


@transaction.atomic
def open_round(*, challenge: Challenge, actor: User, at: datetime) -> Round:
    """Let the panel begin: everything is asked again now that it is known who submitted (A2, C4)."""
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can open the assessment.")
    if queries.round_of(challenge):
        raise Refused("The assessment of this challenge is already open.")
    if challenge.state != ChallengeState.UNSEALED:
        raise Refused("The assessment opens once the submissions are unsealed.")
    panel = Panel.objects.filter(challenge=challenge).first()
    if panel is None:
        raise Refused("Name the panel first.")
    round_ = Round.objects.create(challenge=challenge, panel=panel, opened_at=at)
    if found := list(why_not_ready(round_, at)):
        raise Refused(*found)
    append_event(verb="round.opened", subject=round_, actor=actor, at=at, challenge_id=challenge.pk)
    begin_reminding(round_, at)
    return round_


def why_not_ready(round_: Round, at: datetime) -> Iterator[str]:
    """Everything that keeps the panel from beginning this round."""
    seats = queries.members(round_)
    roles = [seat.role for seat in seats]
    if PanelRole.CHAIR not in roles or roles.count(PanelRole.ASSESSOR) < LEAST_ASSESSORS:
        yield f"A panel has a chair and at least {LEAST_ASSESSORS} assessors: name them, or wait until they accept."
    if (each := round_.panel.marks_each or 0) > roles.count(PanelRole.ASSESSOR):
        yield f"Each submission is to be marked by {each} assessors, and the panel has fewer."
    if not queries.submissions_in(round_):
        yield "Nothing was submitted, so there is nothing to assess: conclude without an award, or publish again."
    yield from _suppliers_people(round_.challenge, [seat.user for seat in seats])
    if changed := states.terms_are_as_published(round_, at):
        yield changed


def _wrong_time(challenge: Challenge) -> Iterator[str]:
    round_ = queries.newest_round(challenge)
    if not is_time_for_a_panel(challenge, round_):
        yield f"The panel is named between publication and assessment; this challenge is {challenge.state}."
    if round_ is not None and round_.state != RoundState.DECLARING:
        yield "Marking has begun: the panel can no longer be changed here."


def is_time_for_a_panel(challenge: Challenge, round_: Round | None) -> bool:
    """Between publication and decision, and again when finished pilots are to be marked."""
    marks_pilots = round_ is not None and round_.is_about_pilots and challenge.state == ChallengeState.PILOTING
    return marks_pilots or challenge.state in PANEL_STATES


def _wrong_people(challenge: Challenge, chair: User, assessors: Sequence[User]) -> Iterator[str]:
    if len(set(assessors)) < LEAST_ASSESSORS:
        yield f"A panel has at least {LEAST_ASSESSORS} different assessors beside its chair."
    if chair in assessors:
        yield f"{chair} cannot be chair and assessor at once: the chair moderates what others marked."
    yield from wrong_people(challenge, [chair, *assessors])


def wrong_people(challenge: Challenge, people: Sequence[User]) -> Iterator[str]:
    """A sentence for each reason why these people cannot sit on the panel."""
    for person in dict.fromkeys(people):
        if not person.is_active:
            yield f"{person} no longer has an account here."
        if has_role(person, challenge.council_id, CouncilRole.AUDITOR):
            yield f"{person} is the council's auditor, who reads everything afterwards and judges nothing."
    if not _approvers_left(challenge, people):
        yield "No procurement lead is left to approve: whoever assesses cannot decide (rule D1)."
    # Before the unsealing nobody may learn who submitted, so this is asked from then on, and again when opening.
    if challenge.state in (ChallengeState.UNSEALED, ChallengeState.PILOTING):
        yield from _suppliers_people(challenge, people)


def _approvers_left(challenge: Challenge, people: Sequence[User]) -> bool:
    leads = CouncilMembership.objects.filter(
        council=challenge.council_id, role=CouncilRole.PROCUREMENT_LEAD, user__is_active=True
    )
    return leads.exclude(user__in=people).exists()


def _suppliers_people(challenge: Challenge, people: Sequence[User]) -> Iterator[str]:
    arrived = Submission.objects.filter(challenge=challenge, state__in=queries.IN_ROUND)
    partners = Partner.objects.filter(submission__in=arrived).exclude(company_number="")
    concerned = Q(supplier__in=arrived.values("supplier"))
    concerned |= Q(supplier__company_number__in=partners.values("company_number"))
    belonging = SupplierMember.objects.filter(concerned, user__in=people)
    for person in User.objects.filter(pk__in=belonging.values("user")).order_by("pk"):
        yield f"{person} belongs to a supplier that submitted and cannot assess."


def _seat(panel: Panel, roles: dict[User, PanelRole], at: datetime) -> None:
    # Everybody leaves first, so that a change of chair never meets two chairs.
    named = (PanelRole.CHAIR, PanelRole.ASSESSOR)
    PanelMember.objects.active().filter(panel=panel, role__in=named).update(left_at=at)
    for person, role in roles.items():
        PanelMember.objects.update_or_create(
            panel=panel, user=person, defaults={"role": role, "left_at": None, "left_reason": ""}
        )
