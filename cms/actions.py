"""The writers of the page tree: where pages stand, who may edit them, and the approval they go through."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from accounts.models import Council, CouncilRole, User
from audit.transitions import NotPermitted, Refused, append_event, objections
from challenges import actions as challenge_actions
from challenges import rules
from challenges.differences import Proposal
from challenges.models import Amendment, Challenge, ChallengeState, Conclusion
from challenges.stories import is_part
from challenges.telling import Telling
from cms.models import AMENDABLE, STORY_FIELDS, ChallengePage, CouncilPage, HomePage, ProcurementApproval

AUTHORS = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD)


@transaction.atomic
def lay_tree() -> HomePage:
    """Make sure that the front page, the site and the approval workflow stand; changes nothing the second time."""
    home = HomePage.objects.first()
    if home is None:
        root = Page.objects.get(depth=1)
        root.get_children().delete()
        root = Page.objects.get(depth=1)
        home = root.add_child(instance=HomePage(title="Problem First", slug="home"))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "site_name": "Problem First"}
    )
    _lay_workflow(home)
    return home


@transaction.atomic
def page_of_council(council: Council) -> CouncilPage:
    """The council's page, made on first need together with its authors' group."""
    page = CouncilPage.objects.filter(council=council).first()
    if page is None:
        page = lay_tree().add_child(instance=CouncilPage(title=council.name, slug=council.slug, council=council))
        group = _authors(council)
        _permit(group, page)
    return page


@transaction.atomic
def sync_editing(user: User, council: Council) -> None:
    """Let a council's officers into the editor of their own pages, and nobody else."""
    page_of_council(council)
    is_author = council.memberships.filter(user=user, role__in=AUTHORS).exists()
    group = _authors(council)
    (user.groups.add if is_author else user.groups.remove)(group)


@transaction.atomic
def start_problem_statement(
    *, council: Council, title: str, actor: User, at: datetime, source_note: str = ""
) -> ChallengePage:
    """Begin a challenge and its page, as a draft."""
    challenge = challenge_actions.start_challenge(
        council=council, title=title, actor=actor, at=at, source_note=source_note
    )
    page = ChallengePage(title=title, slug=challenge.slug, challenge=challenge, live=False, owner=actor)
    page_of_council(council).add_child(instance=page)
    page.save_revision(user=actor)
    return page


@transaction.atomic
def relaunch(*, challenge: Challenge, actor: User, at: datetime) -> ChallengePage:
    """Begin the same challenge again as a new draft, without its dates; only after it ended without a contract."""
    if not rules.may_start_challenge(actor, challenge.council_id):
        raise NotPermitted("Only the council's problem owner or procurement lead can start a challenge again.")
    if challenge.conclusion != Conclusion.NO_AWARD and challenge.state != ChallengeState.CANCELLED:
        raise Refused("Only a challenge that was cancelled, or concluded without an award, can be started again.")
    old = page_of(challenge)
    page = start_problem_statement(
        council=challenge.council, title=old.title, actor=actor, at=at, source_note=challenge.source_note
    )
    for name in (*STORY_FIELDS, "why_it_matters", "response_now", "falls_short", "aim", "story"):
        setattr(page, name, getattr(old, name))
    page.save_revision(user=actor)
    challenge_actions.copy_terms(source=challenge, draft=page.challenge, actor=actor, at=at)
    append_event(
        verb="challenge.relaunched", subject=challenge, actor=actor, at=at, challenge_id=challenge.pk,
        data={"as": page.challenge.slug},
    )  # fmt: skip
    return page


@transaction.atomic
def ask_for_approval(*, page: ChallengePage, actor: User, at: datetime) -> None:
    """Start the approval workflow; refused while anything that publication needs is missing."""
    if not rules.may_start_challenge(actor, page.challenge.council_id):
        raise NotPermitted("Only the council's problem owner or procurement lead can ask for approval.")
    if page.challenge.published_at is not None:
        raise Refused("This challenge is already published.")
    if page.workflow_in_progress:
        raise Refused("Approval was already asked for.")
    page.get_workflow().start(page, actor)


