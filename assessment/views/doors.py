"""How a request comes to its round: found by the challenge's slug, or not at all."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.signed_in import person
from assessment import queries, rules
from assessment.models import PanelMember, Round
from assessment.queries import Standing
from assessment.visibility import Role, visible_fields
from audit.transitions import NotPermitted, Refused
from challenges.models import Challenge
from suppliers.models import Submission

EXTENSIONS = {"application/pdf": "pdf", "text/csv": "csv", "text/plain": "txt", "image/png": "png", "image/jpeg": "jpg"}
NOT_ON_PANEL = "Only members of this challenge's panel can open this page."
DECLARE_FIRST = "Declare your interests first: answers are shown after that."


def challenge_by(slug: str) -> Challenge:
    return get_object_or_404(Challenge.objects.select_related("council"), slug=slug)


def round_by(slug: str) -> Round:
    """The round of a challenge; 404 before it is opened."""
    found = queries.round_by_slug(slug)
    if found is None:
        raise Http404
    return found


def seat_in(round_: Round, user: User) -> PanelMember:
    """The user's seat on the panel; everybody else is refused."""
    found = queries.member_of(round_, user)
    if found is None:
        raise NotPermitted(NOT_ON_PANEL)
    return found


def member(request: HttpRequest, slug: str) -> Standing:
    """How the signed-in member of the panel stands to the round; everybody else is refused before anything is read."""
    standing = queries.standing_of(round_by(slug), person(request))
    if standing.member is None:
        raise NotPermitted(NOT_ON_PANEL)
    return standing


def chair(request: HttpRequest, slug: str) -> Standing:
    standing = member(request, slug)
    if standing.viewer.role is not Role.CHAIR:
        raise NotPermitted("Only the chair of the panel can open this page.")
    return standing


def submission_named(standing: Standing, pseudonym: str) -> Submission:
    """The record behind a pseudonym, for an action to work on; 404 when there is none."""
    found = queries.named(standing.submissions, pseudonym)
    if found is None:
        raise Http404
    return found


def require_open(standing: Standing, pseudonym: str) -> None:
    """Refuse, with the reason, whoever may see nothing of this submission now."""
    submission = submission_named(standing, pseudonym)
    if visible_fields(standing.viewer, standing.phase, submission.pk):
        return
    if not standing.viewer.has_declared:
        raise Refused(DECLARE_FIRST)
    raise NotPermitted("This submission is not open to you now: marking has not begun, or you declared an interest.")


def blind(standing: Standing, pseudonym: str) -> queries.BlindSubmission:
    """The submission as this member may see it; refused without a declaration, and for whoever is recused."""
    require_open(standing, pseudonym)
    found = queries.blind_submission(standing, pseudonym)
    if found is None:
        raise Http404
    return found


def may_set_up(challenge: Challenge, user: User) -> None:
    if not rules.may_set_up_panel(user, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can name the panel.")


def neutral_name(name: str, content_type: str) -> str:
    """The name of a file as it is saved: “Attachment 1 (PDF)” becomes attachment-1.pdf (A6)."""
    return f"{name.split(' (')[0]}.{EXTENSIONS.get(content_type, 'bin')}".replace(" ", "-").lower()
