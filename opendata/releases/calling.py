"""The call and its changes: the tender notice (UK4), its amendments, and answered questions."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from challenges.differences import DATES, Names, lines
from challenges.models import Challenge, ClauseRequirement, Criterion, CriterionKind, MeasureRole, Outcome, Route
from challenges.queries import names_of
from clauses.models import Mode
from opendata.releases.parties import council_reference
from opendata.releases.pieces import (
    Json,
    Notice,
    Sections,
    challenge_url,
    day_end,
    days,
    document,
    instant,
    metric,
    money,
    number,
    observation,
    url,
)
from suppliers.models import Clarification

GRADED = "graded"
FIND_A_TENDER = "https://www.find-tender.service.gov.uk/Notice/"
PROTOTYPES = "Direct award of prototypes (Procurement Act 2023, Schedule 5, paragraphs 2 and 3) after an open call"
PILOT_LOT, FULL_LOT = "pilot", "full"
STAGES = {
    Route.A: "Stage 1: open call. Stage 2: a panel chooses suppliers for paid pilots. Stage 3: pilots measured against "
    "outcomes registered beforehand. Stage 4: the full contract, only from a pilot whose registered result is “scale”.",
    Route.B: "Stage 1: open call. Stage 2: a panel chooses prototypes. Stage 3: paid pilots, measured. What follows is "
    "competed anew.",
    Route.C: "Stage 1: open call. Stage 2: a panel chooses suppliers for paid pilots. Stage 3: pilots measured against "
    "outcomes registered beforehand. Stage 4: similar goods or services may be awarded directly to a pilot supplier "
    "whose registered result is “scale” (Procurement Act 2023, Schedule 5, paragraph 8): this notice says it first.",
}


def call(notice: Notice) -> Sections:
    """The call as it stood when it was published."""
    challenge = notice.challenge
    return Sections(("tender",), {"planning": _planning(challenge), "tender": _tender(notice)})


def call_amended(notice: Notice) -> Sections:
    """A numbered amendment: what changed, why, and the period that now holds."""
    event, challenge = notice.event, notice.challenge
    difference = event.data.get("difference", {})
    change = _change(difference, names_of(challenge))
    amendment = {
        "id": f"amendment-{event.pk}", "date": instant(event.at), "description": change,
        "rationale": event.reason, "releaseID": notice.release_id,
    } | ({"amendsReleaseID": notice.previous_release_id} if notice.previous_release_id else {})  # fmt: skip
    tender: Json = {"id": notice.ocid, "amendments": [amendment], "documents": [_notice_document(notice)]}
    if set(difference) - set(DATES):
        # The terms themselves changed, so the notice is told again as it stands now.
        tender = {**_tender(notice), "hasEnquiries": challenge.clarifications.exists(), **tender}
    elif "closes_at" in difference and challenge.opens_at:
        closes = instant(datetime.fromisoformat(difference["closes_at"][1]))
        tender["tenderPeriod"] = {"startDate": instant(challenge.opens_at), "endDate": closes}
        if "questions_close_at" in difference:
            asked_until = instant(datetime.fromisoformat(difference["questions_close_at"][1]))
            tender["enquiryPeriod"] = {"startDate": instant(challenge.opens_at), "endDate": asked_until}
    return Sections(("tenderUpdate",), {"tender": tender})


def clarification(notice: Notice) -> Sections:
    """One answered question, word for word as its answer stood then (Q3); who asked is not said (Q1)."""
    asked = Clarification.objects.get(pk=notice.event.subject_id)
    answered_at = notice.event.at
    enquiry = {
        "id": f"question-{asked.pk}", "date": instant(asked.asked_at), "description": asked.question,
        "answer": asked.answer_at(answered_at), "dateAnswered": instant(answered_at),
    }  # fmt: skip
    log = document(
        "clarifications", "clarifications", "Questions and answers", challenge_url(notice.challenge), answered_at
    )
    tender = {"id": notice.ocid, "hasEnquiries": True, "enquiries": [enquiry], "documents": [log]}
    return Sections(("tenderUpdate",), {"tender": tender})


def pilot_days(challenge: Challenge) -> Json | None:
    """When pilots run, as published with the call; None where no day was given."""
    if challenge.pilot_starts_on is None:
        return None
    return days(challenge.pilot_starts_on, _pilot_ends_on(challenge, challenge.pilot_starts_on))


def requirement_reference(code: str, title: str) -> Json:
    """How a bid's answer names the clause requirement that it answers."""
    return {"id": code, "title": title}


def _planning(challenge: Challenge) -> Json:
    published = challenge.published_at or challenge.created_at
    problem = document(
        "problem", "needsAssessment", "Problem statement and baseline", challenge_url(challenge), published
    )
    return {
        "rationale": f"{challenge.title}. {challenge.strapline}".strip(),
        "budget": {"description": challenge.budget_line, "amount": money(_whole_value(challenge), challenge.currency)},
        "forecasts": [_baseline(each) for each in challenge.outcomes.all()],
        "documents": [problem],
    }


