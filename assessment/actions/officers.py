"""Officers and advisers declare before the first notice, and confirm before each further one (D7)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts import actions as people
from accounts.invitations import Purpose, invites
from accounts.models import Invitation, User
from assessment import queries, rules, states
from assessment.actions.reminding import BY_HAND
from assessment.models import Adviser, AdviserField, OfficerConfirmation, OfficerDeclaration, OfficerRuling, SteppedBack
from assessment.queries import ADVISER
from audit.models import Event
from audit.transitions import NotPermitted, Refused, append_event, lock
from challenges.models import Challenge

ASKED = "interest.asked"
NOT_CONCERNED = "Only the council's officers and the advisers of this challenge declare here."


@transaction.atomic
def declare_as_officer(
    *, challenge: Challenge, actor: User, at: datetime, has_interest: bool, detail: str = ""
) -> OfficerDeclaration:
    """Declare about the procurement as a whole; a declared interest waits for a colleague's decision.

    It is not taken back; other words are a new interest, and are decided about anew. To say the same again is to
    confirm it: the day of the first word stays.
    """
    lock(challenge)
    _require_concerned(challenge, actor)
    if has_interest and not detail.strip():
        raise Refused("Say what the interest is: a personal, professional or financial link, direct or not.")
    row = queries.declaration_of(challenge, actor) or OfficerDeclaration(challenge=challenge, user=actor)
    words = detail.strip() if has_interest else ""
    if row.pk and row.has_interest and not has_interest:
        raise Refused("You declared an interest here, and that is not taken back: a colleague decides about it.")
    if row.pk and (row.has_interest, row.detail) == (has_interest, words):
        return confirm_as_officer(challenge=challenge, actor=actor, at=at).declaration
    row.ruling, row.ruling_reason, row.ruled_by, row.ruled_at = OfficerRuling.OPEN, "", None, None
    row.has_interest, row.detail, row.declared_at = has_interest, words, at
    row.notice = queries.notices_of(challenge)
    row.save()
    append_event(
        verb="interest.declared", subject=row, actor=actor, at=at, challenge_id=challenge.pk,
        data={"has_interest": has_interest, "before_notice": row.notice + 1},
    )  # fmt: skip
    return row


@transaction.atomic
def confirm_as_officer(*, challenge: Challenge, actor: User, at: datetime) -> OfficerConfirmation:
    """Confirm before the next notice, with one click, that what was declared is still all there is."""
    lock(challenge)
    _require_concerned(challenge, actor)
    row = queries.declaration_of(challenge, actor)
    if row is None:
        raise Refused("Declare your interests first: there is nothing to confirm yet.")
    row.notice, row.confirmed_at = queries.notices_of(challenge), at
    row.save(update_fields=["notice", "confirmed_at"])
    made = OfficerConfirmation.objects.create(declaration=row, notice=row.notice, confirmed_at=at)
    append_event(
        verb="interest.confirmed", subject=made, actor=actor, at=at, challenge_id=challenge.pk,
        data={"before_notice": row.notice + 1},
    )  # fmt: skip
    return made


@transaction.atomic
def rule_on_officer(
    *, declaration: OfficerDeclaration, ruling: OfficerRuling, reason: str, actor: User, at: datetime
) -> None:
    """Decide about a colleague's or adviser's declared interest; it can be decided anew."""
    lock(declaration.challenge)
    lock(declaration)
    if not rules.may_rule_on_officer(actor, declaration):
        raise NotPermitted(f"Only {states.OFFICERS}, and nobody about themselves, decides about an interest.")
    if sentence := queries.why_not_by(declaration.challenge, actor, is_notice=False):
        raise NotPermitted(sentence)
    if not declaration.has_interest:
        raise Refused("No interest was declared here, so there is nothing to decide.")
    if ruling == OfficerRuling.OPEN or not reason.strip():
        raise Refused("Decide, and say why: both go on the record.")
    declaration.ruling, declaration.ruling_reason = ruling, reason.strip()
    declaration.ruled_by, declaration.ruled_at = actor, at
    declaration.save(update_fields=["ruling", "ruling_reason", "ruled_by", "ruled_at"])
    append_event(
        verb="interest.ruled", subject=declaration, actor=actor, at=at, challenge_id=declaration.challenge_id,
        data={"ruling": str(ruling)},
    )  # fmt: skip


@transaction.atomic
def record_step_back(*, challenge: Challenge, user: User, reason: str, actor: User, at: datetime) -> None:
    """Note that somebody no longer works on the procurement, so that no notice waits for them."""
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can record this.")
    if user.pk == challenge.owner_id:
        raise Refused("The owner of a challenge works on it: hand it over first.")
    if user.pk not in {each.user.pk for each in queries.people_of(challenge)}:
        raise Refused(f"{user} does not work on this procurement.")
    if not reason.strip():
        raise Refused("Say why: the reason stays on the record.")
    event = append_event(
        verb="interest.stepped_back", subject=challenge, actor=actor, at=at, challenge_id=challenge.pk,
        reason=reason.strip(), data={"user": user.actor_key},
    )  # fmt: skip
    SteppedBack.objects.create(
        challenge=challenge, user=user, reason=reason.strip(), recorded_by=actor, recorded_at=at, event_id=event.pk
    )


@transaction.atomic
def invite_adviser(*, challenge: Challenge, field: str, email: str, actor: User, at: datetime) -> Invitation:
    """Ask somebody to advise on the challenge, and so to declare; they need no account yet."""
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can name an adviser.")
    return people.invite(
        purpose=ADVISER, organisation=challenge, role=AdviserField(field), email=email, actor=actor, at=at
    )


@transaction.atomic
def join_as_adviser(*, organisation: Challenge, user: User, role: str, actor: User, at: datetime) -> Adviser:
    """Advise from now on: called when an invitation is accepted."""
    lock(organisation)
    if found := rules.why_not_to_advise(user, organisation):
        raise Refused(found)
    row, _ = Adviser.objects.update_or_create(
        challenge=organisation, user=user, defaults={"field": AdviserField(role), "joined_at": at}
    )
    append_event(
        verb="adviser.joined", subject=organisation, actor=actor, at=at, challenge_id=organisation.pk,
        data={"user": user.actor_key, "field": role},
    )  # fmt: skip
    return row


@transaction.atomic
def ask_officers(*, challenge: Challenge, actor: User, at: datetime) -> int:
    """Ask everybody whose word the next notice waits for; returns how many. Nobody is asked twice within a day."""
    lock(challenge)
    if not rules.may_set_up_panel(actor, challenge):
        raise NotPermitted(f"Only {states.OFFICERS} can ask for declarations.")
    waited_for = [each.user for each in queries.people_of(challenge) if each.is_waited_for]
    if not waited_for:
        raise Refused("Everybody at work on this procurement has declared for the next notice.")
    asked = Event.objects.of_challenge(challenge.pk).filter(verb=ASKED, at__gt=at - BY_HAND)
    lately = set(asked.values_list("subject_id", flat=True))
    free = [user for user in waited_for if user.pk not in lately]
    if not free:
        raise Refused("Everybody whose word is missing was asked within the last day.")
    for user in free:
        append_event(verb=ASKED, subject=user, actor=actor, at=at, challenge_id=challenge.pk)
    return len(free)


def invite_advisers() -> None:
    """Let councils name advisers; called from AppConfig.ready."""
    invites(
        ADVISER,
        Purpose(
            organisation=Challenge,
            roles=AdviserField,
            may_invite=lambda actor, challenge, role: rules.may_set_up_panel(actor, challenge),
            who_words=states.OFFICERS,
            join=join_as_adviser,
            landing=lambda challenge: reverse("officer_interests", args=[challenge.slug]),
            people=lambda challenge: reverse("officer_interests", args=[challenge.slug]),
        ),
    )


def _require_concerned(challenge: Challenge, actor: User) -> None:
    if not rules.may_declare_as_officer(actor, challenge):
        raise NotPermitted(NOT_CONCERNED)
