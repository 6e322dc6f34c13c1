"""Reads of what people say: what everybody sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from pilots import saying
from pilots.models import AnswerMode, FieldNote, Finding, FindingKind, Pilot, Survey


@dataclass(frozen=True)
class Theme:
    """One finding over all notes that have it: on how many occasions, by how many people, with quotations."""

    words: str
    occasions: int
    people: int
    quotations: Sequence[str]


@dataclass(frozen=True)
class Told:
    """A survey as everybody may read it: small numbers are not told, words of answers never."""

    survey: Survey
    people: int
    typed: int
    counted: Sequence[saying.Counted]


@dataclass(frozen=True)
class Said:
    """What people said of a pilot; `groups` pairs a kind of finding with its themes."""

    groups: Sequence[tuple[str, Sequence[Theme]]]
    notes: Sequence[FieldNote]

    @property
    def people(self) -> int:
        return sum(note.people for note in self.notes)

    @property
    def is_serious(self) -> bool:
        return any(note.is_serious for note in self.notes)


def said_of(pilot: Pilot) -> Said:
    """Findings and the notes that they come from, withdrawn ones left out: one query."""
    found = Finding.objects.filter(note__pilot=pilot, note__withdrawn_at=None).select_related("note")
    findings = list(found.order_by("note__held_on", "pk"))
    notes = {finding.note_id: finding.note for finding in findings}
    groups = [(str(kind.label), _themes([each for each in findings if each.kind == kind])) for kind in FindingKind]
    return Said([(label, themes) for label, themes in groups if themes], list(notes.values()))


def surveys_of(pilot: Pilot) -> Sequence[Survey]:
    """The surveys of a pilot, each with the number of its answers (`number`), whether they are still here or not."""
    surveys = list(pilot.surveys.annotate(number=Count("answers")).order_by("opened_at", "pk"))
    for survey in surveys:
        if survey.kept is not None:
            survey.number = survey.kept["people"]
    return surveys


def is_serious(pilot: Pilot) -> bool:
    """Whether somebody told of a serious harm, which is looked into before anything is decided."""
    return pilot.field_notes.filter(is_serious=True, withdrawn_at=None).exists()


def told(survey: Survey) -> Told:
    """A survey's counts: from its answers, or from what was kept of them."""
    if survey.kept is not None:
        counts = zip(survey.questions, survey.kept["counts"], strict=True)
        counted = [
            saying.Counted(question["text"], answered, list(zip(question["options"], numbers, strict=True)))
            for question, (answered, numbers) in counts
        ]
        return Told(survey, survey.kept["people"], survey.kept["typed"], counted)
    given = list(survey.answers.all())
    typed = sum(answer.mode != AnswerMode.ONLINE for answer in given)
    return Told(survey, len(given), typed, saying.count(survey.questions, [answer.answers for answer in given]))


def _themes(findings: Sequence[Finding]) -> list[Theme]:
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each.words.casefold(), []).append(each)
    themes = [
        Theme(
            rows[0].words, len(rows), sum(each.said_by for each in rows),
            [each.quotation for each in rows if each.quotation],
        )
        for rows in found.values()
    ]  # fmt: skip
    return sorted(themes, key=lambda theme: (-theme.people, theme.words))
