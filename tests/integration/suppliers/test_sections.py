"""The sections of an answer: saved by hand or by themselves, by one or by two, signed in or no longer."""

import re
import socket

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import CouncilRole
from audit import clock
from audit.transitions import Refused
from challenges import actions
from challenges.models import Challenge, ClauseRequirement, Criterion
from clauses.models import ClauseSet
from suppliers import drafts, queries
from suppliers.drafts import EMPTY_CLAUSE, Draft
from suppliers.models import Submission
from tests.factories import draft_challenge, member_with, open_challenge
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
PRICES = {"pilot": "30000", "contract": "250000", "vat_treatment": "standard"}


def at(submission: Submission, page: str = "") -> str:
    return f"/supplier/submissions/{submission.public_id}/{page}"


def draft_of(submission: Submission) -> Draft:
    submission.refresh_from_db()
    return queries.read_draft(submission, make.admin_of(submission.supplier))


def hidden(text: str, name: str) -> str:
    """The value of a hidden field of the section's form."""
    return re.search(rf'name="{name}" (?:value="([^"]*)")?', text).group(1) or ""


def grow(challenge: Challenge, count: int) -> None:
    """Give a challenge this many criteria and clauses, as no form would: only their number matters here."""
    grow_clauses(challenge, count)
    [criterion, *others] = Criterion.objects.filter(challenge=challenge, kind="quality")
    Criterion.objects.filter(pk__in=[other.pk for other in others]).delete()
    for number in range(count - 1):
        criterion.pk, criterion.code = None, f"more-{number}"
        criterion.save()


def grow_clauses(challenge: Challenge, count: int) -> None:
    [requirement, *others] = ClauseRequirement.objects.filter(challenge=challenge).select_related("clause")
    ClauseRequirement.objects.filter(pk__in=[other.pk for other in others]).delete()
    ClauseRequirement.objects.filter(pk=requirement.pk).update(due="bid")
    for number in range(count - 1):
        requirement.pk, requirement.code, requirement.due = None, f"XX-{number:02d}", "bid"
        requirement.save()


@pytest.mark.parametrize("count", [1, 30])
def test_the_submission_page_costs_at_most_twelve_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    challenge = open_challenge()
    grow(challenge, count)
    submission = make.started(challenge)
    client = make.signed_in(make.admin_of(submission.supplier))

    with django_assert_num_queries(11):
        text = client.get(at(submission)).content.decode()

    assert text.count(at(submission, "answers/")) == 2 * count  # in the task list, and in what is missing
    assert text.count(at(submission, "clauses/")) == 2 * count


def test_O2_the_task_list_shows_everything_that_is_missing() -> None:
    submission = make.started(open_challenge())

    text = make.signed_in(make.admin_of(submission.supplier)).get(at(submission)).content.decode()

    for sentence in ("Answer “Reach”.", "Say yes or no to clause OD-01", "Give the price of the pilot", "Say what VAT"):
        assert sentence in text


def test_T3_a_page_that_saves_itself_is_told_that_the_call_closed() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    make.after_closing(submission.challenge)

    late = client.post(at(submission, "answers/outcome/"), {"text": "Late", "version": "0", "autosave": "1"})

    assert late.status_code == 409
    assert late.json()["is_kept"] is False
    assert "This call has closed" in late.json()["refused"]


def test_saving_the_same_text_again_changes_no_version() -> None:
    """Another section was saved meanwhile: the version given back is this section's, or the next save came too late."""
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    first = client.post(at(submission, "answers/outcome/"), {"text": "One", "version": "0", "autosave": "1"}).json()
    client.post(at(submission, "answers/delivery/"), {"text": "Two", "version": "0"})

    same = client.post(
        at(submission, "answers/outcome/"), {"text": "One", "version": str(first["version"]), "autosave": "1"}
    ).json()
    more = client.post(
        at(submission, "answers/outcome/"), {"text": "One more", "version": str(same["version"]), "autosave": "1"}
    )

    assert (first["version"], same["version"], more.status_code) == (1, 1, 200)


