"""Who is told of an event. Each reader of this file can see who hears what, and through which relation."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import CouncilMembership, CouncilRole, User
from assessment.models import DecisionItem, EvidenceRequest, PanelMember, PanelRole, PriceClarification, Replacement
from audit.models import Event, Visibility
from challenges.models import Challenge
from pilots.models import Pilot
from suppliers.models import Joining, Submission, SubmissionState, SupplierMember, SupplierRole

Audience = Callable[[Challenge, Event], QuerySet[User]]
OFFICE = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD)


def hearing(event: Event, challenge: Challenge) -> dict[int, str]:
    """People (ids) to be told of an event, each with the verb of the letter that is meant for them."""
    told: dict[int, str] = {}
    for verb, audience in AUDIENCES.get(event.verb, ()):
        for user_id in audience(challenge, event).filter(is_active=True).values_list("pk", flat=True):
            told.setdefault(user_id, verb)
    return told


def concerned(event: Event) -> list[User]:
    """The active people whom an event without a challenge is about, but not whoever did it."""
    asked = Joining.objects.filter(pk=event.subject_id).first() if event.verb.startswith("joining.") else None
    if asked is None:
        named = _named(event)
        return [named] if named else []
    if event.verb != "joining.asked":
        return [asked.user] if asked.user.is_active else []
    admins = SupplierMember.objects.filter(supplier=asked.supplier_id, role=SupplierRole.ADMIN, user__is_active=True)
    return [each.user for each in admins.select_related("user")]


def _named(event: Event) -> User | None:
    key = str(event.data.get("user", ""))
    pk = key.removeprefix("user:")
    if key == event.actor_key or not pk.isdecimal():
        return None
    return User.objects.filter(pk=int(pk), is_active=True).first()


def watchers(challenge: Challenge, event: Event) -> QuerySet[User]:
    """Followers, and everybody whose firm drafts or submitted an answer (C3); nobody while it is not public."""
    if event.visibility != Visibility.PUBLIC:
        return User.objects.none()
    firms = Submission.objects.filter(challenge=challenge).values("supplier")
    return User.objects.filter(Q(follows__challenge=challenge) | _of_firms(firms)).distinct()


def watchers_of_a_departure(challenge: Challenge, event: Event) -> QuerySet[User]:
    """Watchers, without the firm that left: it has a letter of its own. Which it is the event does not tell."""
    gone = Submission.objects.filter(challenge=challenge, left_at=event.at).values("supplier")
    return watchers(challenge, event).exclude(_of_firms(gone))


def firm_of_submission(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of the firm whose submission it is."""
    return User.objects.filter(_of_firms(Submission.objects.filter(pk=event.subject_id).values("supplier"))).distinct()


