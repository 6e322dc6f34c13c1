"""Wagtail page types and the approval task: they show the domain and tell its story; they hold no rule."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import PROTECT
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.locks import BaseLock
from wagtail.models import Page, Revision, Task, TaskState, WorkflowState

from accounts.models import Council, CouncilRole
from accounts.rules import has_role
from audit import clock
from audit.transitions import NotPermitted, Refused, append_event, objections
from challenges import actions, rules
from challenges.models import Challenge, ChallengeState, Phase
from cms.blocks import StoryBlock

STORY_FIELDS = ("title", "strapline", "if_it_works")
AMENDABLE = (*STORY_FIELDS, "why_it_matters", "response_now", "falls_short", "aim")
TOLD = (*AMENDABLE, "slug", "story")
NOT_SCHEDULED = "A challenge is not published on a schedule: approval publishes it, and its dates rule when it opens."
TEXT_IS_PUBLISHED = "This challenge is published: its text changes only by a numbered amendment."


class PublishedLock(BaseLock):
    """The lock of a published problem statement."""

    def for_user(self, user: Any) -> bool:
        return True

    def get_message(self, user: Any) -> str:
        return TEXT_IS_PUBLISHED

    def get_locked_by(self, user: Any) -> str:
        return "Published"

    def get_description(self, user: Any) -> str:
        return TEXT_IS_PUBLISHED


class HomePage(Page):
    """The front page."""

    introduction = RichTextField(blank=True, features=["bold", "link"])
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.CouncilPage"]
    max_count = 1
    template = "cms/home_page.html"


class CouncilPage(Page):
    """A council's own page; its challenges' pages stand below it."""

    council = models.OneToOneField(Council, on_delete=PROTECT, related_name="page")
    introduction = RichTextField(blank=True, features=["bold", "link"])
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.ChallengePage"]
    is_creatable = False
    template = "cms/council_page.html"

    def may_be_approved_by(self, user: Any) -> bool:
        return has_role(user, self.council_id, CouncilRole.PROCUREMENT_LEAD)

    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> Any:
        """The council's procurement lead publishes its own page, without a Wagtail permission for it."""
        mine = user is not None and self.may_be_approved_by(user)
        return super().publish(revision, user=user, **kwargs | ({"skip_permission_checks": True} if mine else {}))


class ChallengePage(Page):
    """The problem statement: the story of a challenge, in the order in which Barcelona told its own.

    The page going live and the challenge being published are one transaction, through whichever door (design 1).
    """

    challenge = models.OneToOneField(Challenge, on_delete=PROTECT, related_name="page")
    strapline = models.CharField(max_length=200, blank=True, help_text="One line: who gains?")
    why_it_matters = models.TextField(blank=True, help_text="Two or three sentences, in residents' terms.")
    response_now = models.TextField("what we do now", blank=True)
    falls_short = models.TextField("why it falls short", blank=True)
    aim = models.TextField(blank=True, help_text="One sentence: “The aim of this challenge is …”")
    if_it_works = models.TextField(
        "what happens if the pilot works", blank=True, help_text="What follows, for whom, and what it may cost."
    )
    story = StreamField(StoryBlock(), blank=True)

    is_being_amended = False

    content_panels = [
        FieldPanel("title", heading="Title, as an outcome", help_text="What should be different? No product words."),
        FieldPanel("strapline"),
        FieldPanel("why_it_matters"),
        FieldPanel("response_now"),
        FieldPanel("falls_short"),
        FieldPanel("aim"),
        FieldPanel("if_it_works"),
        FieldPanel("story"),
    ]
    promote_panels: list[FieldPanel] = []
    settings_panels: list[FieldPanel] = []
    parent_page_types = ["cms.CouncilPage"]
    subpage_types: list[str] = []
    is_creatable = False

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        parts = super().get_url_parts(request)
        return (*parts[:2], reverse("challenge", args=[self.challenge.slug])) if parts else None

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The challenge's page has one address; this is the other one."""
        return redirect("challenge", slug=self.challenge.slug, permanent=True)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from cms.views import challenge_preview  # noqa: PLC0415 - the view needs this model, and a preview the view

        return challenge_preview(request, self)

    def may_be_approved_by(self, user: Any) -> bool:
        return rules.may_approve(user, self.challenge)

    def get_lock(self) -> BaseLock | None:
        """After the deadline the text is shut for everybody (C4). Until then the editor writes drafts: once published,
        the text changes by an amendment alone, which may take such a draft over (C1)."""
        is_shut = self.challenge.published_at is not None and not self.takes_amendments(clock.now())
        return PublishedLock(self) if is_shut else super().get_lock()

    def takes_amendments(self, at: datetime) -> bool:
        """Whether the challenge is published and its deadline lies ahead."""
        return self.challenge.phase(at) in (Phase.UPCOMING, Phase.OPEN)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Write the page, unless that would publish it apart from its challenge or change what is published.

        Every door into Wagtail ends here, so this is where the two are held together.
        """
        if self.go_live_at or self.expire_at:
            raise Refused(NOT_SCHEDULED)
        written = set(kwargs.get("update_fields") or TOLD) & set(TOLD)
        if self.live and written and (sentence := self._objection()):
            raise Refused(sentence)
        return super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Save the draft, and give the challenge its title, strapline and promise from it."""
        if self.go_live_at or kwargs.get("approved_go_live_at"):
            raise Refused(NOT_SCHEDULED)
        with transaction.atomic():
            revision = super().save_revision(*args, **kwargs)
            if (user := kwargs.get("user")) is not None:
                self._tell_challenge(user)
        return revision

    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> Any:
        """Publish page and challenge together, or neither; who may is asked of the challenge, not of Wagtail."""
        if user is None:
            raise NotPermitted("A challenge is published by a person who may approve it, not by a schedule.")
        if revision.content.get("go_live_at"):
            raise Refused(NOT_SCHEDULED)
        challenge = Challenge.objects.get(pk=self.challenge_id)
        if challenge.published_at is not None:
            raise Refused(TEXT_IS_PUBLISHED)
        with transaction.atomic():
            actions.publish_challenge(challenge=challenge, actor=user, at=clock.now())
            return super().publish(revision, user=user, **kwargs | {"skip_permission_checks": True})

    def take_amendment(self, words: Mapping[str, str], story: Sequence[Any] | None, *, user: Any) -> None:
        """Tell the story as a numbered amendment left it; called by the amendment's own action alone (C1)."""
        for name, text in words.items():
            setattr(self, name, text)
        if story is not None:
            self.story = json.dumps(story)
        self.is_being_amended = True
        self.save()
        self.is_being_amended = False
        super().publish(super().save_revision(user=user), user=user, skip_permission_checks=True)

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        """Never: the page stays, also when the challenge is cancelled (C5)."""
        raise Refused("This page stays: cancel the challenge instead, with a public reason.")

    def _objection(self) -> str | None:
        if not Challenge.objects.filter(pk=self.challenge_id).exclude(published_at=None).exists():
            return "A page goes live together with its challenge, when the procurement lead approves it."
        stored = ChallengePage.objects.filter(pk=self.pk, live=True).first()
        if stored is None or self.is_being_amended:
            return None
        if all(getattr(stored, name) == getattr(self, name) for name in TOLD):
            return None
        return TEXT_IS_PUBLISHED

    def _tell_challenge(self, user: Any) -> None:
        challenge = Challenge.objects.get(pk=self.challenge_id)
        values = {name: getattr(self, name) for name in STORY_FIELDS}
        changed = {name: value for name, value in values.items() if getattr(challenge, name) != value}
        if changed and challenge.state == ChallengeState.DRAFT:
            actions.edit_challenge(challenge=challenge, actor=user, at=clock.now(), values=changed)