def test_O3_the_later_text_is_kept_also_when_its_page_is_lost() -> None:
    submission = make.started(open_challenge())
    one, other = make.admin_of(submission.supplier), make.colleague(submission.supplier)
    page = at(submission, "answers/outcome/")
    make.signed_in(one).post(page, {"text": "The first text", "version": "0"})
    later = make.signed_in(other)

    told = later.post(page, {"text": "The later text", "version": "0", "autosave": "1"})
    again = make.signed_in(other).get(page).content.decode()  # another browser, after a crash

    assert (told.status_code, told.json()["is_kept"]) == (409, True)
    assert f"{one} saved this part" in told.json()["refused"]
    assert "Two texts to put together" in again
    assert "The first text" in again
    assert "The later text" in again
    assert "Two texts" in later.get(at(submission)).content.decode()
    assert draft_of(submission).answer("outcome") == "The first text"

    merged = {"text": "Both texts", "version": hidden(again, "version"), "merges": hidden(again, "merges")}
    assert later.post(page, merged).status_code == 302
    assert draft_of(submission).answer("outcome") == "Both texts"
    assert draft_of(submission).aside == {}


def test_O3_one_can_leave_out_ones_own_late_text_and_nobody_elses() -> None:
    submission = make.started(open_challenge())
    one, other = make.admin_of(submission.supplier), make.colleague(submission.supplier)
    page = at(submission, "answers/outcome/")
    make.signed_in(one).post(page, {"text": "The first text", "version": "0"})
    make.signed_in(other).post(page, {"text": "The later text", "version": "0"})
    [key] = draft_of(submission).aside["answers/outcome"]

    refused = make.signed_in(one).post(page, {"drop": key})
    dropped = make.signed_in(other).post(page, {"drop": key})

    assert (refused.status_code, dropped.status_code) == (403, 302)
    assert draft_of(submission).aside == {}
    assert draft_of(submission).answer("outcome") == "The first text"


def test_O3_prices_and_clauses_are_kept_aside_too_and_prices_sealed_apart() -> None:
    submission = make.started(open_challenge())
    one, other = make.signed_in(make.admin_of(submission.supplier)), make.signed_in(make.colleague(submission.supplier))
    clause = {"accepted": "yes", "text": "Our terms", "url": "", "version": "0"}
    for client, price, text in ((one, "30000", "Ours"), (other, "31000", "Theirs")):
        client.post(at(submission, "price/"), {**PRICES, "pilot": price, "version": "0"})
        client.post(at(submission, "clauses/OD-01/"), {**clause, "text": text})

    page, clause_page = (
        other.get(at(submission, f"{where}/")).content.decode() for where in ("price", "clauses/OD-01")
    )

    assert 'value="31000.00"' in page
    assert "£30,000" in page
    assert "Theirs" in clause_page
    assert "Ours" in clause_page
    submission.refresh_from_db()
    price_only = Submission(pk=submission.pk, public_id=submission.public_id, challenge=submission.challenge)
    price_only.draft_box, price_only.wrapped_content_key = submission.draft_box, submission.wrapped_content_key
    assert set(drafts.read(price_only).aside) == {"clauses/OD-01"}


def test_O3_what_is_sent_while_signed_out_is_shown_again_after_the_sign_in() -> None:
    submission = make.started(open_challenge())
    page, client = at(submission, "answers/outcome/"), Client()

    away = client.post(page, {"text": "An hour of work", "version": "0"})
    client.force_login(make.admin_of(submission.supplier))
    back = client.get(page).content.decode()
    later = client.get(page).content.decode()

    assert away.url == f"/accounts/login/?next={page}"
    assert "You had been signed out" in back
    assert "An hour of work" in back
    assert 'data-pf-saves-itself="now"' in back
    assert "An hour of work" not in later


