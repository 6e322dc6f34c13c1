"""Awards and contracts, of pilots and in full alike: UK6, UK7, and what is taken back."""

from awards.models import Award, AwardKind, Contract
from challenges.models import Outcome
from challenges.timetable import day_of
from opendata.releases.calling import FULL_LOT, GRADED, PILOT_LOT, requirement_reference
from opendata.releases.parties import (
    partner_id,
    partner_party,
    partner_reference,
    supplier_id,
    supplier_party,
    supplier_reference,
)
from opendata.releases.pieces import (
    Json,
    Notice,
    Sections,
    challenge_url,
    day_start,
    days,
    document,
    instant,
    metric,
    money,
    number,
    observation,
)
from pilots.plans import least
from suppliers.models import ClauseResponse, Partner, SizeClass, Submission

SMALL_AND_MEDIUM = (SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM)
LOTS = {AwardKind.PILOT: PILOT_LOT, AwardKind.CONTRACT: FULL_LOT}


def award(notice: Notice) -> Sections:
    """An award decision (UK6): who, for how much, and the standstill that begins with this notice."""
    row = award_of(notice)
    body = {"bids": _bids(row), "awards": [_award(row, "pending") | _standstill(notice, row)]}
    return Sections(("award",), body, _parties(row))


def contract(notice: Notice) -> Sections:
    """A signed contract (UK7) with what it is held to; the full one completes the procedure."""
    row = award_of(notice)
    body: Json = {"awards": [_award(row, "active")], "contracts": [_contract(notice, row, row.contract)]}
    if row.kind == AwardKind.CONTRACT:
        body["tender"] = {
            "id": notice.ocid, "status": "complete", "finalStatusDate": instant(notice.event.at),
            "lots": [{"id": PILOT_LOT, "status": "complete"}, {"id": FULL_LOT, "status": "complete"}],
        }  # fmt: skip
    return Sections(("awardUpdate", "contract"), body, _parties(row))


def award_withdrawn(notice: Notice) -> Sections:
    """An award taken back after its notice: a new release with the reason, never a change of the old one (D5)."""
    row = award_of(notice)
    said = _award(row, "cancelled") | {
        "description": f"Withdrawn: {notice.event.reason}", "finalStatusDate": instant(notice.event.at)
    }  # fmt: skip
    return Sections(("awardCancellation",), {"awards": [said]}, _parties(row))


def award_of(notice: Notice) -> Award:
    """The award that the notice's event is about."""
    rows = Award.objects.select_related("supplier", "pilot", "challenge", "contract")
    return rows.get(pk=notice.event.subject_id)


def award_id(row: Award) -> str:
    return f"award-{row.public_id}"


def contract_id(row: Award) -> str:
    return f"contract-{row.public_id}"


def _partners(row: Award) -> list[Partner]:
    """Who answered together with the awarded supplier, each organisation once."""
    found = {partner_id(each): each for each in row.pilot.submission.partners.order_by("pk")}
    found.pop(supplier_id(row.supplier), None)
    return list(found.values())


def _parties(row: Award) -> tuple[Json, ...]:
    return (supplier_party(row.supplier), *map(partner_party, _partners(row)))


def _bid_id(row: Award) -> str:
    return f"bid-{row.public_id}"


def _award(row: Award, status: str) -> Json:
    return {
        "id": award_id(row),
        "title": f"{row.get_kind_display()}: {row.supplier.name}",
        "status": status,
        "date": instant(row.approved_at or row.proposed_at),
        "value": money(row.value, row.challenge.currency),
        "suppliers": [supplier_reference(row.supplier)],
        "relatedLots": [LOTS[AwardKind(row.kind)]],
        "relatedBid": _bid_id(row),
        "aboveThreshold": row.challenge.is_above_threshold,
        "mainProcurementCategory": "services",
    }


def _standstill(notice: Notice, row: Award) -> Json:
    at = row.notified_at or notice.event.at
    ends_on = row.standstill_ends_on or day_of(at)
    paper = document(
        f"uk6-{row.public_id}",
        "awardNotice",
        "Contract award notice",
        challenge_url(notice.challenge),
        at,
        notice="UK6",
    )
    return {"standstillPeriod": days(day_of(at), ends_on), "documents": [paper]}


