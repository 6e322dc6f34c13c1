"""The task list of an answer, as rows for the page."""

from typing import Any

from django.urls import reverse

from suppliers.completeness import Missing, count_words
from suppliers.drafts import PRICE, Draft, answer_section, clause_section
from suppliers.models import Submission
from suppliers.queries import Questionnaire
from suppliers.views.lookup import section_url

Row = dict[str, Any]


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
        _row(own, draft, missing, PRICE, "Your two prices", "Sealed apart; opened only after the quality is marked"),
        _files(own, draft),
    ]
    return {"answers": answers, "clauses": clauses, "apart": apart, "later": [_later(each) for each in asked.later]}


def _row(own: Submission, draft: Draft, missing: set[str], section: str, title: str, hint: str) -> Row:
    if section not in missing:
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


def _later(requirement: Any) -> Row:
    return {"title": f"{requirement.code}: {requirement.title}", "hint": requirement.get_due_display(),
            "url": "", "state": "due_later", "word": "Later"}  # fmt: skip