def test_O3_a_page_that_saves_itself_while_signed_out_is_told_where_to_sign_in() -> None:
    submission = make.started(open_challenge())
    page, client = at(submission, "answers/outcome/"), Client()

    told = client.post(page, {"text": "An hour of work", "version": "0", "autosave": "1"})

    assert (told.status_code, told.json()) == (401, {"sign_in": f"/accounts/login/?next={page}"})
    client.force_login(make.admin_of(submission.supplier))
    assert "An hour of work" in client.get(page).content.decode()


def test_S1_what_is_sent_while_signed_out_lies_nowhere_in_plain_text_and_only_on_its_own_page() -> None:
    submission = make.started(open_challenge())
    client = Client()

    client.post(at(submission, "answers/outcome/"), {"text": "kingfishercanary", "version": "0"})
    stored = client.session["typed_while_signed_out"]
    client.force_login(make.admin_of(make.supplier()))

    assert "kingfisher" not in str(stored)
    assert client.get(at(submission, "answers/outcome/")).status_code == 404
    assert make.signed_in(make.admin_of(submission.supplier)).session.get("typed_while_signed_out") is None


def test_an_expired_form_gives_back_the_text() -> None:
    submission = make.started(open_challenge())
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.admin_of(submission.supplier))

    page = client.post(at(submission, "answers/outcome/"), {"text": "An hour of <work>", "version": "0"})

    assert page.status_code == 403
    assert "An hour of &lt;work&gt;" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"pilot": "30,50"}, "Write the amount as a number"),
        ({"pilot": "12.345"}, "Write at most 2 digits after the point."),
        ({"pilot": "-1"}, "A price is zero or more."),
        ({"pilot": "about 30"}, "Write the amount as a number"),
        ({"contract": "1" * 15}, "This amount is too large."),
        ({"vat_treatment": "none"}, "Select a valid choice"),
    ],
)
def test_a_wrong_price_is_told_and_the_rest_is_saved(typed: dict[str, str], sentence: str) -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    page = client.post(at(submission, "price/"), {**PRICES, **typed, "version": "0"})

    [name] = typed
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert name == "vat_treatment" or f'value="{typed[name]}"' in page.content.decode()
    saved = draft_of(submission).price
    assert saved == {"pilot": "30000.00", "contract": "250000.00", "vat_treatment": "standard", name: ""}


def test_prices_are_shown_with_vat_to_the_penny() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    client.post(at(submission, "price/"), {**PRICES, "pilot": "£30,000.33", "version": "0"})
    text = client.get(at(submission, "price/")).content.decode()

    assert "£36,000.40" in text  # 36,000.396
    assert "£300,000" in text
    assert "is above the" not in text


def test_a_price_above_the_published_money_is_taken_and_told_before_it_is_submitted() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    above = submission.challenge.pilot_budget + 1

    assert client.post(at(submission, "price/"), {**PRICES, "pilot": f"{above}", "version": "0"}).status_code == 302

    told = [client.get(at(submission, page)).content.decode() for page in ("price/", "check/")]
    assert ["Your price for the pilot, " in page and "no award can be higher" in page for page in told] == [True, True]


def test_a_clause_keeps_what_is_right_when_its_address_is_wrong() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    typed = {"accepted": "yes", "text": "word " * 301, "url": "not an address", "version": "0"}

    page = client.post(at(submission, "clauses/OD-01/"), typed)

    text = page.content.decode()
    assert page.status_code == 422
    assert "This is no web address." in text
    assert "Your evidence has 301 words; at most 300 are read. Take out 1 word. We have kept your text." in text
    saved = draft_of(submission).clause("OD-01")
    assert (saved["accepted"], saved["text"].split()[0], saved["url"]) == (True, "word", "")
    assert "Shorten clause OD-01" in client.get(at(submission)).content.decode()


def test_a_clause_names_its_source_and_what_is_due_now() -> None:
    submission = make.started(open_challenge())

    page = make.signed_in(make.admin_of(submission.supplier)).get(at(submission, "clauses/OD-01/"))

    for words in ("Why it is asked", "With the submission", "Where it comes from", "Barcelona", "Due now"):
        assert words in page.content.decode()


