"""A published challenge changes only by numbered public amendments, made in two looks (C1, C2, C3, C4)."""

import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model

from accounts.models import CouncilRole
from audit import clock
from audit.actions import append_links
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges import actions as challenge_actions
from challenges.differences import Proposal
from challenges.models import Amendment, Challenge, Criterion
from cms import actions
from cms.models import ChallengePage
from notifications.models import Delivery
from notifications.tasks import deliver_events
from opendata.actions import publish_due_notices
from opendata.models import Release
from tests import factories
from tests.factories import pages
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
REASON = "The streets were counted again."


@pytest.fixture
def page() -> ChallengePage:
    """A published problem statement whose call is open."""
    made = pages.published_page()
    factories.move_clock_to(made.challenge.opens_at + timedelta(minutes=1))
    return pages.fresh(made)


def address(page: ChallengePage) -> str:
    return reverse("challenge_amend", args=[page.challenge.slug])


def lead(page: ChallengePage) -> Client:
    return make.signed_in(pages.lead_of(page))


def posted(client: Client, page: ChallengePage, **changes: str) -> dict[str, Any]:
    """What the form holds as it is shown, with these fields changed (dots as two underscores)."""
    form = client.get(address(page)).context["form"]
    shown = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    told = {name: field_text(form, name, value) for name, value in shown.items()}
    return told | {name.replace("__", "."): text for name, text in changes.items()}


def field_text(form: Any, name: str, value: Any) -> Any:
    if value is True:
        return "on"
    return value if isinstance(value, list) else form[name].field.widget.format_value(value) or ""


def amend(page: ChallengePage, proposal: Proposal, **how: Any) -> Amendment:
    given = {"actor": pages.lead_of(page), "at": clock.now(), "reason": REASON} | how
    return actions.amend(challenge=Challenge.objects.get(pk=page.challenge_id), proposal=proposal, **given)


WEIGHTS = {"outcome": {"weight": Decimal(50)}, "delivery": {"weight": Decimal(20)}}


def test_C1_the_form_shows_what_follows_and_publishes_only_then(page: ChallengePage) -> None:
    client, submission = lead(page), make.submitted(page.challenge)
    before = page.challenge.terms_hash
    changed = posted(
        client, page, criteria__outcome__weight="50", criteria__delivery__weight="20", words__aim="Fewer thefts.",
        reason=REASON,
    )  # fmt: skip

    shown = client.post(address(page), changed)
    back = client.post(address(page), changed | {"back": "1"})
    untouched = (Amendment.objects.count(), pages.fresh(page).aim)
    done = client.post(address(page), changed | {"publish": "1", "after": "0"}, follow=True)
    again = client.post(address(page), changed | {"publish": "1", "after": "0"})

    preview, public = shown.content.decode(), done.content.decode()
    assert "Nothing is published yet." in preview
    assert "It is material" in preview
    assert "1 submission received so far" in preview
    assert 'value="Fewer thefts."' in preview
    assert "Fewer thefts." in back.content.decode()
    assert untouched == (0, pages.STORY["aim"])
    assert "Amendment 1 is published" in public
    assert "Reach: weight, in per cent" in public
    assert again.status_code == 409
    fresh = pages.fresh(page)
    assert (fresh.aim, fresh.live) == ("Fewer thefts.", True)
    assert fresh.challenge.terms_hash == challenge_actions.terms_hash(fresh.challenge) != before
    assert [row.weight for row in Criterion.objects.filter(challenge=fresh.challenge)] == [50, 20, 30]
    told = client.get(reverse("challenge", args=[page.challenge.slug])).content.decode()
    assert "Fewer thefts." in told
    assert "see what changed" in told
    assert submission.challenge_id == page.challenge_id


def text_part(words: str) -> dict[str, Any]:
    return {"type": "text", "value": f"<p>{words}</p>", "id": "11111111-1111-4111-8111-111111111111"}


def picture_part(picture: Any, words: str) -> dict[str, Any]:
    value = {"image": picture.pk, "alt_text": words, "decorative": False}
    return {"type": "picture", "value": value, "id": "22222222-2222-4222-8222-222222222222"}


def stored_picture(title: str) -> Any:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    return get_image_model().objects.create(title=title, file=ContentFile(drawn.getvalue(), f"{title}.png"))


def drafted(page: ChallengePage, story: list[dict[str, Any]], **words: str) -> None:
    """A draft as the editor keeps it."""
    draft = pages.fresh(page)
    draft.story = json.dumps(story)
    for name, text in words.items():
        setattr(draft, name, text)
    draft.save_revision(user=page.challenge.owner)


