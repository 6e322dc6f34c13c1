"""Reads about submissions. Content is read here only for the supplier's own people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from audit.models import Event
from audit.transitions import NotPermitted
from challenges.models import Amendment, Challenge, ChallengeState, ClauseRequirement, Criterion, CriterionKind
from clauses.models import Due
from files.models import FileState
from suppliers import attachments, drafts, rules, sealing, vault
from suppliers.completeness import Asked, ClauseAsked, Missing
from suppliers.completeness import missing as missing_from
from suppliers.drafts import PRICE, Draft, answer_section, clause_section
from suppliers.models import Submission, SubmissionQuerySet, SubmissionState, UnsealingConsent
from suppliers.queries.standing import undeclared

BOXES = ("draft_box", "draft_price_box", "content_box", "price_box")
PRIVATE = "Only the supplier's own people can read this."


def home_list(actor: Any) -> SubmissionQuerySet:
    """What the supplier's home shows: own submissions, newest first, without their boxes."""
    mine = Submission.objects.visible_to(actor)
    return mine.select_related("challenge__council", "supplier").defer(*BOXES).order_by("-created_at", "-id")


def read_draft(submission: Submission, actor: Any) -> Draft:
    """The draft, for the supplier's own people; raises NotPermitted for anybody else, superusers included (S1)."""
    if not rules.may_read(actor, submission):
        raise NotPermitted(PRIVATE)
    return drafts.read(submission)


def read_submitted(submission: Submission, actor: Any) -> bytes | None:
    """The submitted content as canonical JSON, as the receipt's sha256 covers it; None when nothing is submitted."""
    if not rules.may_read(actor, submission):
        raise NotPermitted(PRIVATE)
    if submission.content_box is None:
        return None
    key = vault.key_for(submission, vault.CONTENT)
    return sealing.canonical(vault.open_up(submission, "content_box", submission.content_box, key))


def criteria_asked(challenge: Challenge) -> list[Criterion]:
    """The criteria that are answered in words."""
    return list(Criterion.objects.filter(challenge=challenge, kind=CriterionKind.QUALITY))


def clauses_asked(challenge: Challenge) -> tuple[list[ClauseRequirement], list[ClauseRequirement]]:
    """The clauses answered with the submission, and those that are due only later."""
    rows = list(ClauseRequirement.objects.filter(challenge=challenge))
    return [row for row in rows if row.due == Due.BID], [row for row in rows if row.due != Due.BID]


@dataclass(frozen=True)
class Questionnaire:
    """What a challenge asks of every submission: criteria in words, clauses now, clauses later."""

    criteria: list[Criterion]
    clauses: list[ClauseRequirement]
    later: list[ClauseRequirement]

    def missing(self, draft: Draft) -> list[Missing]:
        """Everything that this draft still needs (O2)."""
        criteria = [Asked(row.code, row.name, row.word_limit) for row in self.criteria]
        clauses = [ClauseAsked(row.code, row.title, row.response_type, row.needs_evidence_now) for row in self.clauses]
        return missing_from(draft, criteria, clauses)


def questionnaire(challenge: Challenge) -> Questionnaire:
    """What a challenge asks, in two queries."""
    return Questionnaire(criteria_asked(challenge), *clauses_asked(challenge))


def missing(submission: Submission, draft: Draft, at: datetime, asked: Questionnaire | None = None) -> list[Missing]:
    """Everything that still stands between this draft and its submission (O2): its own gaps, then what the supplier
    has not declared. The one home of the whole list; `asked` saves two queries where it is at hand."""
    challenge = submission.challenge
    gaps = (asked or questionnaire(challenge)).missing(draft)
    return gaps + undeclared(challenge, submission.supplier, at)


def to_confirm(submission: Submission) -> list[Amendment]:
    """Material amendments since it was submitted and last confirmed, in order (C2); none unless it is submitted."""
    if submission.state != SubmissionState.SUBMITTED:
        return []
    rows = Amendment.objects.filter(
        challenge=submission.challenge_id, is_material=True, number__gt=submission.confirmed_amendment,
        made_at__gt=submission.submitted_at,
    )  # fmt: skip
    return list(rows.order_by("number"))


def amended_since_saved(submission: Submission) -> Amendment | None:
    """The newest material amendment since this draft was last saved, for whoever is still writing it (C3)."""
    since = submission.draft_saved_at or submission.created_at
    if submission.state not in (SubmissionState.DRAFT, SubmissionState.WITHDRAWN):
        return None
    rows = Amendment.objects.filter(challenge=submission.challenge_id, is_material=True, made_at__gt=since)
    return rows.order_by("-number").first()


def all_to_confirm(submissions: SubmissionQuerySet) -> set[int]:
    """Which of these submissions (ids) wait for their supplier to confirm them under an amended call (C2)."""
    later = Q(
        challenge__amendments__is_material=True, challenge__amendments__number__gt=F("confirmed_amendment"),
        challenge__amendments__made_at__gt=F("submitted_at"),
    )  # fmt: skip
    waiting = submissions.filter(later, state=SubmissionState.SUBMITTED).order_by()
    return set(waiting.values_list("pk", flat=True))


def missing_from_submitted(submission: Submission) -> list[Missing]:
    """What the sealed version does not answer of what is asked now; its price is not looked at."""
    key = vault.key_for(submission, vault.CONTENT)
    content = vault.open_up(submission, "content_box", submission.content_box or b"", key)
    answers = {answer_section(code): text for code, text in content["answers"].items()}
    clauses = {clause_section(code): given for code, given in content["clauses"].items()}
    draft = Draft(version=0, saved_at=None, sections=answers | clauses)
    return [each for each in questionnaire(submission.challenge).missing(draft) if each.section != PRICE]


def sealed_by_fingerprint(fingerprint: str) -> Submission | None:
    """The sealed submission whose receipt carries this sha256; None for any other text, and once it is unsealed."""
    found = Submission.objects.filter(content_sha256=fingerprint.strip().lower(), state=SubmissionState.SUBMITTED)
    sealed = found.filter(challenge__state=ChallengeState.PUBLISHED).select_related("challenge", "supplier")
    return sealed.first() if fingerprint.strip() else None


def received(challenge: Challenge) -> int:
    """How many submissions were received and not withdrawn: the one thing a council may know before the unsealing."""
    return Submission.objects.filter(challenge=challenge).arrived().count()


def consents(challenge: Challenge) -> QuerySet[UnsealingConsent]:
    """Who confirmed the unsealing, in order; a word given before the call was opened again counts no more (C6)."""
    given = UnsealingConsent.objects.filter(challenge=challenge, given_at__gte=challenge.closes_at)
    return given.select_related("user").order_by("given_at", "pk")


def unchecked_files(challenge: Challenge) -> int:
    """How many files of received submissions still wait for the scanner: they stay closed until it has looked."""
    received_ones = Submission.objects.filter(challenge=challenge).arrived()
    return attachments.of_all(received_ones.only("pk")).filter(state=FileState.QUARANTINED).count()


def unsealing_event(challenge: Challenge) -> Event | None:
    """The record's entry of the unsealing: who, when, how many, every hash (S6)."""
    return Event.objects.about(challenge).filter(verb="challenge.unsealed").order_by("pk").last()