def test_a_clause_that_is_due_later_is_read_and_not_answered() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    page = client.get(at(submission, "clauses/OD-02/"))
    sent = client.post(at(submission, "clauses/OD-02/"), {"text": "Already", "version": "0"})

    assert "Nothing to do now" in page.content.decode()
    assert "<textarea" not in page.content.decode()
    assert sent.status_code == 405
    assert draft_of(submission).sections == {}


def test_evidence_may_be_an_attached_file() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    make.actions.attach_file(
        submission=submission, name="terms.txt", data=b"Our terms", actor=make.admin_of(submission.supplier),
        at=make.clock.now(),
    )  # fmt: skip
    [entry] = draft_of(submission).files
    clause = at(submission, "clauses/OD-01/")

    foreign = client.post(clause, {"accepted": "yes", "attached": ["f" * 8], "version": "0"})
    chosen = client.post(clause, {"accepted": "yes", "attached": [entry["id"]], "version": "2"})

    assert (foreign.status_code, chosen.status_code) == (422, 302)
    assert draft_of(submission).clause("OD-01")["files"] == [entry["id"]]
    assert "checked" in client.get(clause).content.decode()
    assert "clause OD-01" not in client.get(at(submission)).content.decode()


def test_a_micro_pilot_asks_a_plain_yes_and_evidence_later() -> None:
    challenge = micro_pilot()
    submission = make.started(challenge)
    client = make.signed_in(make.admin_of(submission.supplier))
    [requirement, *_] = ClauseRequirement.objects.filter(
        challenge=challenge, due="bid", response_type="yes_no_evidence"
    )
    page = at(submission, f"clauses/{requirement.code}/")

    client.post(page, {"accepted": "yes", "text": "", "url": "", "version": "0"})

    assert "Evidence is due only before the pilot starts" in client.get(page).content.decode()
    assert f"clause {requirement.code}," not in client.get(at(submission)).content.decode()


def micro_pilot() -> Challenge:
    challenge = draft_challenge()
    chosen = ClauseSet.objects.get(code="micro-pilot")
    actions.choose_clauses(
        challenge=challenge, clause_set=chosen, codes=chosen.clauses.values_list("code", flat=True),
        actor=challenge.owner, at=clock.now(),
    )  # fmt: skip
    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    actions.publish_challenge(challenge=challenge, actor=lead, at=clock.now())
    return challenge


def test_a_micro_pilot_that_asks_more_than_eight_clauses_now_is_not_published() -> None:
    challenge = draft_challenge()
    grow_clauses(challenge, 9)
    Challenge.objects.filter(pk=challenge.pk).update(clause_set="micro-pilot")
    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)

    with pytest.raises(Refused, match="8 clauses with the submission at most; this challenge asks 9"):
        actions.publish_challenge(challenge=challenge, actor=lead, at=clock.now())

    challenge.clause_requirements.filter(code="XX-00").delete()
    actions.publish_challenge(challenge=challenge, actor=lead, at=clock.now())


def test_an_address_of_evidence_is_never_fetched_before_the_unsealing_or_in_it() -> None:
    """A server listens at the address: neither the draft, nor the submission, nor the unsealing calls it."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        submission = make.drafted(open_challenge())
        url = f"http://127.0.0.1:{server.getsockname()[1]}/evidence"
        value = {**EMPTY_CLAUSE, "accepted": True, "url": url}
        make.save(submission, "clauses/OD-01", value)
        client = make.signed_in(make.admin_of(submission.supplier))
        for page in ("", "clauses/OD-01/", "preview/", "check/"):
            assert client.get(at(submission, page)).status_code == 200
        make.submit(submission)
        make.unseal(submission.challenge)
        with pytest.raises(BlockingIOError):
            asked.append(server.accept()[0].recv(1))

    assert asked == []
    assert submission.clause_responses.get(requirement__code="OD-01").url == url
