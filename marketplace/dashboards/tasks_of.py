"""A challenge's task list: what is done, what can be done now, and what has to wait."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from assessment.models import RoundKind, RoundState
from assessment.queries import people_of
from assessment.states import officers_have_declared
from challenges import states
from challenges.models import Challenge, ChallengeState, Criterion, Phase
from challenges.rules import may_write, takes_questions
from cms.models import ChallengePage
from marketplace.dashboards.doors import shut_for
from pilots.models import Pilot

STATEMENT = "Problem statement"
OFFICERS = "Interests of officers and advisers"
LAST_STAGES = (RoundState.PRICES, RoundState.RANKED, RoundState.DECIDED)


WORDS = {"done": "Done", "todo": "To do", "not_yet": "Not yet"}


@dataclass(frozen=True)
class Task:
    """One line of the list; `state` is done, todo or not_yet."""

    title: str
    state: str
    url: str = ""
    hint: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.state]


@dataclass
class Tasks:
    """The list in three parts, and what waits right now in one sentence."""

    prepare: list[Task] = field(default_factory=list)
    call: list[Task] = field(default_factory=list)
    after: list[Task] = field(default_factory=list)
    waiting: str = ""


def tasks_of(challenge: Challenge, at: datetime, reader: User) -> Tasks:
    """The task list of one challenge as it stands at `at`; a line leads only to a page that opens for its reader."""
    tasks = Tasks()
    if challenge.state == ChallengeState.DRAFT:
        [tasks.prepare] = _open_to(reader, challenge, _prepare(challenge, at))
        done = sum(task.state == "done" for task in tasks.prepare)
        tasks.waiting = f"{done} of {len(tasks.prepare)} steps done before publication"
    elif challenge.published_at is not None:
        tasks.call, tasks.after = _open_to(reader, challenge, _call(challenge, at), _after(challenge))
    return tasks


def _open_to(reader: User, challenge: Challenge, *lists: list[Task]) -> list[list[Task]]:
    shut = shut_for(reader, challenge)
    if not may_write(reader, challenge):
        shut |= {task.url for tasks in lists for task in tasks if task.title == STATEMENT}
    return [[replace(task, url="") if task.url in shut else task for task in tasks] for tasks in lists]


def _prepare(challenge: Challenge, at: datetime) -> list[Task]:
    page = ChallengePage.objects.get(challenge=challenge)
    checks = [
        (STATEMENT, reverse("wagtailadmin_pages:edit", args=[page.pk]), (states.has_story,)),
        ("Money and procedure", _url("challenge_procedure", challenge), (states.has_procedure, states.has_money)),
        ("Dates", _url("challenge_timetable", challenge), (states.dates_are_right,)),
        ("Criteria and weights", _url("challenge_criteria", challenge),
         (states.weights_total_100, states.has_quality_criterion, states.price_rule_is_whole)),
        ("If several pilots work", _url("challenge_pilot_criteria", challenge), (states.pilot_criteria_are_whole,)),
        ("Clauses", _url("challenge_clauses", challenge), (states.has_clauses,)),
        ("Outcomes and measures", _url("challenge_measures", challenge), (states.has_one_primary_outcome,)),
        (OFFICERS, _url("officer_interests", challenge), (officers_have_declared,)),
    ]  # fmt: skip
    made = [_checked(title, url, guards, challenge, at) for title, url, guards in checks]
    return [*made, _approval(challenge, page, all(task.state == "done" for task in made))]


def _approval(challenge: Challenge, page: ChallengePage, is_ready: bool) -> Task:
    url = _url("challenge_approval", challenge)
    if page.workflow_in_progress:
        return Task("Approval", "todo", url, "Asked for. The procurement lead approves it or hands it back.")
    hint = "The procurement lead approves; that publishes." if is_ready else "The coach reads along at any time."
    return Task("Check and ask for approval", "todo", url, hint)


def _checked(title: str, url: str, guards: tuple[Any, ...], challenge: Challenge, at: datetime) -> Task:
    missing = [sentence for guard in guards if (sentence := guard(challenge, at))]
    return Task(title, "todo" if missing else "done", url, " ".join(missing))


def _call(challenge: Challenge, at: datetime) -> list[Task]:
    phase = challenge.phase(at)
    is_sealed = challenge.state == ChallengeState.PUBLISHED
    unseal = "done" if not is_sealed else ("todo" if phase == Phase.CLOSED else "not_yet")
    return [
        Task("Questions from suppliers", _questions(challenge, at), _url("council_questions", challenge),
             "Answered in public, to all at once."),
        Task("Panel", "done" if hasattr(challenge, "panel") else "todo", _url("panel", challenge),
             "A chair and at least two assessors."),
        Task("Unseal the submissions", unseal, _url("unseal", challenge) if unseal != "not_yet" else "",
             "Two people, after the deadline."),
        _interests(challenge, at),
    ]  # fmt: skip


def _interests(challenge: Challenge, at: datetime) -> Task:
    """Done once everybody has declared; that they confirm again is a matter of the next notice."""
    people = people_of(challenge)
    silent = any(each.declaration is None or each.is_undecided for each in people if not each.is_aside)
    hint = (officers_have_declared(challenge, at) or "") if silent else "Confirmed again before each further notice."
    return Task(OFFICERS, "todo" if silent else "done", _url("officer_interests", challenge), hint)


def _questions(challenge: Challenge, at: datetime) -> str:
    open_ones = challenge.clarifications.filter(answered_at=None).exists()
    return "todo" if open_ones or takes_questions(challenge, at) else "done"


def _after(challenge: Challenge) -> list[Task]:
    """Each line opens when the one before it is done."""
    round_ = challenge.rounds.filter(kind=RoundKind.SUBMISSIONS).first()
    stage = list(RoundState).index(RoundState(round_.state)) if round_ else -1
    prices, ranked, decided = (list(RoundState).index(state) for state in LAST_STAGES)
    pilots = list(challenge.pilots.select_related("supplier"))
    is_over = challenge.state == ChallengeState.CONCLUDED
    return [
        _later("Check the suppliers", round_ is not None, False, _url("verification", challenge),
               "Outside the panel: exclusion, debarment, conditions, subcontractors; again before an award."),
        _later("Register of interests", round_ is not None, stage >= decided, _url("register", challenge),
               "Who declared what, what was decided, and who could see what, when."),
        _later("Open the prices", stage >= prices, stage > prices, _url("prices", challenge),
               "Two people, once quality is frozen."),
        _later("Result", stage >= ranked, stage >= ranked, _url("result", challenge),
               "The ranked result, which anybody can recompute."),
        _later("Decide who runs a pilot", stage >= ranked, stage >= decided, _url("decision", challenge),
               "By somebody who did not assess."),
        _later("Plan the pilots", stage >= decided, bool(pilots), _url("challenge_pilots", challenge),
               "One per chosen supplier, with its measure fixed before it starts."),
        *(_pilot(pilot) for pilot in pilots),
        *_finished(challenge, bool(pilots)),
        _later("Awards and contracts", bool(pilots), is_over, _url("challenge_awards", challenge),
               "Pilots and full contracts wait for their standstill."),
    ]  # fmt: skip


def _finished(challenge: Challenge, has_pilots: bool) -> list[Task]:
    """Only where criteria for finished pilots were published."""
    if not Criterion.of_pilots.filter(challenge=challenge).exists():
        return []
    decided = challenge.rounds.filter(kind=RoundKind.PILOTS, state=RoundState.DECIDED).exists()
    return [
        _later("Rank the finished pilots", has_pilots, decided, _url("finished_pilots", challenge),
               "Where several proved their outcome: the panel marks them by the published criteria."),
    ]  # fmt: skip


def _pilot(pilot: Pilot) -> Task:
    state = "done" if pilot.is_over else "todo"
    return Task(
        f"Pilot of {pilot.supplier}", state, reverse("pilot_workspace", args=[pilot.slug]), pilot.get_state_display()
    )


def _later(title: str, can: bool, done: bool, url: str, hint: str) -> Task:
    state = "done" if done else ("todo" if can else "not_yet")
    return Task(title, state, url if can else "", hint)


def _url(name: str, challenge: Challenge) -> str:
    return reverse(name, args=[challenge.slug])
