"""How a request comes to its round: found by the challenge's slug, or not at all."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from assessment import queries, rules
from assessment.models import PanelMember, PanelRole, Round
from audit.transitions import NotPermitted, Refused
from challenges.models import Challenge

NOT_ON_PANEL = "Only members of this challenge's panel can open this page."
DECLARE_FIRST = "Declare your interests first: answers are shown after that."


def person(request: HttpRequest) -> User:
    """The signed-in user (every view here asks for a login first)."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required stands before every view
    return request.user


def challenge_by(slug: str) -> Challenge:
    return get_object_or_404(Challenge.objects.select_related("council"), slug=slug)


def round_by(slug: str) -> Round:
    """The round of a challenge; 404 before it is opened."""
    found = queries.round_of(challenge_by(slug))
    if found is None:
        raise Http404
    return found


def seat(round_: Round, user: User) -> PanelMember:
    """The user's seat; everybody else is refused before anything is read."""
    member = queries.member_of(round_, user)
    if member is None:
        raise NotPermitted(NOT_ON_PANEL)
    return member


def chair_seat(round_: Round, user: User) -> PanelMember:
    member = seat(round_, user)
    if member.role != PanelRole.CHAIR:
        raise NotPermitted("Only the chair of the panel can open this page.")
    return member


def blind(round_: Round, user: User, pseudonym: str) -> queries.BlindSubmission:
    """The submission as the user may see it; refused without a declaration, and for whoever is recused."""
    seat(round_, user)
    found = queries.blind_submission(round_, user, pseudonym)
    if found is not None:
        return found
    if queries.submission_by_slug(round_, pseudonym) is None:
        raise Http404
    if not queries.viewer(round_, user).has_declared:
        raise Refused(DECLARE_FIRST)
    raise NotPermitted("This submission is not open to you now: marking has not begun, or you declared an interest.")


def may_set_up(challenge: Challenge, user: User) -> None:
    if not rules.may_set_up_panel(user, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can name the panel.")