def firm_of_reading(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of the firm whose sealed submission was read in an emergency (S1)."""
    own = Submission.objects.filter(emergency_readings=event.subject_id)
    return User.objects.filter(_of_firms(own.values("supplier"))).distinct()


def firms_to_confirm(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of firms whose submission has to be thought about again: a material amendment came after it (C2)."""
    if not event.data.get("is_material"):
        return User.objects.none()
    handed_in = Submission.objects.filter(challenge=challenge, state=SubmissionState.SUBMITTED)
    return User.objects.filter(_of_firms(handed_in.values("supplier"))).distinct()


def firm_asked_about_price(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of the firm whose price the council asks about."""
    asked = PriceClarification.objects.filter(pk=event.subject_id)
    return User.objects.filter(_of_firms(asked.values("submission__supplier"))).distinct()


def firm_asked_for_evidence(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of the firm that the panel asks for missing evidence."""
    asked = EvidenceRequest.objects.filter(pk=event.subject_id)
    return User.objects.filter(_of_firms(asked.values("submission__supplier"))).distinct()


def chair(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The chair of the panel."""
    seats = PanelMember.objects.active().filter(panel__challenge=challenge, role=PanelRole.CHAIR)
    return User.objects.filter(pk__in=seats.values("user"))


def firm_of_pilot(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of the firm that runs the pilot, of what is public."""
    if event.visibility != Visibility.PUBLIC:
        return User.objects.none()
    return User.objects.filter(_of_firms(Pilot.objects.filter(pk=event.subject_id).values("supplier"))).distinct()


def firm_moved_up(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of the firm that moved up to a free place."""
    moved = Replacement.objects.filter(pk=event.data.get("replacement", 0)).values("moved_up__supplier")
    return User.objects.filter(_of_firms(moved)).distinct()


def firms_assessed(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of every firm that the decision was about: they hear together who is chosen (D2)."""
    decided = DecisionItem.objects.filter(decision__round__challenge=challenge).values("submission__supplier")
    return User.objects.filter(_of_firms(decided)).distinct()


def disregarded_firms(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The members of firms whose submission was disregarded; they are told when everybody is (D2)."""
    dropped = Submission.objects.filter(challenge=challenge, state=SubmissionState.DISREGARDED)
    return User.objects.filter(_of_firms(dropped.values("supplier"))).distinct()


def office(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The council's problem owners and procurement leads."""
    return _with_role(challenge, OFFICE)


def council_with_pilots(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The council's problem owners, procurement leads and pilot managers."""
    return _with_role(challenge, (*OFFICE, CouncilRole.PILOT_MANAGER))


def both_sides(challenge: Challenge, event: Event) -> QuerySet[User]:
    """Whoever works on the pilot, for its council and for its supplier."""
    firms = Pilot.objects.filter(pk=event.subject_id).values("supplier")
    council = council_with_pilots(challenge, event).values("pk")
    return User.objects.filter(Q(pk__in=council) | _of_firms(firms)).distinct()


def approvers(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The procurement leads who may approve: not the owner."""
    return _with_role(challenge, (CouncilRole.PROCUREMENT_LEAD,)).exclude(owned_challenges=challenge)


def owner(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The person who owns the challenge."""
    return User.objects.filter(owned_challenges=challenge)


def panel(challenge: Challenge, event: Event) -> QuerySet[User]:
    """Those who sit on the panel now."""
    seats = PanelMember.objects.active().filter(panel__challenge=challenge)
    return User.objects.filter(pk__in=seats.values("user"))


def person_asked(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The person whose word is asked for."""
    return User.objects.filter(pk=event.subject_id)


def seated(challenge: Challenge, event: Event) -> QuerySet[User]:
    """The person of one seat on the panel."""
    return User.objects.filter(panel_memberships=event.subject_id)


def _of_firms(firms: Any) -> Q:
    return Q(pk__in=SupplierMember.objects.filter(supplier__in=firms).values("user"))


def _with_role(challenge: Challenge, roles: Iterable[str]) -> QuerySet[User]:
    held = CouncilMembership.objects.filter(council=challenge.council_id, role__in=roles)
    return User.objects.filter(pk__in=held.values("user"))


def _same(verb: str, audience: Audience) -> tuple[tuple[str, Audience], ...]:
    return ((verb, audience),)


# verb -> who gets which letter, the more personal first: nobody gets two letters of one event.
AUDIENCES: dict[str, tuple[tuple[str, Audience], ...]] = {
    **{
        verb: _same(verb, watchers)
        for verb in (
            "challenge.published", "challenge.unsealed", "challenge.cancelled",
            "challenge.concluded", "clarification.answered", "clarification.corrected", "award.notified",
            "award.contracted", "award.withdrawn",
        )
    },
    "challenge.amended": (
        ("submission.to_confirm", firms_to_confirm), ("challenge.amended", watchers), ("challenge.amended", panel),
        ("challenge.amended", owner),
    ),
    "challenge.assessed": (("submission.disregarded", disregarded_firms), ("challenge.assessed", watchers)),
    **{
        verb: ((verb, firm_of_pilot), (verb, watchers))
        for verb in (
            "pilot.started", "pilot.suspended", "pilot.resumed", "pilot.ended_early", "pilot.evaluated",
            "pilot.evaluated_earlier", "pilot.extended", "pilot.gate_decided",
        )
    },
    **{
        verb: _same(verb, firm_of_submission)
        for verb in (
            "submission.dropped",
            "submission.file_refused", "submission.not_selected", "submission.reconfirmed", "submission.resubmitted",
            "submission.selected", "submission.submitted", "submission.withdrawn", "submission.left",
        )
    },
    "evidence.asked": _same("evidence.asked", firm_asked_for_evidence),
    "evidence.answered": _same("evidence.answered", chair),
    "round.reasons_due": _same("round.reasons_due", office),
    "price.asked": _same("price.asked", firm_asked_about_price),
    "price.answered": _same("price.answered", approvers),
    "clarification.asked": _same("clarification.asked", office),
    "challenge.approval_asked": _same("challenge.approval_asked", approvers),
    "challenge.handed_back": _same("challenge.handed_back", owner),
    "round.submission_left": (("round.submission_left", panel), ("council.submission_left", office)),
    "challenge.supplier_moved_up": (
        ("submission.moved_up", firm_moved_up), ("challenge.next_chosen", firms_assessed),
        ("challenge.supplier_moved_up", watchers), ("challenge.supplier_moved_up", council_with_pilots),
    ),
    "challenge.supplier_left": _same("challenge.supplier_left", watchers_of_a_departure),
    "pilot.incident_recorded": _same("pilot.incident_recorded", both_sides),
    "pilot.supplier_stops": _same("pilot.supplier_stops", both_sides),
    "pilot.feed_failed": _same("pilot.feed_failed", both_sides),
    "pilot.device_recalled": _same("pilot.device_recalled", both_sides),
    "pilot.data_erased": _same("pilot.data_erased", both_sides),
    "pilot.recall_taken_back": _same("pilot.recall_taken_back", both_sides),
    "challenge.chosen_supplier_left": _same("challenge.chosen_supplier_left", council_with_pilots),
    "reading.opened": _same("reading.opened", firm_of_reading),
    "challenge.sealed_submission_opened": _same("challenge.sealed_submission_opened", office),
    "panel.set_up": _same("panel.set_up", panel),
    "round.opened": _same("round.opened", panel),
    "panel.reminded": _same("panel.reminded", seated),
    "interest.asked": _same("interest.asked", person_asked),
}  # fmt: skip
