"""A challenge's task list: what is done, what can be done now, and what has to wait."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from challenges import states
from challenges.models import Challenge, ChallengeState, Phase
from cms.models import ChallengePage


@dataclass(frozen=True)
class Task:
    """One line of the list; `state` is done, todo or cannot."""

    title: str
    state: str
    url: str = ""
    hint: str = ""
    word: str = ""


@dataclass
class Tasks:
    """The list in three parts, and what waits right now in one sentence."""

    prepare: list[Task] = field(default_factory=list)
    call: list[Task] = field(default_factory=list)
    after: list[Task] = field(default_factory=list)
    waiting: str = ""


def tasks_of(challenge: Challenge, user: Any, at: datetime) -> Tasks:
    """The task list of one challenge as it stands at `at`."""
    tasks = Tasks()
    if challenge.state == ChallengeState.DRAFT:
        tasks.prepare = _prepare(challenge, at)
        left = sum(task.state != "done" for task in tasks.prepare)
        tasks.waiting = f"{left} of {len(tasks.prepare)} steps left before publication" if left else "Ready"
        return tasks
    tasks.call = _call(challenge, at)
    tasks.after = _after(challenge)
    tasks.waiting = _waiting(challenge, at)
    return tasks


def _prepare(challenge: Challenge, at: datetime) -> list[Task]:
    page = ChallengePage.objects.get(challenge=challenge)
    checks = [
        ("Problem statement", reverse("wagtailadmin_pages:edit", args=[page.pk]), (states.has_story,)),
        ("Money and procedure", _url("challenge_procedure", challenge), (states.has_procedure, states.has_money)),
        ("Dates", _url("challenge_timetable", challenge), (states.dates_are_right,)),
        ("Criteria and weights", _url("challenge_criteria", challenge),
         (states.weights_total_100, states.has_quality_criterion)),
        ("Clauses", _url("challenge_clauses", challenge), (states.has_clauses,)),
        ("Outcomes and measures", _url("challenge_measures", challenge), (states.has_one_primary_outcome,)),
    ]  # fmt: skip
    made = [_checked(title, url, guards, challenge, at) for title, url, guards in checks]
    asked = page.workflow_in_progress
    hint = "The procurement lead has been asked." if asked else "The procurement lead approves; that publishes."
    return [*made, Task("Check and ask for approval", "todo", _url("challenge_approval", challenge), hint)]


def _checked(title: str, url: str, guards: tuple[Any, ...], challenge: Challenge, at: datetime) -> Task:
    missing = [sentence for guard in guards if (sentence := guard(challenge, at))]
    return Task(title, "todo" if missing else "done", url, " ".join(missing))


def _call(challenge: Challenge, at: datetime) -> list[Task]:
    phase = challenge.phase(at)
    is_sealed = challenge.state == ChallengeState.PUBLISHED
    unseal = "done" if not is_sealed else ("todo" if phase == Phase.CLOSED else "cannot")
    return [
        Task("Questions from suppliers", "todo" if phase == Phase.OPEN else "done",
             _url("challenge_questions_office", challenge), "Answered in public, to all at once."),
        Task("Panel", "done" if hasattr(challenge, "panel") else "todo", _url("challenge_panel", challenge),
             "A chair and at least two assessors."),
        Task("Unseal the submissions", unseal, _url("challenge_unseal", challenge) if unseal != "cannot" else "",
             "Two people, after the deadline."),
    ]  # fmt: skip


def _after(challenge: Challenge) -> list[Task]:
    ranked = challenge.state not in (ChallengeState.PUBLISHED, ChallengeState.CANCELLED)
    decided = challenge.state in (ChallengeState.ASSESSED, ChallengeState.PILOTING, ChallengeState.CONCLUDED)
    made = [
        _later("Open the prices", ranked, decided, _url("challenge_prices", challenge), "Two people, quality frozen."),
        _later("Result", ranked, decided, _url("challenge_result", challenge), "The ranked result, recomputable."),
        _later("Decide who runs a pilot", ranked, decided, _url("challenge_decision", challenge),
               "By somebody who did not assess."),
        _later("Awards and contracts", decided, challenge.state == ChallengeState.CONCLUDED,
               _url("challenge_awards", challenge), "Pilots and full contracts wait for their standstill."),
    ]  # fmt: skip
    pilots = [
        Task(f"Pilot of {pilot.supplier}", "done" if pilot.state == "closed" else "todo",
             reverse("pilot_workspace", args=[pilot.slug]), pilot.get_state_display())
        for pilot in challenge.pilots.select_related("supplier")
    ]  # fmt: skip
    return made + pilots


def _later(title: str, can: bool, done: bool, url: str, hint: str) -> Task:
    state = "done" if done else ("todo" if can else "cannot")
    return Task(title, state, url if can else "", hint)


def _waiting(challenge: Challenge, at: datetime) -> str:
    return {
        Phase.UPCOMING: "Published; the call opens at its time.",
        Phase.OPEN: "The call is open. Answer questions.",
        Phase.CLOSED: "The call has closed: two people can unseal.",
        Phase.ASSESSING: "The panel is assessing.",
        Phase.ASSESSED: "Prepare the pilots and their awards.",
        Phase.PILOTING: "Pilots are running.",
        Phase.CONCLUDED: "Concluded.",
        Phase.CANCELLED: "Cancelled.",
    }[challenge.phase(at)]


def _url(name: str, challenge: Challenge) -> str:
    return reverse(name, args=[challenge.slug])