class ProcurementApproval(Task):
    """The workflow step that asks the council's procurement lead; approving publishes.

    Both doors, the council's workspace and Wagtail's own buttons, come through `start` and `on_action`.
    """

    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        """Ask for approval; refused while anything that publication needs is missing."""
        page, at = workflow_state.content_object.specific, clock.now()
        if isinstance(page, ChallengePage):
            if not rules.may_write(user, page.challenge):
                raise NotPermitted("Only the council's problem owner or procurement lead can ask for approval.")
            if missing := objections(page.challenge, "publish", at=at):
                raise Refused(*missing)
            _append("challenge.approval_asked", page, user, at)
        return super().start(workflow_state, user=user)

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Approve or hand back, by whoever may approve."""
        page, at = task_state.revision.content_object.specific, clock.now()
        if not _may_approve(user, page):
            raise NotPermitted("Only the council's procurement lead, who does not own the challenge, can decide this.")
        if action_name == "reject" and isinstance(page, ChallengePage):
            comment = str(kwargs.get("comment", "")).strip()
            if not comment:
                raise Refused("Say what should change.")
            _append("challenge.handed_back", page, user, at, reason=comment)
        super().on_action(task_state, user, action_name, **kwargs)

    def user_can_access_editor(self, obj: Page, user: Any) -> bool:
        return _may_approve(user, obj)

    def locked_for_user(self, obj: Page, user: Any) -> bool:
        """What was asked to be approved stands still, but for the person who approves it."""
        return not _may_approve(user, obj)

    def get_actions(self, obj: Page, user: Any) -> list[tuple[str, str, bool]]:
        if not _may_approve(user, obj):
            return []
        changes, page = [("reject", "Ask for changes", True)], obj.specific
        if isinstance(page, ChallengePage) and objections(page.challenge, "publish", at=clock.now()):
            return changes
        return [*changes, ("approve", "Approve and publish", False)]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        waiting = TaskState.objects.filter(task=self.task_ptr, status=TaskState.STATUS_IN_PROGRESS)
        mine = [state.pk for state in waiting if _may_approve(user, state.revision.content_object)]
        return waiting.filter(pk__in=mine)

    @classmethod
    def get_description(cls) -> str:
        return "The council's procurement lead approves; approving publishes page and challenge together."


def _may_approve(user: Any, page: Page) -> bool:
    # Wagtail hands over plain pages and specific ones, depending on the door.
    asked = getattr(page.specific, "may_be_approved_by", None)
    return asked is not None and asked(user)


def _append(verb: str, page: ChallengePage, actor: Any, at: datetime, reason: str = "") -> None:
    challenge = page.challenge
    append_event(verb=verb, subject=challenge, actor=actor, at=at, challenge_id=challenge.pk, reason=reason)
