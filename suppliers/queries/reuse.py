"""What an organisation wrote before, in answers and on its profile: asked once, reused (O4). For its members alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from suppliers import drafts
from suppliers.drafts import EMPTY_CLAUSE, Draft
from suppliers.models import Certificate, Submission, Supplier
from suppliers.queries.submissions import Questionnaire

MOST_LOOKED_AT = 20
CLAUSES, PROFILE = "clauses/", "profile"


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
    """A text that fits a section: its source (a submission's public id, or PROFILE), its place there, its value."""

    source: str
    title: str
    section: str
    value: Any

    @property
    def words(self) -> str:
        return str(self.value["text"] if isinstance(self.value, dict) else self.value)


def earlier(own: Submission, actor: Any) -> list[Earlier]:
    """The organisation's other submissions that hold something, the newest first; at most MOST_LOOKED_AT."""
    rows = Submission.objects.visible_to(actor).filter(supplier=own.supplier_id).exclude(pk=own.pk)
    rows = rows.exclude(draft_box=None).select_related("challenge__sealing_key").order_by("-created_at")
    return [Earlier(row, drafts.read(row)) for row in rows[:MOST_LOOKED_AT]]


def texts_for(own: Submission, section: str, actor: Any) -> list[EarlierText]:
    """Texts that could be used in this section: of the profile, of the same clause, or any answer in words."""
    found = [
        *_of_profile(own.supplier, section),
        *(text for each in earlier(own, actor) for text in _of(each, section)),
    ]
    return [text for text in found if text.words.strip()]


def has_texts(own: Submission) -> bool:
    """Whether anything stands on the profile or was begun before; asked without opening it."""
    if own.supplier.description or own.supplier.insurance_held:
        return True
    begun = Submission.objects.filter(supplier=OuterRef("pk")).exclude(pk=own.pk).exclude(draft_box=None)
    certified = Certificate.objects.filter(supplier=OuterRef("pk"))
    return Supplier.objects.filter(Exists(certified) | Exists(begun), pk=own.supplier_id).exists()


def text_from(own: Submission, section: str, chosen: tuple[str, str], actor: Any) -> Any:
    """The value to begin a section with: of `chosen` (submission's public id, section); None when it does not fit."""
    for text in texts_for(own, section, actor):
        if (text.source, text.section) == chosen:
            return text.value
    return None


def _of(each: Earlier, section: str) -> Iterator[EarlierText]:
    source, title = str(each.submission.public_id), each.submission.challenge.title
    if section.startswith(CLAUSES):
        if section in each.draft.sections:
            value = {**EMPTY_CLAUSE, **each.draft.sections[section], "files": []}
            yield EarlierText(source, title, section, value)
        return
    for name, value in each.draft.sections.items():
        if name.startswith("answers/"):
            yield EarlierText(source, title, name, value)


def _of_profile(supplier: Supplier, section: str) -> Iterator[EarlierText]:
    title = "Your profile"
    if not section.startswith(CLAUSES):
        yield EarlierText(PROFILE, title, "description", supplier.description)
        return
    for each in supplier.certificates.order_by("pk"):
        until = f", valid until {each.expires_on.day} {each.expires_on:%B %Y}" if each.expires_on else ""
        text = f"We hold {each}, number {each.number}{until}."
        yield EarlierText(PROFILE, title, f"certificate-{each.pk}", {**EMPTY_CLAUSE, "text": text})
    held = f"Insurance held today: {supplier.insurance_held}" if supplier.insurance_held else ""
    yield EarlierText(PROFILE, title, "insurance", {**EMPTY_CLAUSE, "text": held})
