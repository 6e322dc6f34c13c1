"""A page and its challenge go out together, or neither does, through whichever door (design 1); C1, C4, C5, T5."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Revision

from accounts.models import CouncilRole, User
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges import actions as challenge_actions
from challenges.models import ChallengeState
from cms import actions
from cms.models import ChallengePage
from tests import factories
from tests.factories import pages
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
SHUT = "This challenge is published: its text changes only by a numbered amendment."


def stands(page: ChallengePage) -> tuple[bool, bool, str]:
    """Whether the page is live, whether the challenge is published, and its state."""
    page = pages.fresh(page)
    return page.live, page.challenge.published_at is not None, page.challenge.state


NEITHER = (False, False, ChallengeState.DRAFT)
BOTH = (True, True, ChallengeState.PUBLISHED)


def test_approval_publishes_both() -> None:
    page = pages.asked_page()

    actions.approve(page=page, actor=pages.lead_of(page), at=clock.now())

    assert stands(page) == BOTH
    assert [event.verb for event in Event.objects.about(page.challenge).order_by("pk")][-2:] == [
        "challenge.approval_asked", "challenge.published",
    ]  # fmt: skip


def test_C4_the_hash_of_the_terms_is_stored_at_publication() -> None:
    page = pages.published_page()

    assert page.challenge.terms_hash == challenge_actions.terms_hash(page.challenge)
    assert len(page.challenge.terms_hash) == 64


def test_the_workspace_door_publishes_both() -> None:
    page = pages.asked_page()
    lead = signed_in(pages.lead_of(page))
    version = actions.version_of(page)

    answer = lead.post(reverse("challenge_approve", args=[page.challenge.slug]), {"version": version})

    assert answer.status_code == 302
    assert stands(page) == BOTH


def test_a_second_click_on_approve_is_refused_and_changes_nothing() -> None:
    page = pages.asked_page()
    lead = signed_in(pages.lead_of(page))
    url, version = reverse("challenge_approve", args=[page.challenge.slug]), actions.version_of(page)
    lead.post(url, {"version": version})
    events = Event.objects.count()

    again = lead.post(url, {"version": version})

    assert again.status_code == 409
    assert Event.objects.count() == events


def test_nobody_approves_what_they_did_not_read() -> None:
    page = pages.asked_page()
    lead = signed_in(pages.lead_of(page))
    version = actions.version_of(page)
    owner, values = page.challenge.owner, {"contract_ceiling": "1500000"}
    challenge_actions.edit_challenge(challenge=page.challenge, actor=owner, at=clock.now(), values=values)

    answer = lead.post(reverse("challenge_approve", args=[page.challenge.slug]), {"version": version})

    assert answer.status_code == 409
    assert "was changed after you opened it" in answer.content.decode()
    assert stands(page) == NEITHER


def test_wagtails_own_approve_button_publishes_both() -> None:
    page = pages.asked_page()
    task = page.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])

    answer = signed_in(pages.lead_of(page)).post(url)

    assert answer.status_code == 302
    assert stands(page) == BOTH


def test_wagtails_own_submit_button_asks_with_the_same_guards() -> None:
    page = pages.started_page()

    answer = signed_in(page.challenge.owner).post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page) | {"action-submit": "1"}
    )

    assert answer.status_code == 409
    assert "Choose the procedure: route A, B or C." in answer.content.decode()
    assert pages.fresh(page).workflow_in_progress is False


def test_asking_is_refused_while_something_is_missing() -> None:
    page = pages.started_page()

    with pytest.raises(Refused) as refused:
        actions.ask_for_approval(page=page, actor=page.challenge.owner, at=clock.now())

    assert refused.value.sentences[0] == (
        "Complete the problem statement: title, strapline, and what happens if the pilot works."
    )
    assert pages.fresh(page).workflow_in_progress is False


def test_T5_a_guard_that_fails_at_approval_publishes_neither() -> None:
    """The draft was whole when approval was asked for; by the time it is given, the window has become too short."""
    page = pages.asked_page()
    factories.move_clock_to(page.challenge.closes_at - timedelta(days=3))

    with pytest.raises(Refused) as refused:
        actions.approve(page=page, actor=pages.lead_of(page), at=clock.now())

    assert "leaves suppliers at least 15 days" in str(refused.value)
    assert stands(page) == NEITHER


def test_T5_the_deadline_having_passed_publishes_neither_through_wagtails_door() -> None:
    page = pages.asked_page()
    task = page.current_workflow_task_state
    factories.move_clock_to(page.challenge.closes_at)
    lead = signed_in(pages.lead_of(page))

    lead.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk]))

    assert stands(page) == NEITHER


def test_a_failure_while_the_page_goes_live_publishes_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    page = pages.asked_page()

    def breaks(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(PublishPageRevisionAction, "_after_publish", breaks)
    with pytest.raises(RuntimeError):
        actions.approve(page=page, actor=pages.lead_of(page), at=clock.now())

    assert stands(page) == NEITHER
    assert pages.fresh(page).workflow_in_progress is True


Door = Callable[[ChallengePage, User], object]
DOORS: dict[str, Door] = {
    "Revision.publish": lambda page, user: page.get_latest_revision().publish(user=user),
    "Page.publish": lambda page, user: page.publish(page.get_latest_revision(), user=user),
    "the action behind the editor's button": lambda page, user: PublishPageRevisionAction(
        page.get_latest_revision(), user=user
    ).execute(skip_permission_checks=True),
    "writing the row": lambda page, user: _save_live(page),
}


def _save_live(page: ChallengePage) -> None:
    page.live = True
    page.save()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("role", [CouncilRole.OWNER, CouncilRole.PILOT_MANAGER])
def test_no_door_opens_for_whoever_may_not_approve(door: str, role: CouncilRole) -> None:
    page = pages.ready_page()
    person = factories.member_with(page.challenge.council, role)

    with pytest.raises(Refused):
        DOORS[door](page, person)

    assert stands(page) == NEITHER


@pytest.mark.parametrize("door", ["Revision.publish", "Page.publish"])
def test_a_procurement_lead_publishes_both_by_these_doors(door: str) -> None:
    page = pages.ready_page()

    DOORS[door](page, pages.lead_of(page))

    assert stands(page) == BOTH


@pytest.mark.parametrize("door", ["the action behind the editor's button", "writing the row"])
def test_doors_that_know_no_challenge_publish_neither_even_for_the_lead(door: str) -> None:
    page = pages.ready_page()

    with pytest.raises(Refused):
        DOORS[door](page, pages.lead_of(page))

    assert stands(page) == NEITHER


def test_the_editors_publish_button_works_for_a_superuser_who_is_also_lead() -> None:
    page = pages.ready_page()
    lead = pages.lead_of(page)
    User.objects.filter(pk=lead.pk).update(is_superuser=True)

    answer = signed_in(User.objects.get(pk=lead.pk)).post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page) | {"action-publish": "1"}
    )

    assert answer.status_code == 302
    assert stands(page) == BOTH


def test_the_editors_publish_button_refuses_a_superuser_without_the_role() -> None:
    page = pages.ready_page()
    admin = User.objects.create_superuser("root@people.example", factories.PASSWORD)

    answer = signed_in(admin).post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page) | {"action-publish": "1"}
    )

    assert answer.status_code == 403
    assert stands(page) == NEITHER


def test_a_schedule_is_refused_wherever_it_comes_from() -> None:
    page = pages.ready_page()
    page.go_live_at = clock.now() + timedelta(days=1)

    for door in (page.save, page.save_revision):
        with pytest.raises(Refused, match="not published on a schedule"):
            door()
    assert pages.fresh(page).go_live_at is None


def test_a_schedule_written_past_the_application_publishes_neither() -> None:
    page = pages.ready_page()
    revision = page.get_latest_revision()
    content = revision.content | {"go_live_at": (clock.now() + timedelta(days=1)).isoformat()}
    Revision.objects.filter(pk=revision.pk).update(content=content)

    for user in (pages.lead_of(page), None):
        with pytest.raises(Refused):
            Revision.objects.get(pk=revision.pk).publish(user=user)
    assert stands(page) == NEITHER


def test_the_scheduler_command_never_publishes_a_challenge() -> None:
    page = pages.ready_page()
    due = clock.now() - timedelta(days=1)
    Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=due)

    with pytest.raises(NotPermitted):
        call_command("publish_scheduled")

    assert stands(page) == NEITHER


@pytest.mark.parametrize("door", DOORS)
def test_C1_published_text_changes_through_no_door(door: str) -> None:
    page = pages.published_page()
    changed = pages.fresh(page)
    changed.aim = "The aim of this challenge is more cameras."
    revision = Revision.objects.create(
        content_object=changed, base_content_type=changed.get_base_content_type(), content=changed.serializable_data(),
        object_str=str(changed),
    )  # fmt: skip
    ChallengePage.objects.filter(pk=page.pk).update(latest_revision=revision)
    changed.latest_revision = revision

    with pytest.raises(Refused) as refused:
        DOORS[door](changed, pages.lead_of(page))

    assert str(refused.value) == SHUT
    assert pages.fresh(page).aim == pages.STORY["aim"]


def test_C1_the_editor_writes_only_drafts_after_publication_and_nothing_after_the_deadline() -> None:
    page = pages.published_page()
    owner = signed_in(page.challenge.owner)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])

    before = owner.get(url).content.decode()
    kept = owner.post(url, form_of(page) | {"aim": "Another aim"}, follow=True)
    asked = owner.post(url, form_of(page) | {"aim": "A third aim", "action-submit": "1"})
    published = owner.post(url, form_of(page) | {"aim": "A third aim", "action-publish": "1"})
    factories.move_clock_to(page.challenge.closes_at)
    after, drafts = owner.get(url).content.decode(), page.revisions.count()
    owner.post(url, form_of(page) | {"aim": "Another aim still"})

    assert ("action-submit" in before, "action-publish" in before, SHUT in before) == (False, False, False)
    assert "It becomes public by a numbered amendment" in kept.content.decode()
    assert pages.fresh(page).get_latest_revision_as_object().aim == "A third aim"
    assert (asked.status_code, published.status_code) == (403, 302)
    assert (SHUT in after, page.revisions.count()) == (True, drafts)
    assert stands(page) == BOTH
    assert pages.fresh(page).aim == pages.STORY["aim"]


@pytest.mark.parametrize(("step", "expected"), [("delete", 409), ("copy", 409), ("unpublish", 409)])
def test_C5_wagtail_takes_no_published_page_away(step: str, expected: int) -> None:
    page = pages.published_page()
    admin = signed_in(User.objects.create_superuser("root@people.example", factories.PASSWORD))

    answer = admin.post(reverse(f"wagtailadmin_pages:{step}", args=[page.pk]))

    assert answer.status_code == expected
    assert stands(page) == BOTH


def test_C5_no_page_is_unpublished_by_code() -> None:
    page = pages.published_page()

    with pytest.raises(Refused):
        page.unpublish()

    assert stands(page) == BOTH


def test_C5_a_cancelled_challenge_keeps_its_page_with_the_reason(client: Client) -> None:
    page = pages.published_page()
    reason = "The street is rebuilt next year."
    challenge_actions.cancel_challenge(
        challenge=page.challenge, actor=pages.lead_of(page), at=clock.now(), reason=reason
    )

    answer = client.get(reverse("challenge", args=[page.challenge.slug]))

    assert answer.status_code == 200
    assert reason in answer.content.decode()


def test_handing_back_needs_a_comment_and_tells_it() -> None:
    page = pages.asked_page()
    lead = signed_in(pages.lead_of(page))
    url = reverse("challenge_hand_back", args=[page.challenge.slug])

    empty = lead.post(url, {"reason": " "})
    given = lead.post(url, {"reason": "Say where the streets are."})

    assert (empty.status_code, given.status_code) == (422, 302)
    assert pages.fresh(page).workflow_in_progress is False
    assert Event.objects.get(verb="challenge.handed_back").reason == "Say where the streets are."


def test_the_owner_of_a_challenge_never_approves_it() -> None:
    council = factories.council()
    lead = factories.person(council, CouncilRole.PROCUREMENT_LEAD)
    factories.person(council, CouncilRole.PROCUREMENT_LEAD)
    page = actions.start_problem_statement(council=council, title="Ours", actor=lead, at=clock.now())
    factories.person(council, CouncilRole.OWNER)

    answer = signed_in(lead).post(reverse("challenge_approve", args=[page.challenge.slug]), {"version": "x"})

    assert answer.status_code == 403
    with pytest.raises(NotPermitted):
        page.publish(page.get_latest_revision(), user=lead)


def form_of(page: ChallengePage) -> dict[str, str]:
    """What the editor posts for the newest draft of this page."""
    draft = page.get_latest_revision_as_object()
    told = {name: getattr(draft, name) for name in ("title", *pages.STORY)}
    return told | {"story-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
