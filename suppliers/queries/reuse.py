"""Earlier answers of the same organisation, to be used again: asked once, reused (O4). Opened for its members alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from suppliers.drafts import EMPTY_CLAUSE, Draft
from suppliers.models import Submission
from suppliers.queries.submissions import Questionnaire, read_draft

MOST_LOOKED_AT = 20
CLAUSES = "clauses/"


@dataclass(frozen=True)
class Earlier:
    """An earlier submission of the same organisation and what was written in it."""

    submission: Submission
    draft: Draft

    def clauses_for(self, draft: Draft, asked: Questionnaire) -> dict[str, Any]:
        """Responses to clauses that are asked again and not answered yet, by section; without files of that time."""
        wanted = {f"{CLAUSES}{row.code}" for row in asked.clauses} - set(draft.sections)
        kept = {name: value for name, value in self.draft.sections.items() if name in wanted}
        return {name: {**EMPTY_CLAUSE, **value, "files": []} for name, value in kept.items()}


@dataclass(frozen=True)
class EarlierText:
    """A text that fits a section: where it was written, and its value."""

    submission: Submission
    section: str
    value: Any

    @property
    def words(self) -> str:
        return str(self.value["text"] if isinstance(self.value, dict) else self.value)


def earlier(own: Submission, actor: Any) -> list[Earlier]:
    """The organisation's other submissions that hold something, the newest first; at most MOST_LOOKED_AT."""
    rows = Submission.objects.visible_to(actor).filter(supplier=own.supplier_id).exclude(pk=own.pk)
    rows = rows.exclude(draft_box=None).select_related("challenge__sealing_key").order_by("-created_at")
    return [Earlier(row, read_draft(row, actor)) for row in rows[:MOST_LOOKED_AT]]


def texts_for(own: Submission, section: str, actor: Any) -> list[EarlierText]:
    """Texts that could be used in this section: responses to the same clause, or any answer in words."""
    return [text for each in earlier(own, actor) for text in _fitting(each, section) if text.words.strip()]


def text_from(own: Submission, section: str, chosen: tuple[str, str], actor: Any) -> Any:
    """The value to begin a section with: of `chosen` (submission's public id, section); None when it does not fit."""
    for text in texts_for(own, section, actor):
        if (text.submission.public_id, text.section) == (_uuid(chosen[0]), chosen[1]):
            return text.value
    return None


def _fitting(each: Earlier, section: str) -> Iterator[EarlierText]:
    if section.startswith(CLAUSES):
        if section in each.draft.sections:
            value = {**EMPTY_CLAUSE, **each.draft.sections[section], "files": []}
            yield EarlierText(each.submission, section, value)
        return
    for name, value in each.draft.sections.items():
        if name.startswith("answers/"):
            yield EarlierText(each.submission, name, value)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
