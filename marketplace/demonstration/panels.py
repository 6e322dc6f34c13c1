"""The middle of a demonstration challenge: answers, unsealing, the panel's judgement and the decision."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.models import User
from assessment import actions as assessing
from assessment import queries as reading
from assessment.models import Outcome, PanelMember, PanelRole, Ranking, Round
from audit import clock
from challenges.models import Challenge, ClauseRequirement, Criterion
from clauses.models import Due
from marketplace.demonstration.shapes import AssessmentText, ChallengeText, SubmissionText
from suppliers import actions as supplying
from suppliers import queries as supplier_queries
from suppliers.models import DeclarationKind, Submission, Supplier, SupplierRole

HOW = "Your price is far below the others. How can you deliver for it, and what does it leave out?"
LIKE_THIS = "We own what we would install and have fitted it before, so the price holds labour and upkeep only."
IT_HOLDS = "The answer names what is already owned; hours and upkeep are in line with the other prices."
ABSENT = "It answers the clause as it was asked."


def declare(challenge: Challenge, supplier: Supplier, author: User) -> None:
    """Declare what this call still asks of the supplier: nothing applies to any of them."""
    at = clock.now()
    if not supplier_queries.undeclared(challenge, supplier, at):
        return
    for kind in (DeclarationKind.EXCLUSION, DeclarationKind.DEBARMENT):
        supplying.declare(supplier=supplier, kind=kind, applies=False, actor=author, at=at)
    if challenge.is_above_threshold:
        code = f"DEMO{supplier.company_number[-4:]}"
        supplying.confirm_registration(supplier=supplier, share_code=code, actor=author, at=at)


def submit_answer(text: SubmissionText, challenge: Challenge, supplier: Supplier, author: User) -> Submission:
    """Write every section and submit, as the supplier's administrator."""
    at = clock.now()
    submission = supplying.start_submission(challenge=challenge, supplier=supplier, actor=author, at=at)
    asked = challenge.clause_requirements.filter(due=Due.BID).values_list("code", flat=True)
    sections: dict[str, Any] = {f"answers/{code}": answer.strip() for code, answer in text.answers.items()}
    for code in asked:
        response = text.responses[code]
        sections[f"clauses/{code}"] = {
            "accepted": response.accepted, "level": response.level, "text": response.evidence.strip(), "url": "",
        }  # fmt: skip
    amounts = {"pilot": f"{text.pilot_price}.00", "contract": f"{text.contract_price}.00"}
    sections["price"] = {**amounts, "vat_treatment": "standard"}
    for section, value in sections.items():
        supplying.save_draft(submission=submission, section=section, value=value, version=0, actor=author, at=at)
    supplying.submit(submission=submission, actor=author, at=at, accepts_terms=True)
    return submission


def unseal(challenge: Challenge, first: User, second: User) -> None:
    """Both officers, one after the other."""
    for person in (first, second):
        supplying.consent_to_unseal(challenge=challenge, actor=person, at=clock.now())


def open_round(challenge: Challenge, chair: User, assessors: list[User], officer: User) -> Round:
    """Name the panel, open the round, and have everybody declare that they have no interest."""
    challenge.refresh_from_db()
    at = clock.now()
    assessing.set_up_panel(challenge=challenge, chair=chair, assessors=assessors, actor=officer, at=at)
    round_ = assessing.open_round(challenge=challenge, actor=officer, at=at)
    suppliers = list(challenge.submissions.arrived().values_list("supplier_id", flat=True))
    none = [assessing.SupplierInterest(supplier, has_interest=False) for supplier in suppliers]
    for person in (chair, *assessors):
        seat = PanelMember.objects.get(panel__challenge=challenge, user=person)
        assessing.accept_terms(seat=seat, actor=person, at=at)
        assessing.declare_interest(round=round_, actor=person, at=at, has_interest=False)
        assessing.declare_about_suppliers(round=round_, actor=person, at=at, interests=none)
    return Round.objects.get(pk=round_.pk)


