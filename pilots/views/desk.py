"""The pilot's working page: what is missing to start, what comes next; and the steps that need no form of their own."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import CouncilMembership, User
from accounts.signed_in import person
from accounts.whole_numbers import whole
from assessment.models import DecisionItem, RoundKind
from audit import clock
from audit.transitions import NotPermitted, objections
from challenges.models import Challenge
from clauses.models import Due
from pilots import actions, portfolio, queries, rules
from pilots.models import MilestoneState, Pilot, PilotState
from pilots.turns import Wait
from suppliers.models import SubmissionState

FOR_THE_MANAGER = ("pilot_sites", "pilot_register", "pilot_service")
OF_READINGS = ("pilot_tokens", "pilot_feeds")
BEFORE_THE_START = (*FOR_THE_MANAGER, "pilot_clauses", "pilot_consent")
WORDS = {"todo": "To do", "not_yet": "Not yet"}


@dataclass(frozen=True)
class Task:
    title: str
    state: str
    url: str = ""
    hint: str = ""
    word: str = ""


def pilot_for(request: HttpRequest, slug: str) -> Pilot:
    """The pilot, for people of its council or its supplier; others are refused."""
    pilot = get_object_or_404(queries.for_page(Pilot.objects.all()), slug=slug)
    if not rules.may_read_workspace(request.user, pilot):
        raise NotPermitted("Only the pilot's council and its supplier can open its working pages.")
    return pilot


def manager_only(request: HttpRequest, slug: str) -> Pilot:
    """The pilot, for its council's pilot manager."""
    pilot = pilot_for(request, slug)
    if not rules.may_manage(request.user, pilot):
        raise NotPermitted("Only the council's pilot manager can do this.")
    return pilot


@login_required
def challenge_pilots(request: HttpRequest, slug: str) -> HttpResponse:
    """The submissions chosen for a pilot; each is planned by one click."""
    challenge = get_object_or_404(Challenge.objects.select_related("council"), slug=slug)
    if not rules.may_plan(request.user, challenge):
        raise NotPermitted("Only the council's pilot manager or procurement lead can plan pilots.")
    decided = DecisionItem.objects.filter(
        decision__round__challenge=challenge, decision__round__kind=RoundKind.SUBMISSIONS
    )  # fmt: skip
    items = decided.filter(Q(is_selected=True) | Q(submission__state=SubmissionState.SELECTED))
    chosen = items.select_related("submission__supplier", "submission__pilot").order_by("pk")
    if request.method == "POST":
        item = get_object_or_404(chosen, pk=whole(request.POST.get("item", "")))
        actor = person(request)
        pilot = actions.plan_pilot(item=item, actor=actor, at=clock.now())
        messages.success(request, f"The pilot with {pilot.supplier} is planned. Name its sites next.")
        return redirect("pilot_workspace", slug=pilot.slug)
    return render(request, "pilots/challenge.html", {"challenge": challenge, "items": chosen})


@require_safe
@login_required
def pilot_workspace(request: HttpRequest, slug: str) -> HttpResponse:
    """The task list of one pilot."""
    pilot, reader, at = pilot_for(request, slug), person(request), clock.now()
    closed = _closed_to(reader, pilot)
    context = {
        "pilot": pilot,
        "waits": waits_for(reader, pilot, at) if pilot.started_at else [],
        "steps": [(words, reverse(name, args=[slug])) for name, words in steps_for(reader, pilot, at).items()],
        "tasks": [_for_reader(task, closed) for task in _tasks(pilot, at) if _is_still_asked(task, pilot)],
        "objections": objections(pilot, "start", at=at) if pilot.state == PilotState.REGISTERED else [],
        "closing": _closing(pilot),
        "may_manage": rules.may_manage(reader, pilot),
        "may_record": rules.may_record_gate(reader, pilot),
        "may_stop": pilot.state in rules.UNDER_WAY and rules.may_suspend(reader, pilot),
        "evaluation": queries.registered_evaluation(pilot),
        "to_end_on": pilot.state == PilotState.RUNNING and queries.result_to_end_on(pilot),
        "readings": queries.number_of_readings(pilot),
    }
    return render(request, "pilots/workspace.html", context)