def _bids(row: Award) -> Json:
    """The winner's bid, and how many there were: nobody else's name, price or answers (A16)."""
    lot, submission = LOTS[AwardKind(row.kind)], row.pilot.submission
    bid = {
        "id": _bid_id(row),
        "status": "valid",
        "tenderers": [supplier_reference(row.supplier), *map(partner_reference, _partners(row))],
        "value": money(row.value, row.challenge.currency),
        "relatedLots": [lot],
        "requirementResponses": _responses(row, submission),
    }
    if submission.submitted_at:
        bid["date"] = instant(submission.submitted_at)
    return {"details": [bid]} | ({"statistics": _statistics(row, lot)} if row.kind == AwardKind.PILOT else {})


def _responses(row: Award, submission: Submission) -> list[Json]:
    given = submission.clause_responses.select_related("requirement").order_by("requirement__code")
    values = [(each.requirement, _value(each)) for each in given]
    return [
        {
            "id": f"{_bid_id(row)}-{asked.code}", "title": asked.title, "value": value,
            "requirement": requirement_reference(asked.code, asked.title),
        }
        for asked, value in values
        if value is not None
    ]  # fmt: skip


def _value(response: ClauseResponse) -> bool | int | None:
    return response.level if response.requirement.response_type == GRADED else response.is_accepted


def _statistics(row: Award, lot: str) -> list[Json]:
    arrived = Submission.objects.filter(challenge=row.challenge).arrived()
    counts = {
        "bids": arrived.count(),
        "smeBids": arrived.filter(supplier__size_class__in=SMALL_AND_MEDIUM).count(),
    }
    return [{"id": name, "measure": name, "value": count, "relatedLot": lot} for name, count in counts.items()]


def _contract(notice: Notice, row: Award, signed: Contract) -> Json:
    paper = document(
        f"uk7-{row.public_id}", "contractNotice", "Contract details notice", challenge_url(notice.challenge),
        signed.recorded_at, notice="UK7",
    )  # fmt: skip
    said: Json = {
        "id": contract_id(row),
        "awardID": award_id(row),
        "title": f"{row.get_kind_display()} {signed.reference}: {row.supplier.name}",
        "status": "active",
        "value": money(signed.value, row.challenge.currency),
        "period": days(signed.starts_on, signed.ends_on),
        "dateSigned": day_start(signed.signed_on),
        "aboveThreshold": row.challenge.is_above_threshold,
        "documents": [paper],
        "agreedMetrics": _indicators(row, signed) or _wanted(row, signed),
    }
    if row.kind == AwardKind.PILOT and row.pilot.analysis_on:
        said["implementation"] = {"milestones": [analysis_milestone(row, "scheduled")]}
    return said


def analysis_milestone(row: Award, status: str) -> Json:
    """The registered analysis date of the pilot behind an award."""
    due = {"dueDate": day_start(row.pilot.analysis_on)} if row.pilot.analysis_on else {}
    title = "Registered analysis of the pilot against its outcome"
    return {"id": "registered-analysis", "title": title, "type": "reporting", "status": status} | due


def _indicators(row: Award, signed: Contract) -> list[Json]:
    period = days(signed.starts_on, signed.ends_on)
    return [
        {
            "id": f"indicator-{place}",
            "title": each.name,
            "description": "Key performance indicator of this contract",
            "observations": [observation(f"{contract_id(row)}-indicator-{place}", each.unit, each.target, period)],
        }
        for place, each in enumerate(signed.indicators.all(), start=1)
    ]


def _wanted(row: Award, signed: Contract) -> list[Json]:
    period = days(signed.starts_on, signed.ends_on)
    return [
        metric(each, f"Registered minimum worthwhile change: {_least(row, each)}", [
            observation(f"{contract_id(row)}-outcome-{each.pk}", each.unit, each.target_value, period)
        ])
        for each in row.challenge.outcomes.all()
    ]  # fmt: skip


def _least(row: Award, outcome: Outcome) -> str:
    """The registered minimum for the primary measure, which may be stricter than the published one (P1)."""
    plan = row.pilot.plan or {}
    if outcome.role == "primary" and plan.get("minimum_worthwhile_effect"):
        return least(plan)
    return f"{number(outcome.minimum_worthwhile_effect)} {outcome.unit}"
