"""Who answers together: organisations named in the draft, sealed with the part that says who submits."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.transitions import Refused
from suppliers import drafts
from suppliers.actions.drafting import lock_for_writing
from suppliers.company_numbers import NotACompanyNumberError, normalised
from suppliers.drafts import PARTNERS, Draft
from suppliers.models import Submission

MOST_PARTNERS = 10


@transaction.atomic
def add_partner(
    *, submission: Submission, name: str, company_number: str, role: str, actor: User, at: datetime
) -> None:
    """Name an organisation that answers together with the supplier; its number may stay empty where it has none."""
    now = lock_for_writing(submission, actor, at)
    draft = drafts.read(submission)
    partner = {"name": name.strip(), "company_number": _number(company_number), "role": role.strip()}
    _refuse(partner, draft, submission)
    _write(submission, draft, [*draft.partners, partner], now)


@transaction.atomic
def remove_partner(*, submission: Submission, name: str, actor: User, at: datetime) -> None:
    """Take an organisation off the answer again."""
    now = lock_for_writing(submission, actor, at)
    draft = drafts.read(submission)
    kept = [each for each in draft.partners if each["name"] != name]
    if len(kept) == len(draft.partners):
        raise Refused("This organisation is not named in your answer any more.")
    _write(submission, draft, kept, now)


def _number(text: str) -> str:
    try:
        return normalised(text) if text.strip() else ""
    except NotACompanyNumberError as error:
        raise Refused(str(error)) from error


def _refuse(partner: dict[str, str], draft: Draft, submission: Submission) -> None:
    if not partner["name"] or not partner["role"]:
        raise Refused("Give the organisation's name, and what it will do.")
    if len(draft.partners) >= MOST_PARTNERS:
        raise Refused(f"You have named {MOST_PARTNERS} organisations, which is the most we take.")
    number = partner["company_number"]
    if number == submission.supplier.company_number:
        raise Refused("This is your own organisation's number. Name only those who answer together with you.")
    same_name = any(each["name"].casefold() == partner["name"].casefold() for each in draft.partners)
    if same_name or (number and any(each["company_number"] == number for each in draft.partners)):
        raise Refused("This organisation is named already.")


def _write(submission: Submission, draft: Draft, partners: list[dict[str, str]], now: datetime) -> None:
    draft.set(PARTNERS, partners, submission.draft_version + 1)
    drafts.write(submission, draft, now)
