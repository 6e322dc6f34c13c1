"""Finding what a page is about; what is not yours does not exist (S2)."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from audit.transitions import NotPermitted
from challenges.models import Challenge
from challenges.rules import may_read_workspace
from suppliers import queries
from suppliers.drafts import PRICE
from suppliers.models import Submission, Supplier

PAGES = {"answers": "submission_answer", "clauses": "submission_clause"}


def actor(request: HttpRequest) -> User:
    """The person who is signed in; for views behind `login_required`."""
    return cast("User", request.user)


def own_submission(request: HttpRequest, public_id: UUID) -> Submission:
    """The submission of one of the person's own organisations; 404 for any other."""
    mine = Submission.objects.visible_to(request.user).select_related(
        "challenge__council", "challenge__sealing_key", "supplier"
    )
    return get_object_or_404(mine, public_id=public_id)


def own_supplier(request: HttpRequest, public_id: UUID) -> Supplier:
    """One of the person's own organisations; 404 for any other (S2)."""
    return get_object_or_404(queries.own_suppliers(request.user), public_id=public_id)


def public_challenge(slug: str) -> Challenge:
    """A published challenge."""
    return get_object_or_404(Challenge.objects.public().select_related("council"), slug=slug)


def council_challenge(request: HttpRequest, slug: str) -> Challenge:
    """A challenge for its own council's people; a draft of another council does not exist."""
    challenge = get_object_or_404(Challenge.objects.select_related("council"), slug=slug)
    if may_read_workspace(request.user, challenge):
        return challenge
    if challenge.published_at is None:
        raise Http404
    raise NotPermitted(f"Only the people of {challenge.council} can open this page.")


def wanted_next(request: HttpRequest) -> str:
    """Where the person was going (`?next=`), if that is an address of this site."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def section_url(submission: Submission, section: str) -> str:
    """The page on which a section of the draft is written."""
    folder, _, code = section.partition("/")
    if folder in PAGES:
        return reverse(PAGES[folder], args=[submission.public_id, code])
    if section == queries.DECLARATIONS:
        check = reverse("submission_check", args=[submission.public_id])
        return f"{reverse('supplier_declarations', args=[submission.supplier.public_id])}?next={check}"
    return reverse("submission_price" if section == PRICE else "submission_check", args=[submission.public_id])