def _baseline(outcome: Outcome) -> Json:
    on = days(outcome.baseline_on, outcome.baseline_on)
    today = observation(f"outcome-{outcome.pk}-baseline", outcome.unit, outcome.baseline_value, on)
    return metric(outcome, "Baseline published with the call", [today])


def _tender(notice: Notice) -> Json:
    challenge = notice.challenge
    return {
        "id": notice.ocid,
        "title": challenge.title,
        "status": "active",
        "description": _description(challenge),
        "legalBasis": {"scheme": "UKPGA", "id": "2023/54"},
        "aboveThreshold": challenge.is_above_threshold,
        "procuringEntity": council_reference(challenge.council),
        "value": money(_whole_value(challenge), challenge.currency),
        "mainProcurementCategory": "services",
        "awardCriteria": "ratedCriteria",
        "submissionMethod": ["electronicSubmission"],
        "submissionMethodDetails": url(f"/challenges/{challenge.slug}/answer/"),
        "submissionTerms": {
            "electronicSubmissionPolicy": "required", "languages": ["en"], "multipleBidsAllowed": False
        },
        "hasEnquiries": False,
        "lots": [_pilot_lot(challenge), _full_lot(challenge)],
        "targets": [_target(challenge, each) for each in challenge.outcomes.all()],
        "criteria": _clauses(challenge),
        "contractTerms": {
            "performanceTerms": "The full contract is held to key performance indicators that are published with it.",
            "otherTerms": f"These clauses form part of the contract: {', '.join(_codes(challenge))}.",
        },
        "milestones": _stages(challenge),
        "documents": _documents(notice),
    } | _method(challenge) | _periods(notice)  # fmt: skip


def _description(challenge: Challenge) -> str:
    wanted = "; ".join(
        f"{each.name.lower()} from {number(each.baseline_value)} to {number(each.target_value)} {each.unit}"
        for each in challenge.outcomes.all()
        if each.role != MeasureRole.GUARDRAIL
    )
    note = " Demonstration: this challenge and everybody in it are invented." if challenge.is_demonstration else ""
    return (
        f"{challenge.strapline}. Outcomes sought: {wanted}. Any lawful technical approach is welcome. "
        f"If the pilot works: {challenge.if_it_works}{note}"
    )


def _method(challenge: Challenge) -> Json:
    features = {"procedure": {"isAccelerated": False, "features": STAGES[Route(challenge.route)]}}
    if challenge.route == Route.B:
        details = (
            "Direct award of prototypes (Procurement Act 2023, Schedule 5, paragraphs 2 and 3), chosen in an open call"
        )
        return {"procurementMethod": "limited", "procurementMethodDetails": details} | features
    if challenge.is_above_threshold:
        return {
            "procurementMethod": "selective",
            "procurementMethodDetails": "Competitive flexible procedure",
        } | features
    return {"procurementMethod": "open", "procurementMethodDetails": "Below threshold - open competition"} | features


def _periods(notice: Notice) -> Json:
    """The call's dates from the event, because the rows may have been amended since."""
    challenge, told = notice.challenge, notice.event.data
    opens = instant(_told(told.get("opens_at"), challenge.opens_at))
    closes = instant(_told(told.get("closes_at"), challenge.closes_at))
    questions = instant(challenge.questions_close_at) if challenge.questions_close_at else closes
    return {
        "tenderPeriod": {"startDate": opens, "endDate": closes},
        "enquiryPeriod": {"startDate": opens, "endDate": questions},
    }


def _told(text: str | None, stored: datetime | None) -> datetime:
    if text is None and stored is None:
        raise ValueError("a published challenge has its dates")
    return datetime.fromisoformat(text) if text else stored  # type: ignore[return-value]


def _pilot_lot(challenge: Challenge) -> Json:
    each, most = challenge.pilot_budget or Decimal(0), challenge.max_pilots
    period = pilot_days(challenge)
    return {
        "id": PILOT_LOT,
        "title": f"Paid pilots (up to {most} supplier{'' if most == 1 else 's'}, {challenge.pilot_weeks} weeks)",
        "status": "active",
        "description": f"At most {number(each)} {challenge.currency}, without VAT, for each pilot supplier",
        "value": money(each * most, challenge.currency),
        "suitability": {"sme": True, "vcse": True},
        "awardCriteria": {"criteria": [_criterion(row) for row in challenge.criteria.all()]},
    } | ({"contractPeriod": period} if period else {})  # fmt: skip


