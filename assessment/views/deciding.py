"""Opening prices, the ranked result, and the decision."""

from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempting import attempt
from accounts.models import User
from accounts.signed_in import confirmed_again, person
from assessment import actions, charts, queries, rules
from assessment.forms import ChallengeInterestForm, DecisionForm
from assessment.inputs import plain
from assessment.models import ApproverDeclaration, Round, RoundState
from assessment.queries import ResultBoard, Standing
from assessment.views.doors import round_by
from audit import clock
from audit.transitions import NotPermitted, Refused, objections
from challenges.timetable import day_of
from suppliers.models import Submission

NOT_A_READER = (
    "The result is open to the panel, to the procurement lead who decides and, after the decision, to the auditor."
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_again
def prices(request: HttpRequest, slug: str) -> HttpResponse:
    """Two different people (or one, where published) open the prices of what was admitted; none is shown here (A9)."""
    round_, user = round_by(slug), person(request)
    if not rules.may_open_prices(user, round_):
        raise NotPermitted("Only the council's problem owner or procurement lead can open prices.")
    if request.method == "POST":
        is_open = actions.consent_to_open_prices(round=round_, actor=user, at=clock.now())
        words = (
            "The prices are open and the result is computed." if is_open else "You agreed. A second person opens them."
        )
        messages.success(request, words)
        return redirect("prices", slug=slug)
    consents = list(round_.price_consents.select_related("user").order_by("given_at"))
    due = queries.reasons_due(round_)
    context = {
        "reasons_due": due, "is_late": due is not None and due.is_late(day_of(clock.now())),
        "round": round_, "challenge": round_.challenge, "consents": consents,
        "admitted": queries.admitted_count(round_),
        "assessed": len(queries.submissions_in(round_)), "is_waiting": round_.state == RoundState.PRICES,
        "has_agreed": any(consent.user_id == user.pk for consent in consents),
        "people": rules.people_for_prices(round_.challenge),
        "is_ranked": round_.state in (RoundState.RANKED, RoundState.DECIDED),
        "may_decide": rules.may_approve(user, round_),
    }  # fmt: skip
    return render(request, "assessment/prices.html", context)


@login_required
@require_safe
def result(request: HttpRequest, slug: str) -> HttpResponse:
    """The ranked result with what led to it, for its readers (A16)."""
    round_, user = round_by(slug), person(request)
    standing = queries.standing_of(round_, user)
    board = queries.result_board(standing)
    if board is None:
        return not_now(round_, user)
    context = {
        "round": round_, "challenge": round_.challenge, "board": board,
        "head": _head(board), "table": _table(board), "marks": _marks(standing),
        "may_decide": round_.state == RoundState.RANKED and rules.may_approve(user, round_),
        "free": _free_place(round_, user) if board.decision else None,
        "is_member": standing.member is not None, "may_audit": rules.may_audit(user, round_),
    } | _chart(board)  # fmt: skip
    return render(request, "assessment/result.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def approver_interests(request: HttpRequest, slug: str) -> HttpResponse:
    """The approver's own declaration, by the suppliers' names and before anything else is shown (D7)."""
    round_, user = round_for_approver(request, slug)
    form = ChallengeInterestForm(request.POST or None)
    form.fields["interest"].label = "Do you have an interest in any of these suppliers?"
    if request.method == "POST" and form.is_valid():
        actions.declare_as_approver(
            round=round_, actor=user, at=clock.now(), has_interest=form.has_interest, detail=form.cleaned_data["detail"]
        )
        messages.success(request, "Your declaration is recorded.")
        then = "decision"
        if round_.state == RoundState.DECIDED:
            then = "result" if round_.is_about_pilots else "move_up"
        return redirect("approver_interests" if form.has_interest else then, slug=slug)
    declared = ApproverDeclaration.objects.filter(round=round_, user=user).first()
    context = {
        "round": round_, "challenge": round_.challenge, "names": queries.ranked_names(round_), "form": form,
        "has_interest": declared is not None and declared.has_interest,
    }  # fmt: skip
    return render(request, "assessment/approver_interests.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, slug: str) -> HttpResponse:
    """Select for pilots, with a reason for each, by somebody who did not assess (D1)."""
    round_, user = round_for_approver(request, slug)
    board = queries.result_board(queries.standing_of(round_, user))
    if board is None:
        return not_now(round_, user)
    form = DecisionForm(
        request.POST or None, rows=board.rows, most=actions.most_selected(round_), is_last=round_.is_about_pilots
    )
    if request.method == "POST" and form.is_valid():
        reasons = form.cleaned_data["reasons"]
        chosen = {"round": round_, "choices": form.choices(), "reasons": reasons, "actor": user, "at": clock.now()}
        if attempt(form, lambda: actions.decide(**chosen)):
            messages.success(request, "The decision is recorded.")
            return redirect("result", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "board": board, "form": form, "rows": _rows(board, form),
        "obstacles": objections(round_, "decide", at=clock.now()) if round_.state == RoundState.RANKED else [],
    }  # fmt: skip
    return render(request, "assessment/decision.html", context)


def _free_place(round_: Round, user: User) -> Submission | None:
    """A place in a pilot that somebody may fill; of finished pilots nobody moves up by a page."""
    may_fill = rules.may_approve(user, round_) and not round_.is_about_pilots
    return queries.place_given_up(round_) if may_fill else None


def round_for_approver(request: HttpRequest, slug: str) -> tuple[Round, User]:
    """The round, and the person who may decide on it; a refusal for everybody else."""
    round_, user = round_by(slug), person(request)
    if not rules.may_approve(user, round_):
        raise NotPermitted("Only a procurement lead of the council who did not sit on the panel can decide.")
    return round_, user


def not_now(round_: Round, user: User) -> HttpResponse:
    """Where somebody goes to whom the result is not shown now."""
    ranked = round_.state in (RoundState.RANKED, RoundState.DECIDED)
    if ranked and rules.may_approve(user, round_):
        return redirect("approver_interests", slug=round_.slug)
    is_reader = rules.is_panel_member(user, round_) or rules.may_approve(user, round_)
    if is_reader or rules.may_audit(user, round_):
        raise Refused(f"There is nothing to read yet: this round is in the step “{round_.get_state_display()}”.")
    raise NotPermitted(NOT_A_READER)


def _rows(board: ResultBoard, form: DecisionForm) -> list[dict[str, object]]:
    return [
        {"row": row, "select": form[f"select-{row.slug}"], "reason": form[f"reason-{row.slug}"]} for row in board.rows
    ]


def _head(board: ResultBoard) -> list[str]:
    names = [f"{charts.letter(n)} {row.name} ({plain(row.weight)})" for n, row in enumerate(board.criteria)]
    return ["Submission", "Rank", *names, "Total"]


def _table(board: ResultBoard) -> list[list[object]]:
    rows = [row for row in board.rows if row.points]
    return [[row.pseudonym, row.rank, *(Decimal(p.points) for p in row.points), Decimal(row.total)] for row in rows]


def _chart(board: ResultBoard) -> dict[str, str]:
    """The picture of the result, and the same for telephones; nothing where no points are given."""
    if board.basis != "points":
        return {}
    bars = [charts.Bar(row.pseudonym, [Decimal(p.points) for p in row.points]) for row in board.rows if row.points]
    names, title = [row.name for row in board.criteria], "Points of each submission by criterion"
    papers = {"chart": charts.WIDE, "narrow": charts.NARROW}
    return {name: charts.stacked_bars(names, bars, title, paper) for name, paper in papers.items()}


def _marks(standing: Standing) -> list[list[object]]:
    return [
        [mark.pseudonym, mark.criterion, mark.assessor, mark.mark, mark.rationale, "Voided" if mark.is_voided else ""]
        for mark in queries.individual_marks(standing)
    ]
