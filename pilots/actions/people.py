"""What people say: noted by the council, answered by residents, deleted when it was promised. No result reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction

from accounts.hourly import is_too_much
from audit.actors import SYSTEM, Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock, stands
from pilots import rules, saying
from pilots.actions import noting
from pilots.models import AnswerMode, FieldNote, Finding, Pilot, PilotState, Survey, SurveyAnswer
from work.actions import finish, schedule
from work.models import DueWork

ERASE = "pilot.erase_answers"
MOST_AN_HOUR, LONGEST, MOST_QUESTIONS = 120, 2000, 12
CALM = "Very many answers came in within this hour. Please try again in the next; nothing of yours was kept."

_event = partial(noting.note, visibility=Visibility.PUBLIC)


@dataclass(frozen=True)
class Said:
    """A finding to note: its kind, its words, how many said so, one quotation."""

    kind: str
    words: str
    said_by: int
    quotation: str = ""


@dataclass(frozen=True)
class Occasion:
    """A field note to make."""

    method: str
    held_on: date
    people: int
    who: str
    recruited: str
    is_serious: bool = False


@dataclass(frozen=True)
class Asked:
    """A survey to open; every answer is deleted on `keep_until`."""

    title: str
    questions: Sequence[dict[str, Any]]
    controller: str
    lawful_basis: str
    contact: str
    keep_until: date
    introduction: str = ""


@transaction.atomic
def add_field_note(
    *, pilot: Pilot, occasion: Occasion, findings: Sequence[Said], actor: Actor, at: datetime
) -> FieldNote:
    """Note what people said on one occasion; public at once, beside the numbers."""
    lock(pilot)
    _gatherer_only(actor, pilot)
    if sentences := _note_problems(occasion, findings, rules.local_day(at)):
        raise Refused(*sentences)
    note = FieldNote.objects.create(
        pilot=pilot, method=occasion.method, held_on=occasion.held_on, people=occasion.people, who=occasion.who,
        recruited=occasion.recruited, is_serious=occasion.is_serious, added_at=at, added_by=actor.actor_key,
    )  # fmt: skip
    Finding.objects.bulk_create(
        [Finding(note=note, kind=s.kind, words=s.words, said_by=s.said_by, quotation=s.quotation) for s in findings]
    )
    _event("pilot.field_note_added", pilot, actor, at, note=note.pk, people=note.people, findings=len(findings))
    return note


@transaction.atomic
def withdraw_field_note(*, note: FieldNote, reason: str, actor: Actor, at: datetime) -> None:
    """Take a note off the page with a public reason, and its words out of the database: somebody may be known by it.

    That is done in any state of the pilot: what points at a person does not stay because the pilot is closed.
    """
    lock(note.pilot)
    if not rules.may_manage(actor, note.pilot):
        raise NotPermitted("Only the council's pilot manager withdraws what people said.")
    note.refresh_from_db()
    if note.withdrawn_at is not None:
        raise Refused("This note is withdrawn already.")
    if not reason.strip():
        raise Refused("Say why the note is withdrawn: the reason is published.")
    note.withdrawn_at, note.withdrawn_because, note.who, note.recruited = at, reason, "", ""
    note.save(update_fields=["withdrawn_at", "withdrawn_because", "who", "recruited"])
    note.findings.all().delete()
    _event("pilot.field_note_withdrawn", note.pilot, actor, at, note=note.pk)


@transaction.atomic
def open_survey(*, pilot: Pilot, asked: Asked, actor: Actor, at: datetime) -> Survey:
    """Open a form for residents, and note when its answers are deleted."""
    lock(pilot)
    _gatherer_only(actor, pilot)
    if sentences := _survey_problems(asked, rules.local_day(at)):
        raise Refused(*sentences)
    survey = Survey.objects.create(
        pilot=pilot, title=asked.title, introduction=asked.introduction, questions=list(asked.questions),
        controller=asked.controller, lawful_basis=asked.lawful_basis, contact=asked.contact,
        keep_until=asked.keep_until, opened_at=at, opened_by=actor.actor_key,
    )  # fmt: skip
    schedule(kind=ERASE, subject_id=survey.pk, due_at=rules.first_instant(asked.keep_until))
    _event("pilot.survey_opened", pilot, actor, at, survey=survey.title, keep_until=asked.keep_until.isoformat())
    return survey


@transaction.atomic
def close_survey(*, survey: Survey, actor: Actor, at: datetime) -> None:
    """Take no more answers; those that are here stay until the promised day."""
    lock(survey)
    if not rules.may_manage(actor, survey.pilot):
        raise NotPermitted("Only the council's pilot manager can close a survey.")
    if not survey.is_open:
        raise Refused("The survey is closed already.")
    survey.closed_at = at
    survey.save(update_fields=["closed_at"])
    _event("pilot.survey_closed", survey.pilot, actor, at, survey=survey.title)


@transaction.atomic
def answer_survey(*, survey: Survey, answers: Sequence[str], at: datetime) -> None:
    """Keep one resident's answers.

    There is no actor and no event on purpose: a record of who answered, or when, would not be anonymous. What one hour
    may bring is limited for the survey as a whole, because nothing about the sender is looked at.
    """
    _refuse_unless_open(survey, at)
    given = _fitting(survey, answers)
    if is_too_much(f"survey:{survey.pk}", at, MOST_AN_HOUR):
        raise Refused(CALM)
    _keep(survey, given, AnswerMode.ONLINE, at)


@transaction.atomic
def type_in_answer(*, survey: Survey, answers: Sequence[str], mode: str, actor: Actor, at: datetime) -> None:
    """Keep the answers of somebody who telephoned or wrote: typed in by the council, and marked so."""
    if not rules.may_manage(actor, survey.pilot):
        raise NotPermitted("Only the council's pilot manager can type answers in.")
    _refuse_unless_open(survey, at)
    if mode not in (AnswerMode.PHONE, AnswerMode.PAPER):
        raise Refused("Say whether the answers came by telephone or on paper.")
    _keep(survey, _fitting(survey, answers), mode, at)
    _event("pilot.survey_answer_typed", survey.pilot, actor, at, survey=survey.title, mode=mode)


def erase_due(work: DueWork, at: datetime) -> None:
    """Delete the answers of a survey on the promised day; only counts are left. The handler of kind ERASE."""
    with transaction.atomic():
        survey = Survey.objects.select_related("pilot").get(pk=work.subject_id)
        lock(survey)
        finish(work, at)
        if survey.erased_at is None:
            _erase(survey, at)


def _erase(survey: Survey, at: datetime) -> None:
    given = list(survey.answers.values_list("answers", "mode"))
    counted = saying.count(survey.questions, [answers for answers, _ in given])
    survey.kept = {
        "people": len(given), "typed": sum(mode != AnswerMode.ONLINE for _, mode in given),
        "counts": [[each.answered, [number for _, number in each.options]] for each in counted],
    }  # fmt: skip
    survey.erased_at, survey.closed_at = at, survey.closed_at or at
    survey.save(update_fields=["kept", "erased_at", "closed_at"])
    number, _ = survey.answers.all().delete()
    _event("pilot.survey_answers_erased", survey.pilot, SYSTEM, at, survey=survey.title, answers=number)


def _gatherer_only(actor: Actor, pilot: Pilot) -> None:
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager records what people say.")
    if pilot.state in (PilotState.PLANNED, PilotState.DROPPED, PilotState.CLOSED):
        raise Refused(f"{stands(pilot)}: nothing people say is recorded with it.")


def _note_problems(occasion: Occasion, findings: Sequence[Said], today: date) -> list[str]:
    texts = [occasion.who, occasion.recruited, *(text for said in findings for text in (said.words, said.quotation))]
    named = saying.identifying(*texts)
    over = [said.words for said in findings if not 0 < said.said_by <= occasion.people]
    checks = (
        (occasion.held_on > today, "This day has not come yet."),
        (occasion.people < 1, "Say how many people were listened to: at least one."),
        (not findings, "Note at least one theme, negative case or finding on equity."),
        (bool(over), f"“{over[0] if over else ''}” is said by somebody, and by no more people than were there."),
        (bool(named), f"There is {named} in it. Leave out whatever points at a person: the note is published."),
    )
    return [sentence for is_wrong, sentence in checks if is_wrong]


def _survey_problems(asked: Asked, today: date) -> list[str]:
    checks = (
        (not asked.questions, "Ask at least one question."),
        (len(asked.questions) > MOST_QUESTIONS, f"Ask at most {MOST_QUESTIONS} questions: fewer people answer more."),
        (asked.keep_until <= today, "The day on which answers are deleted has to lie ahead."),
        ((asked.keep_until - today).days > 731, "Answers are kept for two years at most."),
        (not asked.controller.strip(), "Name the controller: who is responsible for the answers."),
        (not asked.lawful_basis.strip(), "Name the lawful basis on which answers are kept."),
    )
    return [sentence for is_wrong, sentence in checks if is_wrong]


def _refuse_unless_open(survey: Survey, at: datetime) -> None:
    lock(survey)
    if not survey.is_open or at >= rules.first_instant(survey.keep_until):
        raise Refused("This survey is closed: no more answers are taken.")


def _fitting(survey: Survey, answers: Sequence[str]) -> list[str]:
    given = [answer.strip()[:LONGEST] for answer in answers]
    if len(given) != len(survey.questions) or not any(given):
        raise Refused("Answer at least one question.")
    for question, answer in zip(survey.questions, given, strict=True):
        if answer and question["options"] and answer not in question["options"]:
            raise Refused(f"Choose one of the answers to “{question['text']}”.")
    return given


def _keep(survey: Survey, given: list[str], mode: str, at: datetime) -> None:
    SurveyAnswer.objects.create(survey=survey, mode=mode, answered_on=rules.local_day(at), answers=given)
