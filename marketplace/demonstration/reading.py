"""Reads the demonstration from its TOML files into records, and refuses with every fault at once.

Pure: no Django. `read_demonstration(folder, library)` needs the clause library, because challenges ask its clauses.
"""

from datetime import date
from pathlib import Path

from clauses.reading import Library
from clauses.tables import Faults, Table, load_toml
from marketplace.demonstration.judging import judge
from marketplace.demonstration.shapes import (
    AskedClauses,
    AssessmentText,
    CertificateText,
    ChallengeText,
    CouncilText,
    CriterionText,
    Demonstration,
    FindingText,
    MarkText,
    MeasureText,
    MemberText,
    MoneyText,
    NumberText,
    PersonText,
    PilotText,
    ReadingsText,
    ResponseText,
    SourceOfChallenge,
    StatementText,
    SubmissionText,
    SupplierText,
    TimetableText,
)

NATIONS = ("england", "scotland", "wales", "northern_ireland")
ROLES = ("owner", "procurement_lead", "pilot_manager", "auditor", "chair", "assessor")
SIZES = ("micro", "small", "medium")
THEMES = ("streets", "mobility", "environment", "care", "culture", "economy", "council")
PHASES = ("upcoming", "open", "assessing", "piloting", "concluded")
DESIGNS = ("matched_comparison", "randomised_comparison", "one_series", "before_after")
Scales = dict[str, tuple[str, ...]]