def waits_for(reader: User, pilot: Pilot, at: datetime) -> list[tuple[Wait, str]]:
    """What a registered pilot waits for now, each with its page where it is this person who does it."""
    memberships = CouncilMembership.objects.filter(user=reader, council=pilot.challenge.council_id)
    roles, is_supplier = list(memberships.values_list("role", flat=True)), rules.is_supplier_of(reader, pilot)
    return [
        (wait, wait.url(pilot) if wait.is_for(reader, roles, is_supplier=is_supplier) else "")
        for wait in portfolio.waits_of(pilot, at)
    ]


def steps_for(reader: User, pilot: Pilot, at: datetime) -> dict[str, str]:
    """What this person can do now when something went wrong: the name of each page, and its words."""
    is_running, may_end = pilot.state == PilotState.RUNNING, rules.may_end_early(reader, pilot)
    is_own, is_under_way = rules.is_supplier_of(reader, pilot), pilot.state in rules.UNDER_WAY
    may_stop = rules.supplier_can_stop(pilot) and (is_own or may_end)
    stops = "Withdraw from the pilot" if is_own else "Say that the supplier has failed"
    steps = (
        ("pilot_suspend", "Suspend the pilot", is_running and rules.may_suspend(reader, pilot)),
        ("pilot_recall", "Recall a device", rules.keeps_register(pilot, at) and rules.may_keep_register(reader, pilot)),
        ("pilot_erase", "Erase readings", may_end),
        ("pilot_stops", stops, may_stop),
        ("pilot_end", "End the pilot early", is_under_way and may_end),
    )
    return {name: words for name, words, is_open in steps if is_open}


def _is_still_asked(task: Task, pilot: Pilot) -> bool:
    """What was done stays in the list; what nobody does any more leaves it."""
    moot: tuple[str, ...] = OF_READINGS if rules.is_at_its_end(pilot) else ()
    moot += BEFORE_THE_START if pilot.is_over else ()
    return task.state == "done" or task.url not in [_url(name, pilot) for name in moot]


def _closing(pilot: Pilot) -> list[str]:
    """What the end of a pilot still asks for, however it came."""
    return list(queries.open_before_closing(pilot).values()) if pilot.state in rules.ENDS else []


