"""A draft as the panel will read it, and what in it would tell the panel whose it is."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from challenges.models import ClauseRequirement
from suppliers.blind import (
    Attached,
    BlindAnswer,
    BlindPassage,
    BlindResponse,
    BlindSubmission,
    asked_of,
    neutral,
)
from suppliers.confidentiality import found
from suppliers.drafts import Draft, answer_section, clause_section
from suppliers.models import Supplier, SupplierMember
from suppliers.naming import Named, Names, named_in
from suppliers.queries.submissions import Questionnaire

PSEUDONYM = "Submission 1"


def preview(draft: Draft, asked: Questionnaire) -> BlindSubmission:
    """The draft as an assessor will read it; its number is only drawn when the submissions are unsealed."""
    files = neutral(
        Attached(UUID(each["id"]), each["content_type"], each["size"], is_checked=True) for each in draft.files
    )
    names = {str(file.reference): file.name for file in files}
    clauses = sorted([*asked.clauses, *asked.later], key=lambda each: each.code)
    return BlindSubmission(
        pseudonym=PSEUDONYM,
        slug="",
        answers=tuple(
            BlindAnswer(row.code, row.name, draft.answer(row.code), _marked(draft, answer_section(row.code)))
            for row in asked.criteria
        ),
        clause_responses=tuple(_response(draft, row, names) for row in clauses),
        attachments=files,
    )


def lost_passages(draft: Draft) -> list[dict[str, str]]:
    """Passages marked confidential whose words no longer stand in their section."""
    return [each for each in draft.passages if not found(draft.text_of(each["section"]), each["passage"])]


def what_names(supplier: Supplier, draft: Draft, asked: Questionnaire) -> list[Named]:
    """Where the draft names its supplier, its people, its number, its address or its partners."""
    places = _places(draft, asked)
    partners = [Names(each["name"], each["company_number"], (), ()) for each in draft.partners]
    return [found for names in (_names(supplier), *partners) for found in named_in(places, names)]


def _response(draft: Draft, requirement: ClauseRequirement, names: dict[str, str]) -> BlindResponse:
    given = draft.clause(requirement.code)
    return BlindResponse(
        **asked_of(requirement),
        is_accepted=given["accepted"],
        level=given["level"],
        text=given["text"],
        url="",
        has_link=bool(given["url"]),
        files=tuple(names[file_id] for file_id in given["files"] if file_id in names),
        confidential=_marked(draft, clause_section(requirement.code)),
    )


def _marked(draft: Draft, section: str) -> tuple[BlindPassage, ...]:
    return tuple(BlindPassage(each["passage"], each["reason"]) for each in draft.passages if each["section"] == section)


def _places(draft: Draft, asked: Questionnaire) -> list[tuple[str, str]]:
    answers = [(f"your answer “{row.name}”", draft.answer(row.code)) for row in asked.criteria]
    clauses = [(f"your evidence for clause {row.code}", draft.clause(row.code)["text"]) for row in asked.clauses]
    files = [place for each in draft.files for place in _of_a_file(each)]
    return [*answers, *clauses, *files]


def _of_a_file(entry: dict[str, Any]) -> list[tuple[str, str]]:
    told = [(f"the properties of the file “{entry['name']}”", text) for text in entry.get("properties", {}).values()]
    return [(f"the name of the file “{entry['name']}”", str(entry["name"])), *told]


def _names(supplier: Supplier) -> Names:
    members = SupplierMember.objects.filter(supplier=supplier).values_list("user__full_name", "user__email")
    people = [(name, email.rpartition("@")[2]) for name, email in members]
    site = (urlsplit(supplier.website).hostname or "").removeprefix("www.")
    domains = {domain for _, domain in people} | {site}
    full_names = tuple(sorted({name for name, _ in people if " " in name.strip()}))
    return Names(supplier.name, supplier.company_number, full_names, tuple(sorted(domains - {""})))
