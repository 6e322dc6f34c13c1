"""What has to be erased is erased: the data go, the trace stays (R2), and a result that rested on them says so."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock
from pilots import rules, storage
from pilots.actions.noting import note
from pilots.models import (
    AnalysedReadings,
    Device,
    Erasure,
    EvaluationKind,
    IncidentEntry,
    Pilot,
    PilotEvaluation,
    SurveyAnswer,
)

WHY = "Say why it has to be erased. Name no person: the reason is published."


@dataclass(frozen=True)
class Span:
    """The readings of a device from an instant up to, and not including, another."""

    device: Device
    first: datetime
    end: datetime


@transaction.atomic
def erase_readings(*, pilot: Pilot, span: Span, reason: str, actor: User, at: datetime) -> Erasure:
    """Erase a device's readings, what they said before, and the files of results computed from them.

    A result that is computed later lacks them, and its gates judge that. One that was computed before stands as it
    was; its figures and fingerprint stay, and nobody can repeat it any more.
    """
    _may_erase(pilot, reason, actor)
    if span.device.site.pilot_id != pilot.pk:
        raise Refused("This device is not one of the pilot's.")
    if not span.first < span.end <= at:
        raise Refused("Say from when to when: the end comes after the beginning, and not later than now.")
    number = storage.erase(span.device.pk, span.first, span.end)
    if not number:
        raise Refused("There is no reading of this device in that time.")
    result = _forget_files(pilot)
    erasure = Erasure.objects.create(
        pilot=pilot, what=f"Readings of {span.device.code}", reason=reason.strip(), number=number,
        first_at=span.first, last_at=span.end, erased_at=at, erased_by=actor.actor_key, result=result,
    )  # fmt: skip
    _event(erasure, actor, at)
    return erasure


@transaction.atomic
def erase_words(*, entry: IncidentEntry, reason: str, actor: User, at: datetime) -> Erasure:
    """Erase the words of one line of an incident's log; that there was a line, by whom and when, stays."""
    pilot = entry.incident.pilot
    _may_erase(pilot, reason, actor)
    entry.refresh_from_db()
    if entry.erased_at:
        raise Refused("The words of this line are erased already.")
    entry.text, entry.erased_at = "", at
    entry.save(update_fields=["text", "erased_at"])
    erasure = Erasure.objects.create(
        pilot=pilot, what=f"A line of the log of incident {entry.incident.number}", reason=reason.strip(), number=1,
        first_at=entry.written_at, last_at=entry.written_at, erased_at=at, erased_by=actor.actor_key,
    )  # fmt: skip
    _event(erasure, actor, at)
    return erasure


@transaction.atomic
def erase_answer_words(*, answer: SurveyAnswer, place: int, reason: str, actor: User, at: datetime) -> Erasure:
    """Erase what somebody wrote to one question of a survey, a name say; what they chose stays counted.

    The pilot manager does it, who alone reads these words; `place` is the question's, from 0.
    """
    survey = answer.survey
    lock(survey.pilot)
    if not rules.may_manage(actor, survey.pilot):
        raise NotPermitted("Only the council's pilot manager reads these words, and has them erased.")
    if not reason.strip():
        raise Refused(WHY)
    answer.refresh_from_db()
    if not 0 <= place < len(survey.questions) or survey.questions[place]["options"] or not answer.answers[place]:
        raise Refused("There are no words to this question any more.")
    answer.answers[place] = ""
    answer.save(update_fields=["answers"])
    erasure = Erasure.objects.create(
        pilot=survey.pilot, what=f"Words of an answer to “{survey.title}”", reason=reason.strip(), number=1,
        erased_at=at, erased_by=actor.actor_key,
    )  # fmt: skip
    _event(erasure, actor, at)
    return erasure


def _may_erase(pilot: Pilot, reason: str, actor: User) -> None:
    lock(pilot)
    if not rules.may_end_early(actor, pilot):
        raise NotPermitted("Only the council's problem owner or procurement lead has something erased.")
    if not reason.strip():
        raise Refused(WHY)


def _forget_files(pilot: Pilot) -> PilotEvaluation | None:
    """The files of every result so far go, too: they hold what was erased. The last result, or None before one."""
    AnalysedReadings.objects.filter(evaluation__pilot=pilot).delete()
    return pilot.evaluations.filter(kind=EvaluationKind.REGISTERED).order_by("due_at").last()


def _event(erasure: Erasure, actor: User, at: datetime) -> None:
    note(
        "pilot.data_erased", erasure.pilot, actor, at, Visibility.PUBLIC, erasure.reason, what=erasure.what,
        number=erasure.number, after_result=erasure.result_id is not None,
    )  # fmt: skip