@require_POST
@login_required
def pilot_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start; refused with every sentence that stands in the way."""
    pilot = pilot_for(request, slug)
    actor = person(request)
    actions.start_pilot(pilot=pilot, actor=actor, at=clock.now())
    messages.success(request, "The pilot has started. Its readings are taken in from the registered day on.")
    return redirect("pilot_workspace", slug=slug)


def _tasks(pilot: Pilot, at: datetime) -> list[Task]:
    is_planned, has_sites = pilot.state == PilotState.PLANNED, pilot.sites.exists()
    owed = queries.clause_states(pilot, Due.BEFORE_PILOT_START)
    left = [state.requirement.code for state in owed if not state.is_settled]
    is_registered = not is_planned
    tasks = [
        Task("Sites and devices", "done" if has_sites else "todo", _url("pilot_sites", pilot)),
        Task(
            "Register the plan", _state(is_registered, has_sites),
            _url("pilot_register", pilot) if has_sites else "", "" if has_sites else "Name the sites first.",
        ),
        Task(
            "Clauses due before the start", _state(not left, True), _url("pilot_clauses", pilot),
            f"Not met yet: {', '.join(left)}." if left else f"{len(owed)} of {len(owed)} met or waived.",
        ),
        *_service_tasks(pilot),
        Task(
            "Consent of the sites", _state(pilot.site_consent_at is not None, True), _url("pilot_consent", pilot)
        ),
        _milestones_task(pilot),
        Task("Tokens for automatic readings", "todo", _url("pilot_tokens", pilot), word="When needed"),
        _feeds_task(pilot),
        _readings_task(pilot, at),
        _gate_task(pilot, at),
        *_accounts_task(pilot),
    ]  # fmt: skip
    return [replace(task, word=task.word or WORDS.get(task.state, "")) for task in tasks]


def _closed_to(reader: object, pilot: Pilot) -> dict[str, str]:
    """Addresses of steps that this reader cannot take, with who takes them."""
    closed = {}
    if not rules.may_manage(reader, pilot):
        closed = {_url(name, pilot): "The council’s pilot manager does this." for name in FOR_THE_MANAGER}
    if not rules.may_consent(reader, pilot):
        closed[_url("pilot_consent", pilot)] = "The council’s problem owner or pilot manager records it."
    if not rules.may_send_readings(reader, pilot, clock.now()):
        closed[_url("pilot_upload", pilot)] = "The supplier and the council’s pilot manager send them."
    return closed


def _for_reader(task: Task, closed: dict[str, str]) -> Task:
    """The step without its link where it would lead to a refusal."""
    if task.url not in closed:
        return task
    return replace(task, url="", hint=task.hint if task.state == "done" else closed[task.url])


def _service_tasks(pilot: Pilot) -> list[Task]:
    """Where the service is looked at, and what a machine gathered for a person to confirm."""
    is_registered = queries.registration_of(pilot) is not None
    hint = "" if is_registered else "Then clauses are looked at by machine, on a schedule."
    tasks = [Task("Where the service is looked at", _state(is_registered, True), _url("pilot_service", pilot), hint)]
    if waiting := queries.waiting_for_a_person(pilot):
        hint = f"Gathered, and waiting for you: {', '.join(waiting)}."
        tasks.append(Task("Clauses to confirm", "attention", _url("pilot_clauses", pilot), hint, "Waiting"))
    return tasks


def _milestones_task(pilot: Pilot) -> Task:
    """What is paid for; agreed on before the start."""
    milestones = list(pilot.milestones.all())
    paid = sum(milestone.state == MilestoneState.PAID for milestone in milestones)
    hint = f"{paid} of {len(milestones)} paid." if milestones else "What is paid for, and when."
    is_paid = bool(milestones) and paid == len(milestones)
    return Task("Milestones and payment", _state(is_paid, True), _url("pilot_milestones", pilot), hint)


def _feeds_task(pilot: Pilot) -> Task:
    """Fetching, with what stands in its way: both sides can do something about it."""
    title, url = "Fetch readings from the supplier’s service", _url("pilot_feeds", pilot)
    feeds = list(pilot.feeds.filter(stopped_at=None))
    failed = [feed for feed in feeds if feed.has_failed]
    if failed and not rules.is_at_its_end(pilot):
        return Task(title, "attention", url, f"{len(failed)} of {len(feeds)}: {failed[0].outcome}", "Look at it")
    word = "Works" if feeds and all(feed.fetched_at for feed in feeds) else "When needed"
    return Task(title, "done" if word == "Works" else "todo", url, word=word)


def _readings_task(pilot: Pilot, at: datetime) -> Task:
    if rules.takes_readings(pilot, at):
        hint = "Baseline readings." if pilot.state == PilotState.REGISTERED else "Readings of baseline and pilot."
        return Task("Readings", "running", _url("pilot_upload", pilot), hint, "Taken in now")
    if pilot.state in (PilotState.SUSPENDED, PilotState.ENDED):
        return Task("Readings", "attention", hint="None are taken.", word=pilot.get_state_display())
    if pilot.state == PilotState.PLANNED:
        return Task("Readings", "not_yet", hint="Taken in once the plan is registered.", word="Later")
    return Task("Readings", "done", hint="The analysis date has come: no more are taken.", word="Complete")


def _gate_task(pilot: Pilot, at: datetime) -> Task:
    if pilot.state in (PilotState.DECIDED, PilotState.CLOSED):
        return Task("Decide the gate", "done", _url("pilot_gate", pilot))
    if pilot.state == PilotState.EVALUATING:
        return Task("Decide the gate", "attention", _url("pilot_gate", pilot), f"By {pilot.decider}.", "Waiting")
    if pilot.is_over:
        return Task(
            "Decide the gate", "cannot", hint="Nothing is decided: the pilot ended before its result.", word="None"
        )
    return Task("Decide the gate", "not_yet", hint="After the registered result.", word="Later")


def _accounts_task(pilot: Pilot) -> list[Task]:
    """Only where finished pilots are marked, and only once there is something to say."""
    if pilot.state not in actions.FINISHED or not actions.judged_on(pilot.challenge):
        return []
    hint = "The panel reads it beside the measured result, where several pilots proved theirs."
    return [Task("What you say about the pilot", "todo", _url("pilot_accounts", pilot), hint, "Until the panel begins")]


def _state(is_done: bool, can_start: bool) -> str:
    if is_done:
        return "done"
    return "todo" if can_start else "not_yet"


def _url(name: str, pilot: Pilot) -> str:
    return reverse(name, args=[pilot.slug])
