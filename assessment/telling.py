"""What this room tells a supplier on the page of its own submission."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from assessment.models import (
    ClarificationState,
    EvidenceRequest,
    EvidenceState,
    Letter,
    LetterKind,
    PriceClarification,
)
from assessment.queries import replacement_of
from suppliers.models import Submission
from suppliers.told import Word


def words_for(submission: Submission, at: datetime) -> Iterator[Word]:
    """What there is to do and to read about this submission now."""
    missing = EvidenceRequest.objects.filter(submission=submission).first()
    if missing is not None:
        yield _about_evidence(missing, submission, at)
    for letter in Letter.objects.filter(submission=submission).order_by("-issued_at")[:1]:
        yield _about_letter(letter, submission)
    if moved_up := replacement_of(submission):
        yield Word(
            "You are chosen for a pilot after all",
            f"A chosen supplier withdrew, and you are next by the published rule. The reason: {moved_up.reason} "
            "Your assessment summary stays as it was issued. If you cannot take part any more, withdraw.",
        )
    asked = PriceClarification.objects.filter(submission=submission).first()
    if asked is not None:
        yield _about_price(asked, submission, at)


def _about_evidence(asked: EvidenceRequest, submission: Submission, at: datetime) -> Word:
    url = reverse("evidence_asked", args=[submission.public_id])
    if asked.state == EvidenceState.ASKED and at < asked.due_at:
        body = "The panel asks once for what is missing. Answer in time: it is judged without it otherwise."
        return Word("Evidence is missing in your answer", body, url, "Read and answer", "warning")
    body = "What was missing, and what you gave."
    return Word("The panel asked for missing evidence", body, url, "Read it again", "info")


def _about_letter(letter: Letter, submission: Submission) -> Word:
    url = reverse("submission_result", args=[submission.public_id])
    if letter.kind == LetterKind.DROPPED:
        return Word(
            "Your answer goes no further", "The council gives you its reasons.", url, "Read the reasons", "info"
        )
    if letter.kind == LetterKind.PILOT:
        body = "What the panel gave your finished pilot and why, your rank, and whose award is proposed."
        return Word("The assessment of your pilot is here", body, url, "Read your marks and reasons")
    body = "Your marks, the reasons for each, your rank, and who was chosen."
    return Word("Your assessment summary is here", body, url, "Read your marks and reasons")


def _about_price(asked: PriceClarification, submission: Submission, at: datetime) -> Word:
    url = reverse("price_question", args=[submission.public_id])
    if asked.state == ClarificationState.ASKED and at < asked.due_at:
        body = "It is far below the others. Explain how you can deliver for it; no answer may lead to its rejection."
        return Word("The council asks about your price", body, url, "Read and answer", "warning")
    body = "What was asked about your price, and what you answered."
    return Word("The council asked about your price", body, url, "Read it again", "info")