# Wagtail leaves the temporary file in which it draws a picture to be closed by the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_C1_title_figures_texts_and_pictures_are_drafted_in_the_editor_and_amended(page: ChallengePage) -> None:
    client, old, new = lead(page), stored_picture("old"), stored_picture("new")
    public = reverse("challenge", args=[page.challenge.slug])
    drafted(page, [text_part("Stands are full."), picture_part(old, "Full stands")])
    first = posted(client, page, reason=REASON)
    client.post(address(page), first | {"publish": "1", "after": "0"})
    drafted(page, [text_part("Stands are full at night."), picture_part(new, "Empty stands")], title="Stands for all")
    factories.settle_interests(page.challenge)

    still = client.get(public).content.decode()
    second = posted(client, page, reason=REASON)
    preview = client.post(address(page), second).content.decode()
    drafted(page, [text_part("Something else.")], title="Stands for all")
    moved = client.post(address(page), second | {"publish": "1", "after": "1"})
    drafted(page, [text_part("Stands are full at night."), picture_part(new, "Empty stands")], title="Stands for all")
    done = client.post(address(page), second | {"publish": "1", "after": "1"}, follow=True).content.decode()

    assert ("Stands are full at night" in still, "Stands for all" in still, "Stands are full." in still) == (
        False, False, True,
    )  # fmt: skip
    assert ("Stands are full at night." in preview, "Empty stands" in preview) == (True, True)
    assert (moved.status_code, "was changed after you opened" in moved.content.decode()) == (422, True)
    assert [text in done for text in ("The title", "Full stands", "Empty stands", "Stands are full.")] == [True] * 4
    assert done.count("pf-changed-picture") == 3
    now = pages.fresh(page)
    assert (now.title, now.challenge.title, now.slug, now.has_unpublished_changes) == (
        "Stands for all", "Stands for all", page.slug, False,
    )  # fmt: skip
    assert "Stands are full at night." in client.get(public).content.decode()
    assert [row.is_material for row in Amendment.objects.all()] == [False, False]
    for picture in (old, new):
        with pytest.raises(Refused, match="stays as it is"), transaction.atomic():
            picture.delete()
        picture.file.save("other.png", ContentFile(b"another"), save=False)
        with pytest.raises(Refused, match="stays as it is"):
            picture.save()


def test_C1_what_the_editor_holds_can_be_left_out_and_what_a_good_answer_does_is_material(page: ChallengePage) -> None:
    client = lead(page)
    part = {"type": "good_answer", "value": {"points": [{"type": "item", "value": "It lasts.", "id": "a"}]}, "id": "g"}
    drafted(page, [part], aim="Fewer thefts.")

    without = posted(client, page, reason=REASON)
    del without["takes_story"]
    client.post(address(page), without | {"publish": "1", "after": "0"})
    left_out = pages.fresh(page)
    factories.settle_interests(page.challenge)
    drafted(page, [part])
    client.post(address(page), posted(client, page, reason=REASON) | {"publish": "1", "after": "1"})

    assert (left_out.aim, list(left_out.story)) == ("Fewer thefts.", [])
    assert [next(iter(row.difference)) for row in Amendment.objects.all()] == ["words.aim", "story.good_answer.g"]
    assert [row.is_material for row in Amendment.objects.all()] == [False, True]
    assert "It lasts." in client.get(reverse("challenge", args=[page.challenge.slug])).content.decode()


def test_C2_a_material_amendment_moves_the_deadline_by_rule_and_questions_with_it(page: ChallengePage) -> None:
    was = page.challenge
    factories.move_clock_to(was.closes_at - timedelta(days=3))

    made = amend(page, Proposal(criteria=WEIGHTS))

    now = pages.fresh(page).challenge
    moved = now.closes_at - was.closes_at
    assert (made.is_material, moved) == (True, timedelta(days=7))
    assert (now.questions_close_at - was.questions_close_at, now.answers_due_at - was.answers_due_at) == (moved, moved)
    assert set(made.difference) == {
        "criteria.outcome.weight", "criteria.delivery.weight", "closes_at", "questions_close_at", "answers_due_at",
    }  # fmt: skip


def test_C2_words_and_dates_are_material_only_when_the_council_says_so(page: ChallengePage) -> None:
    factories.move_clock_to(page.challenge.closes_at - timedelta(days=3))
    was = page.challenge.closes_at
    words = {"aim": (page.aim, "Fewer thefts.")}

    plain = amend(page, Proposal(words=words))
    factories.settle_interests(page.challenge)
    said = amend(page, Proposal(facts={"strapline": "Safer parking"}, is_material=True))

    assert (plain.is_material, list(plain.difference)) == (False, ["words.aim"])
    assert said.is_material
    assert pages.fresh(page).strapline == pages.fresh(page).challenge.strapline == "Safer parking"
    assert pages.fresh(page).challenge.closes_at == was + timedelta(days=7)


