"""Who works on a procurement, and whether each of them has declared their interests before its next notice (D7)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.urls import reverse

from accounts.models import CouncilMembership, CouncilRole, Invitation, User
from accounts.queries import open_invitations
from assessment.models import Adviser, OfficerConfirmation, OfficerDeclaration, OfficerRuling, SteppedBack
from audit.models import Event, Visibility
from audit.transitions import Pointing
from challenges.models import Challenge

ADVISER = "adviser"
AT_WORK = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD, CouncilRole.PILOT_MANAGER)
NOTICES = ("challenge.published", "challenge.amended", "award.notified", "award.contracted")
# Whoever only spoke about their own interests has not yet worked on anything.
OWN_WORDS = ("interest.declared", "interest.confirmed")
PAGE = "officer_interests"


@dataclass(frozen=True)
class Concerned:
    """Somebody who works on a procurement, and what they said about themselves."""

    user: User
    role: str
    declaration: OfficerDeclaration | None
    is_current: bool

    @property
    def is_aside(self) -> bool:
        return self.declaration is not None and self.declaration.ruling == OfficerRuling.ASIDE

    @property
    def is_undecided(self) -> bool:
        said = self.declaration
        return said is not None and said.has_interest and said.ruling == OfficerRuling.OPEN

    @property
    def is_waited_for(self) -> bool:
        """Whether the next notice waits for their word."""
        return not self.is_current and not self.is_aside


def notices_of(challenge: Challenge) -> int:
    """How many notices of the procurement are out: its call, amendments, award and contract notices."""
    told = Event.objects.of_challenge(challenge.pk).filter(verb__in=NOTICES, visibility=Visibility.PUBLIC)
    return told.count()


def declaration_of(challenge: Challenge, user: User) -> OfficerDeclaration | None:
    """What this person declared about the procurement."""
    return OfficerDeclaration.objects.filter(challenge=challenge, user=user).first()


def people_of(challenge: Challenge) -> list[Concerned]:
    """Everybody at work on the procurement: its owner, whoever of the council did anything on it, and advisers.

    Roles are read as they are now; whoever stepped back is left out until they do something again.
    """
    said = {row.user_id: row for row in OfficerDeclaration.objects.filter(challenge=challenge)}
    notices, made = notices_of(challenge), []
    for user, role in _at_work(challenge):
        row = said.get(user.pk)
        made.append(Concerned(user, role, row, row is not None and row.notice == notices))
    return sorted(made, key=lambda each: (str(each.user), each.user.pk))


def invited_advisers(challenge: Challenge, at: datetime) -> list[Invitation]:
    """Advisers who were asked and have not answered."""
    return list(open_invitations(challenge, ADVISER, at))


def why_not_declared(challenge: Challenge, at: datetime) -> str | None:
    """Everybody at work on the procurement declared before its first notice, and confirmed before each further (D7)."""
    return obstacle_of(challenge, people_of(challenge), invited_advisers(challenge, at))


def obstacle_of(challenge: Challenge, people: Sequence[Concerned], invited: Sequence[Invitation]) -> str | None:
    """The same of people and invitations that were read already."""
    silent = [str(each.user) for each in people if each.is_waited_for and each.declaration is None]
    silent += [f"{each.email}, an invited adviser" for each in invited]
    older = [str(each.user) for each in people if each.is_waited_for and each.declaration is not None]
    open_ = [str(each.user) for each in people if each.is_undecided]
    owner = next((each for each in people if each.user.pk == challenge.owner_id and each.is_aside), None)
    found = [
        silent and f"Interests in this procurement are still to be declared by {', '.join(silent)}.",
        older and f"Interests are to be confirmed again before this notice by {', '.join(older)}.",
        open_ and f"A colleague still has to decide about the interest of {', '.join(open_)}.",
        owner and f"{owner.user} owns the challenge and stands aside from it: hand it over first.",
    ]
    words = " ".join(sentence for sentence in found if isinstance(sentence, str))
    return Pointing(words, reverse(PAGE, args=[challenge.slug])) if words else None


def why_not_by(challenge: Challenge, actor: object, *, is_notice: bool) -> str | None:
    """Why this person does not act on the procurement: they stand aside, or have not declared before a notice (D7)."""
    if not isinstance(actor, User):
        return None
    said = declaration_of(challenge, actor)
    if said is not None and said.ruling == OfficerRuling.ASIDE:
        return "You stand aside from this procurement, as was decided about your interest: a colleague does this."
    if not is_notice or (said is not None and said.notice == notices_of(challenge)):
        return None
    what = "Confirm your interests" if said else "Declare your interests in this procurement"
    return Pointing(f"{what} first: a notice is published by somebody who has.", reverse(PAGE, args=[challenge.slug]))


def confirmations_of(challenge: Challenge) -> list[OfficerConfirmation]:
    """Every confirmation, in order."""
    rows = OfficerConfirmation.objects.filter(declaration__challenge=challenge)
    return list(rows.select_related("declaration__user").order_by("pk"))


def _at_work(challenge: Challenge) -> list[tuple[User, str]]:
    """Each person with what they are to the procurement, in words."""
    last = _last_acts(challenge)
    back = dict(
        SteppedBack.objects.filter(challenge=challenge).values_list("user").annotate(Max("event_id")).order_by("user")
    )
    made = []
    for user, role in _with_roles(challenge).values():
        did = last.get(user.actor_key)
        is_owner = user.pk == challenge.owner_id
        if is_owner or (did is not None and did > back.get(user.pk, 0)):
            made.append((user, role))
    return made


def _with_roles(challenge: Challenge) -> dict[int, tuple[User, str]]:
    people: dict[int, User] = {}
    words: dict[int, list[str]] = defaultdict(list)
    members = CouncilMembership.objects.filter(council=challenge.council_id, role__in=AT_WORK, user__is_active=True)
    for row in members.select_related("user").order_by("pk"):
        people[row.user_id] = row.user
        words[row.user_id].append(CouncilRole(row.role).label.split(":")[0])
    advisers = Adviser.objects.filter(challenge=challenge, user__is_active=True)
    for adviser in advisers.select_related("user").order_by("pk"):
        people[adviser.user_id] = adviser.user
        words[adviser.user_id].append(f"Adviser: {adviser.get_field_display().lower()}")
    return {pk: (user, ", ".join(words[pk])) for pk, user in people.items()}


def _last_acts(challenge: Challenge) -> dict[str, int]:
    acts = Event.objects.of_challenge(challenge.pk).filter(actor_key__startswith="user:").exclude(verb__in=OWN_WORDS)
    return dict(acts.values_list("actor_key").annotate(Max("pk")).order_by("actor_key"))
