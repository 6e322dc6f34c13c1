"""The task list of an answer, as rows for the page."""

from typing import Any

from django.urls import reverse

from suppliers.completeness import Missing, count_words
from suppliers.drafts import PRICE, Draft, answer_section, clause_section
from suppliers.models import Submission
from suppliers.prices import too_high
from suppliers.queries import DECLARATIONS, Questionnaire
from suppliers.queries.preview import lost_passages, what_names
from suppliers.views.lookup import section_url

Row = dict[str, Any]
TWO_TEXTS = "Two texts of this part wait to be put together: only the saved one would be submitted."
PRICE_HINT = "Sealed apart; opened only after the quality is marked"


def tasks(own: Submission, draft: Draft, asked: Questionnaire, gaps: list[Missing]) -> dict[str, list[Row]]:
    """Rows for components/task_list.html: answers, clauses, and what stands apart."""
    missing = {each.section for each in gaps}
    answers = [
        _row(own, draft, missing, answer_section(each.code), each.name, _words(draft, each.code, each.word_limit))
        for each in asked.criteria
    ]
    clauses = [
        _row(own, draft, missing, clause_section(each.code), f"{each.code}: {each.title}", "") for each in asked.clauses
    ]
    apart = [
        _row(own, draft, missing, PRICE, "Your two prices", PRICE_HINT), _files(own, draft), _partners(own, draft),
        _row(own, draft, missing, DECLARATIONS, "Your declarations", "Made once for your organisation, used again"),
    ]  # fmt: skip
    later = [_later(own, each) for each in asked.later]
    return {"answers": answers, "clauses": clauses, "apart": apart, "later": later}


def linked(own: Submission, gaps: list[Missing]) -> list[dict[str, str]]:
    """What is missing, each sentence with the page on which it is done."""
    return [{"sentence": each.sentence, "url": section_url(own, each.section)} for each in gaps]


def warnings(own: Submission, draft: Draft, asked: Questionnaire) -> list[dict[str, str]]:
    """What does not stand in the way of submitting, and should be looked at before."""
    home = [own.public_id]
    found = [
        {"sentence": f"“{each.words}” stands in {each.place}: the panel could tell who you are.",
         "url": reverse("submission_preview", args=home)}
        for each in what_names(own.supplier, draft, asked)
    ]  # fmt: skip
    found += [
        {"sentence": f"“{each['passage']}” is marked confidential and no longer stands in your answer.",
         "url": reverse("submission_confidential", args=home)}
        for each in lost_passages(draft)
    ]  # fmt: skip
    found += [{"sentence": each, "url": section_url(own, PRICE)} for each in above_the_money(own, draft)]
    return found + [{"sentence": TWO_TEXTS, "url": section_url(own, section)} for section in draft.aside]


def above_the_money(own: Submission, draft: Draft) -> list[str]:
    """The sentences about prices above what was published with the call."""
    call = own.challenge
    return too_high(draft.price, call.pilot_budget, call.contract_ceiling, call.currency)


def _row(own: Submission, draft: Draft, missing: set[str], section: str, title: str, hint: str) -> Row:
    if draft.aside.get(section):
        names = ", ".join(sorted({text["name"] for text in draft.aside[section].values()}))
        state, word = "attention", "Two texts"
        hint = f"{names} wrote at the same time as somebody else: put the texts together"
    elif section not in missing:
        state, word = "done", "Done"
    elif draft.sections.get(section):
        state, word = "attention", "Not complete"
    else:
        state, word = "todo", "To do"
    return {"title": title, "hint": hint, "url": section_url(own, section), "state": state, "word": word}


def _words(draft: Draft, code: str, limit: int) -> str:
    return f"{count_words(draft.answer(code))} of at most {limit} words"


def _files(own: Submission, draft: Draft) -> Row:
    count = len(draft.files)
    hint = f"{count} file{'' if count == 1 else 's'} attached" if count else "Only if they show something words cannot"
    url = reverse("submission_files", args=[own.public_id])
    look = {"state": "done", "word": "Attached"} if count else {"state": "due_later", "word": "Optional"}
    return {"title": "Files", "hint": hint, "url": url, **look}


def _partners(own: Submission, draft: Draft) -> Row:
    count = len(draft.partners)
    hint = f"{count} organisation{'' if count == 1 else 's'} beside yours" if count else "Only if you answer together"
    url = reverse("submission_partners", args=[own.public_id])
    look = {"state": "done", "word": "Named"} if count else {"state": "due_later", "word": "Optional"}
    return {"title": "Who answers with you", "hint": hint, "url": url, **look}


def _later(own: Submission, requirement: Any) -> Row:
    url = section_url(own, clause_section(requirement.code))
    title, hint = f"{requirement.code}: {requirement.title}", requirement.get_due_display()
    return {"title": title, "hint": hint, "url": url, "state": "due_later", "word": "Later"}