def test_C4_what_an_amendment_refuses_it_refuses_whole(page: ChallengePage) -> None:
    at, closes = clock.now(), page.challenge.closes_at
    measure = str(page.challenge.outcomes.get().pk)
    refused = [
        (Proposal(), "Nothing is changed yet"),
        (Proposal(is_material=True), "Nothing is changed yet"),
        (Proposal(criteria={"outcome": {"weight": Decimal(50)}}), "total 110, not 100"),
        (Proposal(criteria={"outcome": {"word_limit": 50}}), "can only grow"),
        (Proposal(criteria={"outcome": {"threshold": Decimal(6)}}), "cannot be above 5"),
        (Proposal(facts={"closes_at": closes - timedelta(days=1)}), "can only move on"),
        (Proposal(facts={"answers_due_at": closes}), "must close after answers are due"),
        (Proposal(facts={"pilot_starts_on": closes.date()}), "pilots cannot start before"),
        (Proposal(outcomes={measure: {"target_value": Decimal(11)}}), "must be better than today"),
        (Proposal(outcomes={measure: {"minimum_worthwhile_effect": Decimal(0)}}), "greater than zero"),
        (Proposal(clauses=[]), "Choose the set of clauses"),
        (Proposal(clauses=["OD-01", "XX-99"]), "XX-99 is not in the set"),
        (Proposal(facts={"if_it_works": ""}), "Complete the problem statement"),
    ]

    for proposal, sentence in refused:
        with pytest.raises(Refused, match=sentence):
            amend(page, proposal, at=at)

    assert (Amendment.objects.count(), Event.objects.filter(verb="challenge.amended").count()) == (0, 0)
    assert pages.fresh(page).challenge.terms_hash == challenge_actions.terms_hash(pages.fresh(page).challenge)
    with pytest.raises(Refused, match="nothing that was published changes any more"):
        amend(page, Proposal(criteria=WEIGHTS), at=closes)
    with pytest.raises(Refused, match="Give a reason"):
        amend(page, Proposal(criteria=WEIGHTS), reason=" ")
    with pytest.raises(Refused, match="amended meanwhile"):
        amend(page, Proposal(criteria=WEIGHTS), after=3)


def test_C1_only_a_lead_who_does_not_own_the_challenge_amends_it(page: ChallengePage) -> None:
    council = page.challenge.council
    others = [factories.person(council, role) for role in (CouncilRole.PILOT_MANAGER, CouncilRole.AUDITOR)]
    elsewhere = factories.person(factories.council(), CouncilRole.PROCUREMENT_LEAD)

    for who in (page.challenge.owner, *others, elsewhere):
        with pytest.raises(NotPermitted):
            amend(page, Proposal(criteria=WEIGHTS), actor=who)
        assert make.signed_in(who).get(address(page)).status_code == 403

    assert Amendment.objects.count() == 0


def test_C4_after_the_deadline_the_page_says_that_nothing_changes(page: ChallengePage) -> None:
    factories.move_clock_to(page.challenge.closes_at)

    answer = lead(page).get(address(page))

    assert answer.status_code == 409
    assert "Nothing can be amended any more" in answer.content.decode()


def test_C3_everybody_concerned_is_told_what_changed_and_submitters_to_confirm(page: ChallengePage) -> None:
    submission, drafting = make.submitted(page.challenge), make.started(page.challenge)
    amend(page, Proposal(clauses=["OD-01", "OD-02", "OD-03", "SE-02"], facts={"pilot_budget": Decimal(70_000)}))
    append_links()
    deliver_events()

    told = {row.user_id: row for row in Delivery.objects.filter(event__verb="challenge.amended")}
    submitter, drafter = make.admin_of(submission.supplier), make.admin_of(drafting.supplier)
    assert set(told) == {submitter.pk, drafter.pk, page.challenge.owner_id}
    assert told[submitter.pk].subject.startswith("Amended after you submitted")
    assert "Money for each pilot, without VAT: from £60,000 to £70,000" in told[drafter.pk].body
    assert "Clause SE-03: from asked to not asked" in told[drafter.pk].body
    home = make.signed_in(submitter).get("/supplier/").content.decode()
    confirm = make.signed_in(submitter).get(f"/supplier/submissions/{submission.public_id}/reconfirm/").content.decode()
    answer = make.signed_in(drafter).get(f"/supplier/submissions/{drafting.public_id}/").content.decode()
    assert "read what changed, and confirm" in home
    assert "£70,000" in confirm
    assert "The council amended the call since you last wrote" in answer


def test_the_open_data_tell_the_amended_notice_as_it_stands(page: ChallengePage) -> None:
    amend(page, Proposal(facts={"pilot_budget": Decimal(70_000)}, criteria=WEIGHTS))
    append_links()
    publish_due_notices()

    release = Release.objects.get(notice="call_amended").body

    assert release["tag"] == ["tenderUpdate"]
    weights = release["tender"]["lots"][0]["awardCriteria"]["criteria"]
    assert [row["numbers"][0]["number"] for row in weights] == [50, 20, 30]
    assert release["tender"]["lots"][0]["value"]["amount"] == 140_000
    assert "Reach: weight, in per cent: from 40 to 50" in release["tender"]["amendments"][0]["description"]


def test_the_list_of_amendments_is_public_and_empty_before_the_first(page: ChallengePage) -> None:
    where = reverse("challenge_amendments", args=[page.challenge.slug])

    before = Client().get(where).content.decode()
    amend(page, Proposal(words={"aim": (page.aim, "Fewer <b>thefts</b>.")}))
    after = Client().get(where).content.decode()

    assert "Nothing was amended" in before
    assert "Fewer &lt;b&gt;thefts&lt;/b&gt;." in after
    assert pages.STORY["aim"] in after