def _full_lot(challenge: Challenge) -> Json:
    lot: Json = {
        "id": FULL_LOT,
        "title": "Full contract",
        "status": "active",
        "description": "Awarded only to a supplier whose pilot reached the registered verdict “scale”.",
        "value": money(challenge.contract_ceiling or Decimal(0), challenge.currency),
        "suitability": {"sme": True, "vcse": True},
    }
    later = list(Criterion.of_pilots.filter(challenge=challenge))
    if later:
        lot["awardCriteria"] = {"criteria": [_criterion(row) for row in later]}
    if challenge.route == Route.A:
        lot["secondStage"] = {
            "minimumCandidates": 1, "maximumCandidates": challenge.max_pilots, "successiveReduction": True
        }  # fmt: skip
    return lot


def _criterion(row: Criterion) -> Json:
    kind = "price" if row.kind == CriterionKind.PRICE else "quality"
    weight = {"number": number(row.weight), "weight": "percentageExact"}
    said = {"type": kind, "name": row.name, "numbers": [weight]}
    return said | ({"description": row.description} if row.description else {})


def _target(challenge: Challenge, outcome: Outcome) -> Json:
    period = pilot_days(challenge) or days(outcome.baseline_on, outcome.baseline_on)
    wanted = observation(f"outcome-{outcome.pk}-target", outcome.unit, outcome.target_value, period)
    least = f"{number(outcome.minimum_worthwhile_effect)} {outcome.unit}"
    words = f"{outcome.get_role_display()}. The smallest change worth paying for: {least}"
    return metric(outcome, words, [wanted])


def _clauses(challenge: Challenge) -> list[Json]:
    groups = {Mode.MANDATORY: "All must be met", Mode.SCORED: "Graded by the panel"}
    rows = list(challenge.clause_requirements.all())
    return [
        {
            "id": f"clauses-{mode}",
            "title": f"Clauses: {words.lower()}",
            "relatesToTenderer": False,
            "requirementGroups": [
                {
                    "id": f"clauses-{mode}-all",
                    "description": words,
                    "requirements": [_requirement(row) for row in rows if row.mode == mode],
                }
            ],
        }
        for mode, words in groups.items()
        if any(row.mode == mode for row in rows)
    ]  # fmt: skip


def _requirement(row: ClauseRequirement) -> Json:
    told = {"id": row.code, "title": row.title, "description": row.requirement}
    if row.response_type == GRADED:
        return told | {"dataType": "integer", "minValue": 0, "maxValue": 4}
    return told | {"dataType": "boolean"} | ({"expectedValue": True} if row.mode == Mode.MANDATORY else {})


def _codes(challenge: Challenge) -> Iterable[str]:
    return (row.code for row in challenge.clause_requirements.all())


def _stages(challenge: Challenge) -> list[Json]:
    stages = [("stage-call", "The call closes", challenge.closes_at and instant(challenge.closes_at))]
    if challenge.pilot_starts_on:
        ends_on = _pilot_ends_on(challenge, challenge.pilot_starts_on)
        stages.append(("stage-pilots", "Paid pilots end", day_end(ends_on)))
    return [
        {"id": key, "title": title, "type": "assessment", "dueDate": due, "status": "scheduled"}
        for key, title, due in stages
        if due
    ]


def _documents(notice: Notice) -> list[Json]:
    challenge, at = notice.challenge, notice.event.at
    found = [
        _notice_document(notice),
        document("criteria", "evaluationCriteria", "Criteria, weights and scale", challenge_url(challenge), at),
    ]
    if challenge.find_a_tender_id:
        address = f"{FIND_A_TENDER}{challenge.find_a_tender_id}"
        found.append(
            document("find-a-tender", "tenderNotice", "The notice on Find a Tender", address, at, notice="UK4")
        )
    return found


def _notice_document(notice: Notice) -> Json:
    words = "Tender notice" if notice.kind == "call" else "Tender notice (amended)"
    key = f"uk4-{notice.event.pk}"
    return document(key, "tenderNotice", words, challenge_url(notice.challenge), notice.event.at, notice="UK4")


def _change(difference: Json, names: Names) -> str:
    told = [f"{each.label}: from {each.was} to {each.now}" for each in lines(difference, names)]
    if "closes_at" in difference:
        was, now = (datetime.fromisoformat(each) for each in difference["closes_at"])
        told = [each for each in told if not each.startswith("Closes:")]
        told.insert(0, f"Closing time moved from {instant(was)} to {instant(now)}")
    return "; ".join(told) or "Changed"


def _whole_value(challenge: Challenge) -> Decimal:
    return (challenge.pilot_budget or Decimal(0)) * challenge.max_pilots + (challenge.contract_ceiling or Decimal(0))


def _pilot_ends_on(challenge: Challenge, starts_on: date) -> date:
    return starts_on + timedelta(weeks=challenge.pilot_weeks or 1, days=-1)
