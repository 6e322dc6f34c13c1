"""The gates of a pilot: what each asks, what a person establishes for one, the decision, the closing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted, Refused, objections
from pilots import actions, queries, rules
from pilots.forms import GateForm
from pilots.gate_forms import GateRecordForm
from pilots.gates import OWNERS, gates_of, is_owed
from pilots.models import GateItem, Pilot
from pilots.queries import people
from pilots.views.desk import Task, pilot_for
from pilots.views.preparing import sent, show


@require_safe
@login_required
def pilot_gates(request: HttpRequest, slug: str) -> HttpResponse:
    """What each gate asks, and who answers for it."""
    pilot = pilot_for(request, slug)
    may_record = rules.may_record_gate(request.user, pilot)
    open_items = [item for item in GateItem if may_record and rules.takes_gate_record(pilot, item)]
    page = {"pilot": pilot, "gates": gates_of(pilot, clock.now()), "open_items": open_items}
    return render(request, "pilots/gates.html", page)


@login_required
def pilot_gate_record(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """Record what was found about one thing; what was recorded before stays, and stands below the form."""
    pilot, actor, asked = pilot_for(request, slug), person(request), _item(item)
    may = rules.may_record_gate(actor, pilot)
    form = GateRecordForm(request.POST or None, item=asked, initial={"owner": OWNERS[asked]})
    if request.method == "POST" and not may:
        raise NotPermitted("Only the council's problem owner, procurement lead or pilot manager records this.")
    is_closing = asked in rules.OF_CLOSING and pilot.state in rules.ENDS
    if answer := sent(
        request, form, lambda: actions.record_gate(pilot=pilot, found=form.found, actor=actor, at=clock.now()),
        form.told if form.is_valid() else "", "pilot_close" if is_closing else "pilot_gates", slug=slug,
    ):  # fmt: skip
        return answer
    page = {
        "pilot": pilot, "form": form, "item": asked, "records": pilot.gate_records.filter(item=asked).order_by("-pk"),
        "may": may, "is_time": rules.takes_gate_record(pilot, asked), "is_closing": asked in rules.OF_CLOSING,
        "by_machine": queries.export_by_machine(pilot) if asked == GateItem.EXPORT else None,
    }  # fmt: skip
    return show(request, "pilots/gate_record.html", page)


@login_required
def pilot_gate(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide the gate, beside the registered result."""
    pilot = pilot_for(request, slug)
    form = GateForm(request.POST or None)
    actor = person(request)
    if answer := sent(
        request, form, lambda: actions.decide_gate(pilot=pilot, actor=actor, at=clock.now(), **form.cleaned_data),
        "The decision is recorded and public.", "pilot_workspace", slug=slug,
    ):  # fmt: skip
        return answer
    evaluation = queries.registered_evaluation(pilot)
    page = {"pilot": pilot, "form": form, "evaluation": evaluation, "may_decide": rules.may_decide(actor, pilot)}
    page |= {"is_serious": people.is_serious(pilot), "wrong": queries.went_wrong(pilot)}
    return show(request, "pilots/gate.html", page)


@login_required
def pilot_close(request: HttpRequest, slug: str) -> HttpResponse:
    """Close a decided pilot; what is missing is refused with the way to where it is recorded."""
    pilot, actor = pilot_for(request, slug), person(request)
    if request.method == "POST":
        try:
            actions.close_pilot(pilot=pilot, actor=actor, at=clock.now())
        except NotPermitted:
            raise
        except Refused as refused:
            return _closing(request, pilot, refused.sentences)
        messages.success(request, "The pilot is closed. Its page stays public.")
        return redirect("pilot_workspace", slug=slug)
    return _closing(request, pilot, [])


def _closing(request: HttpRequest, pilot: Pilot, refusals: list[str]) -> HttpResponse:
    page = {
        "pilot": pilot, "tasks": _tasks(pilot), "may_manage": rules.may_manage(request.user, pilot),
        "sentences": refusals,
        "why_not": objections(pilot, "close", at=clock.now()),
        "open": queries.open_before_closing(pilot),
        "unpaid": is_owed(pilot),
    }  # fmt: skip
    return render(request, "pilots/close.html", page, status=409 if refusals else 200)


def _tasks(pilot: Pilot) -> list[Task]:
    known, missing = queries.gate_records(pilot), queries.open_before_closing(pilot)
    tasks = []
    for item in rules.OF_CLOSING:
        record = known.get(item)
        state, word = ("todo", "To do") if item in missing else ("done", "Done")
        if record and not record.is_so:
            state, word = "not_met", "Looked at: not so"
        where = reverse("pilot_gate_record", args=[pilot.slug, item])
        tasks.append(Task(item.label, state, where, missing.get(item, ""), word))
    return tasks


def _item(name: str) -> GateItem:
    if name not in GateItem.values:
        raise Http404
    return GateItem(name)
