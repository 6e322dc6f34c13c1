"""The preview is what the panel reads; what names the supplier is told; confidential passages survive the unsealing."""

import dataclasses

import pytest
from django.utils.text import slugify
from pytest_django import DjangoAssertNumQueries

from assessment.queries.blind import blind_submission
from assessment.queries.standing import standing_of
from audit import clock
from audit.transitions import NotPermitted, Refused
from suppliers import actions, queries
from suppliers.drafts import Draft
from suppliers.models import ConfidentialPassage, PriceOffer, Submission
from suppliers.queries.preview import preview
from tests.factories import assessment, open_challenge
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
SECRET = "we buy the sensors at half price"


def at(submission: Submission, page: str = "") -> str:
    return f"/supplier/submissions/{submission.public_id}/{page}"


def draft_of(submission: Submission) -> Draft:
    submission.refresh_from_db()
    return queries.read_draft(submission, make.admin_of(submission.supplier))


def mark(submission: Submission, passage: str = SECRET, reason: str = "A trade secret") -> None:
    actions.mark_confidential(
        submission=submission, section="answers/outcome", passage=passage, reason=reason,
        actor=make.admin_of(submission.supplier), at=clock.now(),
    )  # fmt: skip


def with_secret() -> Submission:
    return make.drafted(
        open_challenge(),
        answers={"outcome": f"First {SECRET}.\nThen we count."},
        files={"b.csv": b"a\n1\n", "a.txt": b"x"},
    )


def test_A6_the_preview_is_exactly_what_an_assessor_reads() -> None:
    submission = with_secret()
    mark(submission)
    [first, _] = draft_of(submission).files
    make.save(
        submission, "clauses/OD-01",
        {"accepted": True, "level": None, "text": "See there", "url": "https://a.example/", "files": [first["id"]]},
    )  # fmt: skip
    before = preview(draft_of(submission), queries.questionnaire(submission.challenge))
    make.submit(submission)
    make.unseal(submission.challenge)
    round_ = assessment.round_in("marking", submission.challenge)
    submission.refresh_from_db()

    standing = standing_of(round_, assessment.assessors_of(round_)[0])
    seen = blind_submission(standing, slugify(submission.pseudonym))

    assert seen is not None
    assert dataclasses.replace(before, pseudonym=seen.pseudonym, slug=seen.slug) == seen
    assert seen.answers[0].confidential[0].passage == SECRET
    assert [response.files for response in seen.clause_responses if response.files] == [
        (next(file.name for file in seen.attachments if str(file.reference) == first["id"]),)
    ]


def test_the_preview_warns_where_the_answer_names_its_supplier() -> None:
    firm = make.supplier("Lanternwick Cycles Ltd")
    submission = make.drafted(
        open_challenge(), firm, answers={"outcome": "At Lanternwick Cycles we count first."},
        files={"lanternwick_cycles.txt": b"x"},
    )  # fmt: skip
    client = make.signed_in(make.admin_of(firm))

    page = client.get(at(submission, "preview/")).content.decode()
    check = client.get(at(submission, "check/")).content.decode()

    for text in (page, check):
        assert "“Lanternwick Cycles” stands in your answer “Reach”" in text
        assert "“Lanternwick Cycles” stands in the name of the file “lanternwick_cycles.txt”" in text
    assert "Nothing is missing" in check  # a warning, not an obstacle
    assert "lanternwick_cycles.txt" not in page.split("<hr")[1]


def test_the_preview_says_when_nothing_names_the_supplier(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    submission = make.drafted(open_challenge(), make.supplier("Lanternwick Cycles Ltd"))
    client = make.signed_in(make.admin_of(submission.supplier))

    with django_assert_num_queries(8):
        page = client.get(at(submission, "preview/")).content.decode()

    assert "We found nothing that names you" in page
    assert "50000" not in page


def test_marking_and_unmarking_by_page() -> None:
    submission = with_secret()
    client = make.signed_in(make.admin_of(submission.supplier))
    form = {"section": "answers/outcome", "passage": SECRET.replace(" ", "\n"), "reason": "A trade secret"}

    wrong = client.post(at(submission, "confidential/"), {**form, "passage": "not in the answer"})
    done = client.post(at(submission, "confidential/"), form)
    again = client.post(at(submission, "confidential/"), form)
    page = client.get(at(submission, "confidential/")).content.decode()

    assert (wrong.status_code, done.status_code, again.status_code) == (409, 302, 409)
    assert "These words do not stand in that part of your answer" in wrong.content.decode()
    assert "not in the answer" in wrong.content.decode()
    assert "First [withheld: confidential].<br>Then we count." in page
    [marked] = draft_of(submission).passages
    removed = client.post(at(submission, f"confidential/{marked['id']}/remove/"))
    twice = client.post(at(submission, f"confidential/{marked['id']}/remove/"))
    assert (removed.status_code, twice.status_code, draft_of(submission).passages) == (302, 409, [])


def test_a_mark_needs_a_reason_and_its_own_people_and_an_open_call() -> None:
    submission = with_secret()
    with pytest.raises(Refused, match="Say why it is confidential"):
        mark(submission, reason="  ")
    with pytest.raises(NotPermitted):
        actions.mark_confidential(
            submission=submission, section="answers/outcome", passage=SECRET, reason="Mine",
            actor=make.admin_of(make.supplier()), at=clock.now(),
        )  # fmt: skip
    make.after_closing(submission.challenge)

    with pytest.raises(Refused, match="This call has closed"):
        mark(submission)


def test_a_passage_that_was_written_otherwise_is_told() -> None:
    submission = with_secret()
    mark(submission)
    make.save(submission, "answers/outcome", "We write it otherwise now")
    client = make.signed_in(make.admin_of(submission.supplier))

    assert "Not in your answer" in client.get(at(submission, "confidential/")).content.decode()
    assert "no longer stands in your answer" in client.get(at(submission, "check/")).content.decode()


def test_S1_confidential_passages_and_vat_are_written_only_at_the_unsealing() -> None:
    submission = with_secret()
    mark(submission)
    make.submit(submission)
    before = ConfidentialPassage.objects.count()

    make.unseal(submission.challenge)

    [row] = ConfidentialPassage.objects.all()
    assert before == 0
    assert (row.submission, row.section, row.passage, row.reason) == (
        submission, "answers/outcome", SECRET, "A trade secret",
    )  # fmt: skip
    assert PriceOffer.objects.count() == 0
