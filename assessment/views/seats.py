"""Who sits on a panel: inviting, sharing the work out, relieving, reminding; and what each member accepts first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempting import attempt
from accounts.models import User
from accounts.signed_in import person
from assessment import actions, queries, rules
from assessment.forms import PanelInviteForm, RelieveForm, ReopenForm, TermsForm, WorkForm
from assessment.models import Assessment, PanelMember, PanelRole
from assessment.terms import NOTE
from assessment.views.doors import chair, challenge_by, may_set_up, round_by
from audit import clock
from audit.transitions import NotPermitted
from challenges.models import Challenge


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask somebody by e-mail to sit on the panel."""
    challenge, user = _set_up_by(request, slug)
    form = PanelInviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: actions.invite_to_panel(challenge=challenge, actor=user, at=clock.now(), **given)):
            messages.success(request, f"An invitation goes to {given['email']}. It is open for two weeks.")
            return redirect("panel", slug=slug)
    return _form_page(request, "assessment/panel_invite.html", challenge, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: HttpRequest, slug: str) -> HttpResponse:
    """How many mark each submission, and by when."""
    challenge, user = _set_up_by(request, slug)
    panel = queries.panel_of(challenge)
    if panel is None:
        return redirect("panel", slug=slug)
    now = {"marks_each": panel.marks_each, "declare_by": panel.declare_by, "mark_by": panel.mark_by}
    form = WorkForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        each = form.cleaned_data["marks_each"]
        planned = {"challenge": challenge, "marks_each": each, "days": form.days, "actor": user}
        if attempt(form, lambda: actions.plan_work(at=clock.now(), **planned)):
            messages.success(request, "The panel's work is planned.")
            return redirect("panel", slug=slug)
    return _form_page(request, "assessment/panel_work.html", challenge, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def relieve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take somebody off the panel, and say how what they handed in counts."""
    challenge, user = _set_up_by(request, slug)
    seat = get_object_or_404(
        PanelMember.objects.active().select_related("user", "panel__challenge"), panel__challenge=challenge, pk=number
    )
    newest = queries.newest_round(challenge)
    handed_in = Assessment.objects.counted().filter(round=newest, member=seat, submitted_at__isnull=False).count()
    form = RelieveForm(request.POST or None, has_marks=bool(handed_in))
    if request.method == "POST" and form.is_valid():
        given = {"reason": form.cleaned_data["reason"], "marks_stand": form.marks_stand}
        if attempt(form, lambda: actions.relieve_member(seat=seat, actor=user, at=clock.now(), **given)):
            messages.success(request, f"{seat.user} is relieved. What they did stays on the record.")
            return redirect("panel", slug=slug)
    at_work = queries.is_at_work(newest)
    more = {"seat": seat, "handed_in": handed_in, "is_at_work": at_work}
    return _form_page(request, "assessment/panel_relieve.html", challenge, form, **more)


@login_required
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the panel has come, in counts: for its chair, deputy and observers, and for the officers."""
    round_, user = round_by(slug), person(request)
    if not rules.may_see_progress(user, round_):
        raise NotPermitted("Only the chair, the observers and the council's officers follow the panel's progress here.")
    is_officer = rules.may_set_up_panel(user, round_.challenge)
    context = {
        "round": round_, "challenge": round_.challenge, "progress": queries.progress(queries.standing_of(round_, user)),
        "rows": queries.who_marks_what(round_), "late": queries.owing(round_.challenge),
        "least": queries.least_marking(round_), "left": queries.left_seats(round_.challenge),
        "may_remind": rules.may_remind(user, round_), "is_officer": is_officer,
    }  # fmt: skip
    return render(request, "assessment/panel_board.html", context)


@login_required
@require_POST
def remind(request: HttpRequest, slug: str) -> HttpResponse:
    """Remind everybody who owes something."""
    count = actions.remind_panel(round=round_by(slug), actor=person(request), at=clock.now())
    messages.success(request, f"{count} {'person is' if count == 1 else 'people are'} reminded by e-mail and inbox.")
    return redirect("panel_board", slug=slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_terms(request: HttpRequest, slug: str) -> HttpResponse:
    """The terms of the panel and the note on marking: accepted once, before anything else is shown."""
    challenge, user = challenge_by(slug), person(request)
    seat = queries.seat_on(challenge, user)
    if seat is None:
        raise NotPermitted("Only members of this challenge's panel can open this page.")
    terms = queries.terms_for(seat)
    form = TermsForm(request.POST or None, initial={"version": terms.version})
    if request.method == "POST" and form.is_valid():
        actions.accept_terms(seat=seat, actor=user, at=clock.now(), version=form.cleaned_data["version"])
        messages.success(request, "Thank you. Your acceptance is on the record.")
        return redirect("assess_round" if queries.newest_round(challenge) else "assess_terms", slug=slug)
    more = {"seat": seat, "terms": terms, "note": NOTE, "round": queries.newest_round(challenge)}
    return _form_page(request, "assessment/terms.html", challenge, form, **more)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """The chair lets an assessor change marks that were handed in."""
    standing, user = chair(request, slug), person(request)
    round_ = standing.round
    seats = [seat for seat in queries.members(round_) if seat.role == PanelRole.ASSESSOR]
    form = ReopenForm(request.POST or None, seats=seats, submissions=standing.submissions)
    if request.method == "POST" and form.is_valid():
        what = {"seat": form.chosen_seat, "submission": form.chosen_submission, "reason": form.cleaned_data["reason"]}
        if attempt(form, lambda: actions.reopen_marks(round=round_, actor=user, at=clock.now(), **what)):
            messages.success(request, f"The marks of {form.chosen_seat.user} are open again.")
            return redirect("assess_round", slug=slug)
    return _form_page(request, "assessment/reopen.html", round_.challenge, form, round=round_)


def _set_up_by(request: HttpRequest, slug: str) -> tuple[Challenge, User]:
    challenge, user = challenge_by(slug), person(request)
    may_set_up(challenge, user)
    return challenge, user


def _form_page(request: HttpRequest, template: str, challenge: Challenge, form: object, **more: object) -> HttpResponse:
    return render(request, template, {"challenge": challenge, "form": form, **more})
