"""Copies to keep, and earlier answers to use again."""

import io
import re

import pytest
from django.test import Client
from docx import Document

from audit import clock
from audit.transitions import NotPermitted
from suppliers import actions, queries
from suppliers.models import Submission, Supplier
from tests.factories import open_challenge
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
ODD = '#import "/etc/passwd": *\n*not bold* ünï “quotes” \x0b and 漢字'


def at(submission: Submission, page: str = "") -> str:
    return f"/supplier/submissions/{submission.public_id}/{page}"


def two() -> tuple[Submission, Submission]:
    """An earlier submission, and a draft of the same organisation with nothing in it."""
    firm = make.supplier()
    return make.submitted(open_challenge(), firm, evidence="Our open terms"), make.started(open_challenge(), firm)


def test_a_copy_as_word_says_everything_and_names_nobody_in_its_properties() -> None:
    submission = make.drafted(open_challenge(), answers={"outcome": ODD}, files={"counts.csv": b"a\n1\n"})
    client = make.signed_in(make.admin_of(submission.supplier))

    file = client.get(at(submission, "answer.docx"))

    document = Document(io.BytesIO(file.content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert {'#import "/etc/passwd": *', "The pilot: 50,000.00 GBP", "Our response: Yes"} <= set(lines)
    assert "Company number: " + submission.supplier.company_number in lines
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == [
        "Answers", "Clauses", "Prices, without VAT", "Files, kept apart from this copy",
    ]  # fmt: skip
    assert (document.core_properties.author, document.core_properties.language) == ("", "en-GB")
    assert file["Content-Disposition"] == 'attachment; filename="answer.docx"'


def test_a_copy_as_pdf_is_tagged_and_shows_text_as_text() -> None:
    submission = make.drafted(open_challenge(), answers={"outcome": ODD})
    client = make.signed_in(make.admin_of(submission.supplier))

    file = client.get(at(submission, "answer.pdf"))
    make.save(submission, "answers/outcome", "Plain words")
    plain = client.get(at(submission, "answer.pdf"))

    for each in (file, plain):
        assert each.content.startswith(b"%PDF-")
        assert b"/StructTreeRoot" in each.content
        assert re.search(rb"/Lang ?\(en-GB\)", each.content)
    assert b"pdfuaid:part" in plain.content
    assert (file["Content-Type"], file["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert (file["X-Content-Type-Options"], file["Content-Security-Policy"]) == (
        "nosniff", "default-src 'none'; sandbox",
    )  # fmt: skip


def test_S1_copies_and_earlier_answers_are_for_own_people_only() -> None:
    submission = make.drafted(open_challenge())

    for name in ("answer.pdf", "answer.docx", "reuse/"):
        assert make.signed_in(make.admin_of(make.supplier())).get(at(submission, name)).status_code == 404
        assert make.signed_in(submission.challenge.owner).get(at(submission, name)).status_code == 404
        assert Client().get(at(submission, name)).status_code == 302


def test_a_copy_says_which_version_it_is() -> None:
    submission = make.submitted(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    def version() -> str:
        return Document(io.BytesIO(client.get(at(submission, "answer.docx")).content)).paragraphs[1].text

    as_submitted = version()
    make.save(submission, "answers/outcome", "Changed since")

    assert submission.content_sha256 in as_submitted
    assert version().endswith("It is not what was submitted.")


def test_O4_clause_responses_are_copied_where_nothing_is_written_yet() -> None:
    source, submission = two()
    client = make.signed_in(make.admin_of(submission.supplier))

    offered = client.get(at(submission, "reuse/")).content.decode()
    done = client.post(at(submission, "reuse/"), {"source": str(source.public_id)})
    again = client.post(at(submission, "reuse/"), {"source": str(source.public_id)})

    assert "Copy 1 clause response" in offered
    assert (done.status_code, again.status_code) == (302, 409)
    submission.refresh_from_db()
    given = queries.read_draft(submission, make.admin_of(submission.supplier)).clause("OD-01")
    assert (given["accepted"], given["text"], given["files"]) == (True, "Our open terms", [])


def test_O4_what_stands_on_the_profile_begins_a_section() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    answer, clause = at(submission, "answers/outcome/"), at(submission, "clauses/OD-01/")
    without = client.get(answer).content.decode()

    firm = submission.supplier
    Supplier.objects.filter(pk=firm.pk).update(description="We put up stands.", insurance_held="Five million pounds")
    certificate = make.certificate_of(firm, "CE-77")

    assert "Use an earlier text" not in without
    assert "Use an earlier text" in client.get(answer).content.decode()
    assert "We put up stands." in client.get(at(submission, "reuse/?section=answers/outcome")).content.decode()
    assert "We put up stands." in client.get(f"{answer}?reuse=profile&of=description").content.decode()
    listed = client.get(at(submission, "reuse/?section=clauses/OD-01")).content.decode()
    assert "We hold Cyber Essentials, number CE-77, valid until 1 January 2099." in listed
    assert "Insurance held today: Five million pounds" in listed
    assert "number CE-77" in client.get(f"{clause}?reuse=profile&of=certificate-{certificate.pk}").content.decode()
    assert "number CE-77" not in client.get(f"{answer}?reuse=profile&of=certificate-{certificate.pk}").content.decode()


def test_O4_an_earlier_text_begins_a_section_and_replaces_nothing_by_itself() -> None:
    source, submission = two()
    client = make.signed_in(make.admin_of(submission.supplier))
    make.save(submission, "answers/outcome", "Written already")
    listed = client.get(at(submission, "reuse/?section=answers/outcome")).content.decode()

    page = client.get(at(submission, f"answers/outcome/?reuse={source.public_id}&of=answers/delivery")).content.decode()

    assert "How we reach Reach." in listed
    assert "An earlier text of yours" in page
    assert "How we reach How it would be delivered." in page
    submission.refresh_from_db()
    assert queries.read_draft(submission, make.admin_of(submission.supplier)).answer("outcome") == "Written already"


@pytest.mark.parametrize(
    "chosen", ["reuse=nonsense&of=answers/outcome", "reuse={0}&of=price", "reuse={0}&of=clauses/OD-01"]
)
def test_what_does_not_fit_is_left_alone(chosen: str) -> None:
    source, submission = two()
    client = make.signed_in(make.admin_of(submission.supplier))

    page = client.get(at(submission, f"answers/outcome/?{chosen.format(source.public_id)}"))

    assert page.status_code == 200
    assert "An earlier text of yours" not in page.content.decode()


def test_S2_nothing_of_another_organisation_is_used() -> None:
    foreign, submission = make.submitted(open_challenge()), make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    page = client.get(at(submission, f"answers/outcome/?reuse={foreign.public_id}&of=answers/outcome"))
    posted = client.post(at(submission, "reuse/"), {"source": str(foreign.public_id)})

    assert "How we reach" not in page.content.decode()
    assert posted.status_code == 404
    assert client.post(at(submission, "reuse/"), {"source": "nonsense"}).status_code == 404
    with pytest.raises(NotPermitted):
        actions.reuse_clauses(
            submission=submission, source=foreign, actor=make.admin_of(submission.supplier), at=clock.now()
        )