class DemonstrationError(ValueError):
    """The demonstration cannot be used; `faults` lists every reason, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("The demonstration cannot be read:\n" + "\n".join(f"- {fault}" for fault in faults))


def read_demonstration(folder: Path, library: Library) -> Demonstration:
    """Read councils, people, suppliers and challenges; raise `DemonstrationError` with all faults found."""
    faults = Faults()
    scales = _read_scales(load_toml(folder / "scales.toml", faults))
    paths = sorted((folder / "challenges").glob("*.toml"))
    demonstration = Demonstration(
        councils=tuple(_read_council(*row) for row in _rows(folder / "councils.toml", "councils", "slug", faults)),
        people=tuple(_read_person(*row) for row in _rows(folder / "people.toml", "people", "key", faults)),
        suppliers=tuple(_read_supplier(*row) for row in _rows(folder / "suppliers.toml", "suppliers", "slug", faults)),
        challenges=tuple(_read_challenge(load_toml(path, faults), scales) for path in paths),
    )
    # Cross-checks on half-read records would only repeat what is already said.
    found = list(faults) or judge(demonstration, library)
    if found:
        raise DemonstrationError(found)
    return demonstration


def _rows(path: Path, key: str, named_by: str, faults: Faults) -> list[tuple[Table, str]]:
    table = load_toml(path, faults)
    if not table.data:
        return []
    _must_be_marked(table)
    notice = table.text("notice")
    rows = [(row, notice) for row in table.tables(key, named_by)]
    table.finish()
    return rows


def _must_be_marked(table: Table) -> None:
    if not table.flag("demonstration"):
        table.fault("must say “demonstration = true”: everything here is invented.")


def _read_scales(table: Table) -> Scales:
    scales: Scales = {}
    for name, scale in table.entries("scales").items():
        scales[name] = tuple(scale.text(str(mark)) for mark in range(6))
        scale.finish()
    table.finish()
    return scales


def _read_council(table: Table, notice: str) -> CouncilText:
    council = CouncilText(
        slug=table.text("slug"),
        name=table.text("name"),
        nation=table.one_of("nation", NATIONS),
        identifier_scheme=table.text("identifier_scheme"),
        identifier=table.text("identifier"),
        email=table.text("email"),
        about=table.text("about"),
        notice=notice,
    )
    table.finish()
    return council


def _read_person(table: Table, notice: str) -> PersonText:
    person = PersonText(
        key=table.text("key"),
        name=table.text("name"),
        email=table.text("email"),
        council=table.text("council"),
        role=table.one_of("role", ROLES),
        notice=notice,
    )
    table.finish()
    return person


def _read_supplier(table: Table, notice: str) -> SupplierText:
    supplier = SupplierText(
        slug=table.text("slug"),
        name=table.text("name"),
        company_number=table.text("company_number"),
        size=table.one_of("size", SIZES),
        vcse=table.flag("vcse"),
        region=table.text("region"),
        description=table.text("description"),
        people=tuple(_read_member(row) for row in table.tables("people", "name")),
        notice=notice,
        insurance_held=table.text("insurance_held", ""),
        shows=table.texts("shows", []),
        certificates=tuple(_read_certificate(row) for row in table.tables("certificates", "number", required=False)),
    )
    table.finish()
    return supplier


def _read_certificate(table: Table) -> CertificateText:
    certificate = CertificateText(table.text("scheme"), table.text("number"), table.whole("expires_in_days"))
    table.finish()
    return certificate


def _read_member(table: Table) -> MemberText:
    member = MemberText(table.text("name"), table.text("email"), table.one_of("role", ("admin", "member")))
    table.finish()
    return member


def _read_challenge(table: Table, scales: Scales) -> ChallengeText:
    _must_be_marked(table)
    challenge = ChallengeText(
        slug=table.text("slug"),
        council=table.text("council"),
        theme=table.one_of("theme", THEMES),
        phase=table.one_of("phase", PHASES),
        conclusion=table.one_of("conclusion", ("awarded", "no_award"), ""),
        route=table.one_of("route", ("A", "B", "C")),
        problem_owner=table.text("problem_owner"),
        invented=table.text("invented"),
        source=_read_source(table.table("source")),
        statement=_read_statement(table.table("statement")),
        money=_read_money(table.table("money")),
        timetable=_read_timetable(table.table("timetable")),
        clauses=_read_clauses(table.table("clauses")),
        criteria=tuple(_read_criterion(row, scales) for row in table.tables("criteria", "code")),
        measure=_read_measure(table.table("measure")),
        readings=_read_readings(table.table("readings")) if "readings" in table.data else None,
        pilots=tuple(_read_pilot(row) for row in table.tables("pilots", "supplier", required=False)),
        submissions=tuple(_read_submission(row) for row in table.tables("submissions", "supplier", required=False)),
        findings=tuple(_read_finding(row) for row in table.tables("findings", "supplier", required=False)),
        assessments=tuple(_read_assessment(row) for row in table.tables("assessments", "supplier", required=False)),
    )
    table.finish()
    return challenge


def _read_source(table: Table) -> SourceOfChallenge:
    source = SourceOfChallenge(table.texts("ids"), table.text("name"), table.texts("urls"))
    table.finish()
    return source


def _read_statement(table: Table) -> StatementText:
    statement = StatementText(
        title=table.text("title"),
        strapline=table.text("strapline"),
        why_it_matters=table.text("why_it_matters"),
        numbers=tuple(_read_number(row) for row in table.tables("numbers", "label")),
        response_now=table.text("response_now"),
        falls_short=table.text("falls_short"),
        aim=table.text("aim"),
        good_answer=table.texts("good_answer"),
        if_it_works=table.text("if_it_works"),
    )
    table.finish()
    return statement


def _read_number(table: Table) -> NumberText:
    number = NumberText(
        label=table.text("label"),
        value=table.number("value"),
        unit=table.text("unit"),
        on=table.value("on", (date, int), None, "a date or a year") or 0,
        source=table.text("source"),
        invented=table.flag("invented"),
    )
    table.finish()
    return number


def _read_money(table: Table) -> MoneyText:
    money = MoneyText(
        currency=table.one_of("currency", ("GBP",)),
        pilot_budget=table.whole("pilot_budget"),
        contract_ceiling=table.whole("contract_ceiling"),
        max_pilots=table.whole("max_pilots"),
        budget_line=table.text("budget_line"),
    )
    table.finish()
    return money


def _read_timetable(table: Table) -> TimetableText:
    timetable = TimetableText(
        published=table.whole("published"),
        opens=table.whole("opens"),
        questions_close=table.whole("questions_close"),
        answers_due=table.whole("answers_due"),
        closes=table.whole("closes"),
        pilot_starts=table.whole("pilot_starts"),
        pilot_ends=table.whole("pilot_ends"),
    )
    table.finish()
    return timetable


def _read_clauses(table: Table) -> AskedClauses:
    asked = AskedClauses(
        table.text("set"), table.texts("circumstances"), table.texts("mandatory"), table.texts("graded")
    )
    table.finish()
    return asked


def _read_criterion(table: Table, scales: Scales) -> CriterionText:
    criterion = CriterionText(
        code=table.text("code"),
        name=table.text("name"),
        description=table.text("description"),
        kind=table.one_of("kind", ("quality", "price")),
        formula=table.one_of("formula", ("relative",), ""),
        weight=table.whole("weight"),
        maximum=table.whole("maximum"),
        threshold=table.whole("threshold"),
        descriptors=scales.get(table.one_of("scale", tuple(scales)), ()),
    )
    table.finish()
    return criterion


def _read_measure(table: Table) -> MeasureText:
    measure = MeasureText(
        name=table.text("name"),
        unit=table.text("unit"),
        direction=table.one_of("direction", ("increase", "decrease")),
        baseline_value=table.number("baseline_value"),
        baseline_on=table.value("baseline_on", date, None, "a date") or date.min,
        target=table.number("target"),
        minimum_worthwhile_effect=table.number("minimum_worthwhile_effect"),
        harm_limit=table.number("harm_limit"),
        design=table.one_of("design", DESIGNS),
        period=table.one_of("period", ("day", "week")),
        baseline_periods=table.whole("baseline_periods"),
        pilot_periods=table.whole("pilot_periods"),
    )
    table.finish()
    return measure


def _read_readings(table: Table) -> ReadingsText:
    readings = ReadingsText(
        seed=table.whole("seed"),
        between_sites=table.number("between_sites"),
        noise=table.number("noise"),
        carry_over=table.number("carry_over"),
        shared=table.number("shared"),
        missing=table.number("missing"),
        lowest=table.number("lowest") if "lowest" in table.data else None,
        highest=table.number("highest") if "highest" in table.data else None,
        live_feed=table.flag("live_feed", False),
        comparison_sites=table.texts("comparison_sites"),
    )
    table.finish()
    return readings


def _read_pilot(table: Table) -> PilotText:
    pilot = PilotText(
        table.text("supplier"), table.number("true_change"), table.texts("sites"), table.whole("more_periods", 0)
    )
    table.finish()
    return pilot


def _read_submission(table: Table) -> SubmissionText:
    answers = table.table("answers")
    submission = SubmissionText(
        supplier=table.text("supplier"),
        answers={code: answers.text(code) for code in answers.data},
        responses={code: _read_response(row) for code, row in table.entries("responses").items()},
        pilot_price=table.whole("pilot_price"),
        contract_price=table.whole("contract_price"),
    )
    table.finish()
    return submission


def _read_response(table: Table) -> ResponseText:
    answer = table.one_of("answer", ("yes", "no"), "")
    level = table.whole("level") if "level" in table.data else None
    if bool(answer) == (level is not None):
        table.fault("needs either an answer (yes or no) or a level.")
    response = ResponseText({"yes": True, "no": False}.get(answer), level, table.text("evidence"))
    table.finish()
    return response


def _read_finding(table: Table) -> FindingText:
    finding = FindingText(
        supplier=table.text("supplier"),
        clause=table.text("clause"),
        verdict=table.one_of("verdict", ("met", "not_met")),
        grade=table.whole("grade") if "grade" in table.data else None,
        rationale=table.text("rationale"),
    )
    table.finish()
    return finding


def _read_assessment(table: Table) -> AssessmentText:
    assessment = AssessmentText(
        supplier=table.text("supplier"),
        criterion=table.text("criterion"),
        marks={key: _read_mark(row) for key, row in table.entries("marks").items()},
        moderated=_read_mark(table.table("moderated")),
    )
    table.finish()
    return assessment


def _read_mark(table: Table) -> MarkText:
    mark = MarkText(table.whole("mark"), table.text("rationale"))
    table.finish()
    return mark