class Judged:
    """A round of a story with what its panel is going to say."""

    def __init__(self, text: ChallengeText, round_: Round, submissions: Mapping[str, Submission]) -> None:
        self.text, self.round = text, round_
        self.submissions = {slug: Submission.objects.get(pk=row.pk) for slug, row in submissions.items()}
        self.criteria: dict[str, Criterion] = {row.code: row for row in round_.challenge.criteria.all()}

    def mark(self, assessors: Mapping[str, User]) -> None:
        """Every assessor marks and hands in."""
        for item in self.text.assessments:
            for key, given in item.marks.items():
                judgement = self._judgement(item, Decimal(given.mark), given.rationale)
                assessing.save_mark(round=self._round(), judgement=judgement, actor=assessors[key], at=clock.now())
        for person in assessors.values():
            assessing.submit_marks(round=self._round(), actor=person, at=clock.now())

    def moderate(self, chair: User) -> None:
        """The chair moderates, judges the clauses and freezes quality."""
        seats = list(PanelMember.objects.filter(panel__challenge=self.round.challenge))
        for seat in seats:
            assessing.confirm_interests(round=self._round(), actor=seat.user, at=clock.now())
        for item in self.text.assessments:
            judgement = self._judgement(item, Decimal(item.moderated.mark), item.moderated.rationale)
            assessing.moderate(round=self._round(), judgement=judgement, attended=seats, actor=chair, at=clock.now())
        for slug, submission in self.submissions.items():
            assessing.record_findings(
                round=self._round(), submission=submission, findings=self._findings(slug), actor=chair, at=clock.now()
            )
        assessing.freeze_quality(round=self._round(), actor=chair, at=clock.now())

    def rank(self, first: User, second: User) -> None:
        """Two officers open the prices."""
        for person in (first, second):
            assessing.consent_to_open_prices(round=self._round(), actor=person, at=clock.now())

    def decide(self, approver: User, chosen: list[str]) -> None:
        """Select the suppliers of the story's pilots."""
        at = clock.now()
        assessing.declare_as_approver(round=self._round(), actor=approver, at=at, has_interest=False, detail="")
        self._settle_low_prices(approver)
        picked = {self.submissions[slug].pk for slug in chosen}
        ranks = {row["id"]: row["rank"] for row in Ranking.objects.get(round=self.round).result["ranking"]}
        rows = Submission.objects.filter(challenge=self.round.challenge, pseudonym__in=ranks)
        choices = {
            row.pk: assessing.Choice(row.pk in picked, f"Rank {ranks[row.pseudonym]} of {len(ranks)}.") for row in rows
        }
        reasons = "The highest totals, within the number of pilots published with the call."
        assessing.decide(round=self._round(), choices=choices, reasons=reasons, actor=approver, at=at)

    def _settle_low_prices(self, approver: User) -> None:
        """Whoever offered an abnormally low price is asked about it, answers, and keeps it (A12)."""
        for check in reading.price_checks(self._round()):
            if not check.is_open:
                continue
            at = clock.now()
            asked = assessing.ask_about_price(
                round=self._round(), submission=check.submission, question=HOW, actor=approver, at=at,
                due_on=assessing.earliest_answer_day(at),
            )  # fmt: skip
            admin = check.submission.supplier.members.filter(role=SupplierRole.ADMIN).earliest("pk").user
            assessing.answer_about_price(clarification=asked, answer=LIKE_THIS, actor=admin, at=at)
            assessing.decide_about_price(
                clarification=asked, is_accepted=True, reasons=IT_HOLDS, actor=approver, at=at
            )  # fmt: skip

    def _round(self) -> Round:
        return Round.objects.select_related("challenge").get(pk=self.round.pk)

    def _judgement(self, item: AssessmentText, mark: Decimal, rationale: str) -> assessing.Judgement:
        return assessing.Judgement(
            self.submissions[item.supplier], self.criteria[item.criterion], mark, rationale.strip()
        )

    def _findings(self, slug: str) -> list[assessing.Finding]:
        told = {finding.clause: finding for finding in self.text.findings if finding.supplier == slug}
        answered = next(row for row in self.text.submissions if row.supplier == slug).responses
        made = []
        for requirement in ClauseRequirement.objects.filter(challenge=self.round.challenge):
            said = told.get(requirement.code)
            if said is not None:
                made.append(_finding(requirement, said.verdict, said.rationale, said.grade))
            elif requirement.due == Due.BID:
                level = answered[requirement.code].level if requirement.mode == "scored" else None
                made.append(_finding(requirement, "met", ABSENT, level))
            elif requirement.mode == "mandatory":
                made.append(_finding(requirement, "due_later", "", None))
        return made


def _finding(requirement: ClauseRequirement, verdict: str, rationale: str, grade: int | None) -> assessing.Finding:
    return assessing.Finding(requirement, verdict, rationale.strip(), grade)  # type: ignore[arg-type]


def chair_and_assessors(people: Mapping[str, User], panel: list[tuple[str, str]]) -> tuple[User, dict[str, User]]:
    """Split a panel's keys into its chair and its assessors by key."""
    chair = next(people[key] for key, role in panel if role == PanelRole.CHAIR)
    return chair, {key: people[key] for key, role in panel if role == PanelRole.ASSESSOR}


def verify(submission: Submission, verifier: User) -> None:
    """Somebody outside the panel checks a supplier before an award and finds nothing."""
    points = [
        assessing.Point(party.name, question, Outcome.CLEAR)
        for party in reading.parties_of(submission)
        for question in party.questions
    ]
    assessing.verify_supplier(submission=submission, points=points, actor=verifier, at=clock.now())
