"""Who joins a panel by invitation, what everybody accepts first, and who is relieved while it is at work."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts import actions as people
from accounts.invitations import Purpose, invites
from accounts.models import Invitation, User
from assessment import queries, rules, states
from assessment.actions.entry import note
from assessment.actions.panels import is_time_for_a_panel, wrong_people
from assessment.actions.workload import share_out
from assessment.models import Assessment, Panel, PanelMember, PanelRole, Round, RoundState
from audit.models import Visibility
from audit.transitions import NotPermitted, Pointing, Refused, append_event, lock, perform
from challenges.models import Challenge

PANEL = "panel"
ONLY_ONE = (PanelRole.CHAIR, PanelRole.DEPUTY)


@transaction.atomic
def invite_to_panel(*, challenge: Challenge, role: str, email: str, actor: User, at: datetime) -> Invitation:
    """Ask somebody, inside or outside the council, to sit on the panel; they need no account yet.

    Refused where the role is taken, and once marking has begun unless a seat waits for a successor.
    """
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can invite to the panel.")
    if found := list(_no_seat(challenge, PanelRole(role))):
        raise Refused(*found)
    panel, _ = Panel.objects.get_or_create(challenge=challenge)
    return people.invite(purpose=PANEL, organisation=panel, role=role, email=email, actor=actor, at=at)


@transaction.atomic
def join_panel(*, organisation: Panel, user: User, role: str, actor: User, at: datetime) -> PanelMember:
    """Sit on the panel from now on: called when an invitation is accepted, where everything is asked again.

    Once marking has begun this takes over the seat that waits, with the work that its holder left undone.
    """
    challenge, seat_role = organisation.challenge, PanelRole(role)
    lock(challenge)
    if queries.seat_on(challenge, user):
        raise Refused("You sit on this panel already.")
    if found := [*_no_seat(challenge, seat_role), *wrong_people(challenge, [user])]:
        raise Refused(*found)
    round_ = queries.newest_round(challenge)
    vacancy = queries.vacancy_for(challenge, role) if queries.is_at_work(round_) else None
    if seat_role != PanelRole.OBSERVER and _has_marked(challenge, user):
        # What they wrote before stays as it was left: it is neither mixed with new marks nor moderated by its writer.
        raise Refused("You were relieved after you had begun to mark: you can come back as an observer only.")
    if vacancy is not None and vacancy.user_id == user.pk:
        raise Refused("You were relieved from this seat: somebody else takes it over.")
    seat = _sit_down(organisation, user, seat_role, vacancy)
    append_event(
        verb="panel.joined", subject=organisation, actor=actor, at=at, challenge_id=challenge.pk,
        data={"user": user.actor_key, "role": role, "replaces": vacancy.user.actor_key if vacancy else None},
    )  # fmt: skip
    if round_ is not None:
        share_out(round_, at)
    return seat


@transaction.atomic
def accept_terms(*, seat: PanelMember, actor: User, at: datetime, version: str = "") -> None:
    """Accept the terms and confirm to have read the note on marking; nothing is shown to a member before.

    `version` is the one that was read; refused where the council has set another one since. What was accepted once
    holds for that panel: a later version is for those who join afterwards.
    """
    lock(seat)
    if seat.user_id != actor.pk or seat.left_at is not None:
        raise NotPermitted("People accept the terms of a panel for themselves, while they sit on it.")
    if seat.terms_accepted_at is not None:
        return
    terms = queries.terms_now(seat.panel.challenge.council_id)
    if version and version != terms.version:
        page = reverse("assess_terms", args=[seat.panel.challenge.slug])
        words = "The council has set other terms while you read. Read them as they are now, and accept those."
        raise Refused(Pointing(words, page))
    seat.terms_version, seat.terms_accepted_at = terms.version, at
    seat.save(update_fields=["terms_version", "terms_accepted_at"])
    append_event(
        verb="panel.terms_accepted", subject=seat.panel, actor=actor, at=at, challenge_id=seat.panel.challenge_id,
        visibility=Visibility.PANEL, data={"version": terms.version, "sha256": terms.fingerprint},
    )  # fmt: skip


@transaction.atomic
def relieve_member(*, seat: PanelMember, reason: str, marks_stand: bool, actor: User, at: datetime) -> None:
    """Take somebody off the panel; their row, declarations and marks are kept, and a successor can take over.

    `marks_stand`: whether marks that they handed in go on counting. Marks not handed in never count. Setting marks
    aside takes a round in moderation back to marking.
    """
    challenge = seat.panel.challenge
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can relieve a member of the panel.")
    round_ = queries.newest_round(challenge)
    if round_ is not None:
        lock(round_)
    lock(seat)
    if found := list(_cannot_be_relieved(seat, round_, reason)):
        raise Refused(*found)
    at_work = queries.is_at_work(round_)
    seat.left_at, seat.left_reason = at, reason.strip()
    seat.is_vacant = at_work and seat.role != PanelRole.OBSERVER
    seat.save(update_fields=["left_at", "left_reason", "is_vacant"])
    append_event(
        verb="panel.relieved", subject=seat.panel, actor=actor, at=at, challenge_id=challenge.pk, reason=reason.strip(),
        data={"user": seat.user.actor_key, "role": seat.role, "marks_stand": marks_stand},
    )  # fmt: skip
    if round_ is not None and at_work:
        _settle_marks(round_, seat, marks_stand, actor, at)


def invite_to_panels() -> None:
    """Let councils invite to their panels; called from AppConfig.ready."""
    invites(
        PANEL,
        Purpose(
            organisation=Panel,
            roles=PanelRole,
            may_invite=lambda actor, panel, role: rules.may_set_up_panel(actor, panel.challenge),
            who_words=states.OFFICERS,
            join=join_panel,
            landing=lambda panel: reverse("assess_terms", args=[panel.challenge.slug]),
            people=lambda panel: reverse("panel", args=[panel.challenge.slug]),
        ),
    )


def _no_seat(challenge: Challenge, role: PanelRole) -> Iterator[str]:
    round_ = queries.newest_round(challenge)
    if not is_time_for_a_panel(challenge, round_):
        yield f"A panel works between publication and decision; this challenge is {challenge.state}."
    elif round_ is not None and not queries.is_before_the_freeze(round_) and role != PanelRole.OBSERVER:
        yield "Quality is frozen: nobody joins to judge any more."
    elif queries.is_at_work(round_) and role != PanelRole.OBSERVER and not _may_come_late(challenge, role):
        yield "Marking has begun: relieve somebody first, whose seat the new member takes over."
    taken = PanelMember.objects.active().filter(panel__challenge=challenge, role=role).exists()
    if role in ONLY_ONE and taken:
        yield f"The panel has its {'chair' if role == PanelRole.CHAIR else 'deputy chair'} already."


def _has_marked(challenge: Challenge, user: User) -> bool:
    return Assessment.objects.filter(round__challenge=challenge, member__user=user).exists()


def _may_come_late(challenge: Challenge, role: PanelRole) -> bool:
    # A deputy is needed from the day on which the chair declares an interest, and marks nothing.
    return role == PanelRole.DEPUTY or queries.vacancy_for(challenge, role) is not None


def _sit_down(panel: Panel, user: User, role: PanelRole, vacancy: PanelMember | None) -> PanelMember:
    seat, _ = PanelMember.objects.update_or_create(
        panel=panel, user=user,
        defaults={"role": role, "left_at": None, "left_reason": "", "is_vacant": False, "replaces": vacancy},
    )  # fmt: skip
    return seat


def _cannot_be_relieved(seat: PanelMember, round_: Round | None, reason: str) -> Iterator[str]:
    if seat.left_at is not None:
        yield f"{seat.user} does not sit on this panel any more."
    if round_ is not None and not queries.is_before_the_freeze(round_) and seat.role != PanelRole.OBSERVER:
        yield "Quality is frozen: the panel's work is done, and its members stay on the record as they are."
    if not reason.strip():
        yield "Say why: the reason stays on the record."


def _settle_marks(round_: Round, seat: PanelMember, marks_stand: bool, actor: User, at: datetime) -> None:
    marks = Assessment.objects.counted().filter(round=round_, member=seat)
    handed_in = marks.filter(submitted_at__isnull=False).exists()
    aside = marks.filter(submitted_at=None) if marks_stand else marks
    if voided := aside.update(voided_at=at):
        note("marks.voided", round_, round_, actor, at, member=seat.pk, marks=voided)
    if handed_in and not marks_stand and round_.state == RoundState.MODERATING:
        perform(round_, "reopen_marking", actor=actor, at=at, reason=seat.left_reason)
    share_out(round_, at)
