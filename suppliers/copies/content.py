"""What stands in a copy of an answer, as headings, paragraphs and facts, whatever kind of file it becomes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime

from suppliers.completeness import GRADED, VAT_TREATMENT
from suppliers.drafts import Draft, answer_section, clause_section
from suppliers.models import Submission, SubmissionState
from suppliers.prices import VAT, is_amount
from suppliers.queries import Questionnaire

NOTHING = "Nothing is written here yet."


@dataclass(frozen=True)
class Block:
    """One piece: `kind` is heading (level 1 to 3), text, fact (a term and its words), or table.

    The first of a table's rows is its head, and its text is its caption.
    """

    kind: str
    text: str
    level: int = 0
    term: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def body(self) -> tuple[tuple[str, ...], ...]:
        """The rows of a table without its head."""
        return self.rows[1:]


@dataclass(frozen=True)
class Copy:
    """A whole copy: its title, a line that says which version it is, and its pieces in order."""

    title: str
    version: str
    blocks: tuple[Block, ...]


def from_document(document: Mapping[str, Any]) -> Copy:
    """A copy from the plain data that `dataclasses.asdict` made of it."""
    blocks = tuple(
        Block(**{**block, "rows": tuple(tuple(row) for row in block["rows"])}) for block in document["blocks"]
    )
    return Copy(document["title"], document["version"], blocks)


def copy_of(own: Submission, draft: Draft, asked: Questionnaire) -> Copy:
    """The draft of an answer, whole, with its prices: for the supplier's own people alone."""
    blocks = [*_answers(draft, asked), *_clauses(draft, asked), *_price(own, draft), *_files(draft)]
    return Copy(f"Answer to “{own.challenge.title}”", _version(own, draft), (*_head(own), *blocks))


def _version(own: Submission, draft: Draft) -> str:
    saved = f"{localtime(draft.saved_at):%-d %B %Y, %H:%M %Z}" if draft.saved_at else "not saved yet"
    if own.state == SubmissionState.SUBMITTED and own.submitted_version == draft.version and own.submitted_at:
        return f"As submitted {localtime(own.submitted_at):%-d %B %Y, %H:%M:%S %Z}, fingerprint {own.content_sha256}."
    return f"A draft, saved {saved}. It is not what was submitted."


def _head(own: Submission) -> Iterator[Block]:
    yield Block("fact", str(own.supplier), term="Supplier")
    yield Block("fact", own.supplier.company_number, term="Company number")
    yield Block("fact", str(own.challenge.council), term="Council")


def _answers(draft: Draft, asked: Questionnaire) -> Iterator[Block]:
    yield Block("heading", "Answers", 1)
    for row in asked.criteria:
        yield Block("heading", row.name, 2)
        yield from _text(draft.answer(row.code))
        yield from _confidential(draft, answer_section(row.code))


def _clauses(draft: Draft, asked: Questionnaire) -> Iterator[Block]:
    if not asked.clauses:
        return
    names = {each["id"]: each["name"] for each in draft.files}
    yield Block("heading", "Clauses", 1)
    for row in asked.clauses:
        given = draft.clause(row.code)
        yield Block("heading", f"{row.code}: {row.title}", 2)
        yield from _text(row.requirement)
        yield Block("fact", _choice(given, is_graded=row.response_type == GRADED), term="Our response")
        yield from _text(given["text"]) if given["text"] else ()
        if given["url"]:
            yield Block("fact", given["url"], term="Evidence at")
        if shown := [names[file_id] for file_id in given["files"] if file_id in names]:
            yield Block("fact", ", ".join(shown), term="Evidence in")
        yield from _confidential(draft, clause_section(row.code))


def _choice(given: dict[str, Any], *, is_graded: bool) -> str:
    if is_graded:
        return "No level chosen yet" if given["level"] is None else f"Level {given['level']} of 4"
    return {True: "Yes", False: "No"}.get(given["accepted"], "Neither yes nor no yet")


def _price(own: Submission, draft: Draft) -> Iterator[Block]:
    yield Block("heading", "Prices, without VAT", 1)
    for name, term in (("pilot", "The pilot"), ("contract", "The full contract")):
        amount = draft.price.get(name, "")
        words = f"{Decimal(amount):,.2f} {own.challenge.currency}" if is_amount(amount) else "Not given yet"
        yield Block("fact", words, term=term)
    treatment = VAT.get(draft.price.get(VAT_TREATMENT, ""))
    yield Block("fact", treatment.words if treatment else "Not stated yet", term="VAT")


def _files(draft: Draft) -> Iterator[Block]:
    if draft.files:
        yield Block("heading", "Files, kept apart from this copy", 1)
    for each in draft.files:
        yield Block("fact", f"{each['size']:,} bytes, sha256 {each['sha256']}", term=str(each["name"]))


def _text(text: str) -> Iterator[Block]:
    for line in text.splitlines() or [NOTHING]:
        if line.strip():
            yield Block("text", line.strip())


def _confidential(draft: Draft, section: str) -> Iterator[Block]:
    for each in draft.passages:
        if each["section"] == section:
            yield Block("fact", f"“{each['passage']}”: {each['reason']}", term="Confidential")
