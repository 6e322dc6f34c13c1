"""What the demonstration's files hold, as frozen records. Pure: no Django."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CouncilText:
    """An invented council; `notice` is the sentence that pages print beside it."""

    slug: str
    name: str
    nation: str
    identifier_scheme: str
    identifier: str
    email: str
    about: str
    notice: str


@dataclass(frozen=True)
class PersonText:
    """An invented person of a council, with the one role they hold there or on its panel."""

    key: str
    name: str
    email: str
    council: str
    role: str
    notice: str


@dataclass(frozen=True)
class MemberText:
    """A person of a supplier; the role is admin or member."""

    name: str
    email: str
    role: str


@dataclass(frozen=True)
class CertificateText:
    """An invented certificate, which expires so many days after the demonstration was told."""

    scheme: str
    number: str
    expires_in_days: int


@dataclass(frozen=True)
class SupplierText:
    """An invented supplier; `notice` is the sentence that pages print beside it."""

    slug: str
    name: str
    company_number: str
    size: str
    vcse: bool
    region: str
    description: str
    people: tuple[MemberText, ...]
    notice: str
    insurance_held: str
    shows: tuple[str, ...]
    certificates: tuple[CertificateText, ...]

    @property
    def short_name(self) -> str:
        """The name without its legal form, as somebody would write it by mistake in an answer."""
        return self.name.split(" (")[0]


@dataclass(frozen=True)
class SourceOfChallenge:
    """The real challenge that a statement is adapted from."""

    ids: tuple[str, ...]
    name: str
    urls: tuple[str, ...]


@dataclass(frozen=True)
class NumberText:
    """A figure with its unit and its date (or year); `invented` parts ours from the real source's."""

    label: str
    value: float
    unit: str
    on: date | int
    source: str
    invented: bool


@dataclass(frozen=True)
class StatementText:
    """The problem statement, in the order in which residents read it."""

    title: str
    strapline: str
    why_it_matters: str
    numbers: tuple[NumberText, ...]
    response_now: str
    falls_short: str
    aim: str
    good_answer: tuple[str, ...]
    if_it_works: str

    def texts(self) -> tuple[str, ...]:
        """Everything that counts as words of the statement; the numbers stand beside it."""
        told = (self.title, self.strapline, self.why_it_matters, self.response_now, self.falls_short, self.aim)
        return (*told, *self.good_answer, self.if_it_works)


@dataclass(frozen=True)
class MoneyText:
    """Whole pounds, net of VAT: `pilot_budget` is the most for one pilot."""

    currency: str
    pilot_budget: int
    contract_ceiling: int
    max_pilots: int
    budget_line: str


@dataclass(frozen=True)
class TimetableText:
    """Days from the day on which the demonstration is made; a minus is the past."""

    published: int
    opens: int
    questions_close: int
    answers_due: int
    closes: int
    pilot_starts: int
    pilot_ends: int


@dataclass(frozen=True)
class AskedClauses:
    """The clause set a challenge starts from, what is true of it, and the clauses it asks."""

    set: str
    circumstances: tuple[str, ...]
    mandatory: tuple[str, ...]
    graded: tuple[str, ...]


@dataclass(frozen=True)
class CriterionText:
    """A criterion; `descriptors` holds the marks 0 to 5, `formula` is for the price only."""

    code: str
    name: str
    description: str
    kind: str
    formula: str
    weight: int
    maximum: int
    threshold: int
    descriptors: tuple[str, ...]


@dataclass(frozen=True)
class MeasureText:
    """The primary measure. Effects and limits are sizes in its unit, whichever way is better."""

    name: str
    unit: str
    direction: str
    baseline_value: float
    baseline_on: date
    target: float
    minimum_worthwhile_effect: float
    harm_limit: float
    design: str
    period: str
    baseline_periods: int
    pilot_periods: int


@dataclass(frozen=True)
class ReadingsText:
    """How invented readings vary, in the unit of the measure; the comparison sites are the same for every pilot."""

    seed: int
    between_sites: float
    noise: float
    carry_over: float
    shared: float
    missing: float
    lowest: float | None
    highest: float | None
    live_feed: bool
    comparison_sites: tuple[str, ...]


@dataclass(frozen=True)
class PilotText:
    """A pilot to simulate; `true_change` is what the solution really does to the measure (a minus lowers it).

    `more_periods` is by how much it is extended after its first result (0: not at all).
    """

    supplier: str
    true_change: float
    sites: tuple[str, ...]
    more_periods: int = 0


@dataclass(frozen=True)
class ResponseText:
    """A clause response: accepted or not, or for a graded clause the level claimed, with its evidence."""

    accepted: bool | None
    level: int | None
    evidence: str


@dataclass(frozen=True)
class SubmissionText:
    """A submission: answers by criterion, responses by clause, prices in whole pounds."""

    supplier: str
    answers: dict[str, str]
    responses: dict[str, ResponseText]
    pilot_price: int
    contract_price: int


@dataclass(frozen=True)
class FindingText:
    """A clause finding that differs from what the supplier claimed, or that needs its reason told."""

    supplier: str
    clause: str
    verdict: str
    grade: int | None
    rationale: str


@dataclass(frozen=True)
class MarkText:
    """A mark with its rationale."""

    mark: int
    rationale: str


@dataclass(frozen=True)
class AssessmentText:
    """What the assessors (by their keys) and then the chair gave one submission on one criterion."""

    supplier: str
    criterion: str
    marks: dict[str, MarkText]
    moderated: MarkText


@dataclass(frozen=True)
class ChallengeText:
    """One challenge of the demonstration; `invented` is the sentence that its pages print."""

    slug: str
    council: str
    theme: str
    phase: str
    conclusion: str
    route: str
    problem_owner: str
    invented: str
    source: SourceOfChallenge
    statement: StatementText
    money: MoneyText
    timetable: TimetableText
    clauses: AskedClauses
    criteria: tuple[CriterionText, ...]
    measure: MeasureText
    readings: ReadingsText | None
    pilots: tuple[PilotText, ...]
    submissions: tuple[SubmissionText, ...]
    findings: tuple[FindingText, ...]
    assessments: tuple[AssessmentText, ...]

    def quality_codes(self) -> tuple[str, ...]:
        """Codes of the criteria that people judge."""
        return tuple(criterion.code for criterion in self.criteria if criterion.kind == "quality")


@dataclass(frozen=True)
class Demonstration:
    """Everything that the demonstration is made from."""

    councils: tuple[CouncilText, ...]
    people: tuple[PersonText, ...]
    suppliers: tuple[SupplierText, ...]
    challenges: tuple[ChallengeText, ...]

    def panel(self, council: str) -> tuple[PersonText, ...]:
        """The chair and then the assessors of the panel of a council's challenge."""
        sitting = [person for person in self.people if person.council == council]
        return tuple(person for role in ("chair", "assessor") for person in sitting if person.role == role)