@transaction.atomic
def approve(*, page: ChallengePage, actor: User, at: datetime, version: str = "") -> None:
    """Approve what was asked for, page and challenge together; with `version`, only what was read is approved."""
    if not rules.may_approve(actor, page.challenge):
        raise NotPermitted("Only the council's procurement lead, who does not own the challenge, can approve it.")
    state = _waiting(page)
    if version and version != version_of(page):
        raise Refused("This draft was changed after you opened it. Read it again, and then approve it.")
    if missing := objections(page.challenge, "publish", at=at):
        raise Refused(*missing)
    state.task.specific.on_action(state, actor, "approve")


@transaction.atomic
def ask_for_changes(*, page: ChallengePage, actor: User, comment: str) -> None:
    """Hand the draft back with a comment."""
    if not rules.may_approve(actor, page.challenge):
        raise NotPermitted("Only the council's procurement lead, who does not own it, can hand a draft back.")
    state = _waiting(page)
    state.task.specific.on_action(state, actor, "reject", comment=comment)


@transaction.atomic
def amend(
    *, challenge: Challenge, proposal: Proposal, actor: User, at: datetime, reason: str, after: int | None = None
) -> Amendment:
    """Amend a published challenge and its page together, or neither (C1), by `challenges.actions.amend`."""
    amendment = challenge_actions.amend(
        challenge=challenge, proposal=proposal, actor=actor, at=at, reason=reason, after=after
    )
    changed = {key.removeprefix("words."): now for key, (_, now) in amendment.difference.items()}
    words = {name: changed[name] for name in AMENDABLE if name in changed}
    story = proposal.story[1] if proposal.story and any(is_part(key) for key in changed) else None
    if words or story is not None:
        page_of(challenge).take_amendment(words, story, user=actor)
    return amendment


def rehearse_amendment(*, challenge: Challenge, proposal: Proposal, actor: User, at: datetime) -> Amendment:
    """What an amendment would be, with every refusal it would meet; nothing is written."""
    with transaction.atomic():
        found = amend(challenge=challenge, proposal=proposal, actor=actor, at=at, reason="A rehearsal.")
        transaction.set_rollback(True)
    return found


def telling_of(page: ChallengePage) -> Telling:
    """How a published page tells the problem, and how the editor's draft of it would; an amendment may take that."""
    drafted: ChallengePage = page.get_latest_revision_as_object()
    return Telling(_words_of(page), _words_of(drafted), _story_of(page), _story_of(drafted))


def version_of(page: ChallengePage) -> str:
    """What a draft says right now, text, terms and facts, as a short hash: nobody approves what they did not read."""
    challenge, revision = page.challenge, page.get_latest_revision()
    facts = [str(getattr(challenge, name)) for name in sorted(challenge_actions.DRAFT_FIELDS)]
    read = [str(revision.pk), revision.created_at.isoformat(), challenge_actions.terms_hash(challenge), *facts]
    return hashlib.sha256("\n".join(read).encode()).hexdigest()[:20]


def page_of(challenge: Challenge) -> ChallengePage:
    """The challenge's page."""
    return ChallengePage.objects.get(challenge=challenge)


def _words_of(page: ChallengePage) -> dict[str, str]:
    return {name: getattr(page, name) for name in AMENDABLE}


def _story_of(page: ChallengePage) -> list[dict[str, Any]]:
    """The parts of the story as they are stored: plain data, each with its id."""
    parts: list[dict[str, Any]] = json.loads(page._meta.get_field("story").value_to_string(page))
    return parts


def _waiting(page: ChallengePage) -> Any:
    state = page.current_workflow_task_state
    if state is None or page.current_workflow_state.status != WorkflowState.STATUS_IN_PROGRESS:
        raise Refused("Nobody has asked for approval yet.")
    return state.specific


def _lay_workflow(home: HomePage) -> None:
    task, _ = ProcurementApproval.objects.get_or_create(name="Procurement approval")
    workflow, _ = Workflow.objects.get_or_create(name="Publish a challenge")
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr)
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})


def _authors(council: Council) -> Group:
    return Group.objects.get_or_create(name=f"Authors of {council.slug}")[0]


def _permit(group: Group, page: CouncilPage) -> None:
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    change = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
    GroupPagePermission.objects.get_or_create(group=group, page=page, permission=change)
    pictures = Collection.get_first_root_node().add_child(name=f"Pictures of {page.title}")
    for codename in ("add_image", "choose_image"):
        permission = Permission.objects.get(content_type__app_label="wagtailimages", codename=codename)
        GroupCollectionPermission.objects.get_or_create(group=group, collection=pictures, permission=permission)
