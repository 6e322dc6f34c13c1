"""Whether the demonstration's records fit together: each check yields plain sentences, none means all is well.

Pure: no Django.
"""

import re
from collections.abc import Iterator

from clauses.reading import ClauseText, Library
from clauses.tables import repeated, words_in
from marketplace.demonstration.shapes import (
    AssessmentText,
    ChallengeText,
    Demonstration,
    SubmissionText,
    SupplierText,
)

STATEMENT_WORDS = (250, 400)
ANSWER_WORDS = (60, 120)
SUBMISSIONS = (3, 4)
DAYS = {"day": 1, "week": 7}
SUBMITTED = ("open", "assessing", "piloting", "concluded")
ASSESSED = ("piloting", "concluded")
# Words that name a solution where an outcome belongs.
SOLUTION_WORDS = re.compile(
    r"\b(apps?|sensors?|platforms?|blockchain|dashboards?|software|portals?|AI|IoT|machine learning)\b"
)


def judge(demonstration: Demonstration, library: Library) -> list[str]:
    """Return every fault of the whole demonstration, one sentence each."""
    faults = list(_unique_names(demonstration))
    for challenge in demonstration.challenges:
        checks = (
            _people(challenge, demonstration),
            _statement(challenge),
            _dates(challenge),
            _criteria(challenge),
            _measure(challenge),
            _clauses(challenge, library),
            _submissions(challenge, demonstration, library),
            _assessments(challenge, demonstration),
            _pilots(challenge),
        )
        faults += [f"{challenge.slug}: {fault}" for check in checks for fault in check]
    return faults


def _unique_names(demonstration: Demonstration) -> Iterator[str]:
    addresses = [person.email for person in demonstration.people]
    addresses += [member.email for supplier in demonstration.suppliers for member in supplier.people]
    named = {
        "council": [council.slug for council in demonstration.councils],
        "council identifier": [council.identifier for council in demonstration.councils],
        "person": [person.key for person in demonstration.people],
        "supplier": [supplier.slug for supplier in demonstration.suppliers],
        "company number": [supplier.company_number for supplier in demonstration.suppliers],
        "e-mail address": addresses,
        "challenge": [challenge.slug for challenge in demonstration.challenges],
    }
    for what, values in named.items():
        for value in repeated(values):
            yield f"The {what} “{value}” occurs more than once."
    for email in addresses:
        if not email.endswith(".example"):
            yield f"The e-mail address “{email}” must end in .example, which nobody can own."
    for supplier in demonstration.suppliers:
        yield from _supplier(supplier)


def _supplier(supplier: SupplierText) -> Iterator[str]:
    if not re.fullmatch(r"99\d{6}", supplier.company_number):
        yield f"{supplier.slug}: the company number must be 8 digits beginning with 99, which no real firm has."
    if [person.role for person in supplier.people] != ["admin", "member"]:
        yield f"{supplier.slug}: needs one admin and one member."


def _people(challenge: ChallengeText, demonstration: Demonstration) -> Iterator[str]:
    if challenge.council not in [council.slug for council in demonstration.councils]:
        yield f"the council “{challenge.council}” is unknown."
    roles = {person.key: person.role for person in demonstration.people if person.council == challenge.council}
    if roles.get(challenge.problem_owner) != "owner":
        yield f"“{challenge.problem_owner}” is not a problem owner of this council."
    sitting = [person.role for person in demonstration.panel(challenge.council)]
    if sitting != ["chair", "assessor", "assessor", "assessor"]:
        yield "the panel needs one chair and three assessors."


def _statement(challenge: ChallengeText) -> Iterator[str]:
    statement = challenge.statement
    words = sum(words_in(text) for text in statement.texts())
    low, high = STATEMENT_WORDS
    if not low <= words <= high:
        yield f"the problem statement has {words} words; it needs {low} to {high}."
    if not statement.aim.startswith("The aim of this challenge is "):
        yield "the aim must begin with “The aim of this challenge is”."
    for word in SOLUTION_WORDS.findall(" ".join(statement.texts())):
        yield f"the problem statement names a solution: “{word}”."
    if not challenge.source.name.startswith("Adapted from "):
        yield "the source's name must begin with “Adapted from”."
    if {number.invented for number in statement.numbers} != {True, False}:
        yield "needs at least one number of ours and one of the source."


def _dates(challenge: ChallengeText) -> Iterator[str]:
    at = challenge.timetable
    if not at.published <= at.opens < at.questions_close <= at.answers_due < at.closes < at.pilot_starts:
        yield "the dates are out of order."
    days = challenge.measure.pilot_periods * DAYS[challenge.measure.period]
    if at.pilot_ends - at.pilot_starts != days:
        yield f"the pilot lasts {at.pilot_ends - at.pilot_starts} days, but its periods make {days}."
    now = {
        "upcoming": at.published <= 0 < at.opens,
        "open": at.opens <= 0 < at.closes,
        "assessing": at.closes < 0 < at.pilot_starts,
        "piloting": at.pilot_starts < 0 < at.pilot_ends,
        "concluded": at.pilot_ends < 0,
    }
    if not now[challenge.phase]:
        yield f"the dates do not fit the phase “{challenge.phase}”."
    if (challenge.phase == "concluded") != bool(challenge.conclusion):
        yield "a conclusion belongs to a concluded challenge, and to no other."


def _criteria(challenge: ChallengeText) -> Iterator[str]:
    total = sum(criterion.weight for criterion in challenge.criteria)
    if total != 100:
        yield f"the weights total {total}, not 100."
    for code in repeated([criterion.code for criterion in challenge.criteria]):
        yield f"the criterion “{code}” occurs more than once."
    if [criterion.kind for criterion in challenge.criteria].count("price") != 1:
        yield "needs exactly one price criterion."
    for criterion in challenge.criteria:
        if not (criterion.weight > 0 and 0 <= criterion.threshold <= criterion.maximum):
            yield f"the weight or threshold of “{criterion.code}” is out of range."
        if (criterion.kind == "price") != bool(criterion.formula):
            yield f"“{criterion.code}”: a formula belongs to the price, and to nothing else."


def _measure(challenge: ChallengeText) -> Iterator[str]:
    measure = challenge.measure
    wanted = measure.target - measure.baseline_value
    gain = wanted if measure.direction == "increase" else -wanted
    if not 0 < measure.minimum_worthwhile_effect <= gain:
        yield "the target must be better than the baseline by the minimum worthwhile effect or more."
    if measure.harm_limit <= 0:
        yield "the harm limit must be above 0."


def asked_at_submission(challenge: ChallengeText, clauses: dict[str, ClauseText]) -> tuple[str, ...]:
    """Return the codes of the clauses that a supplier answers when submitting."""
    asked = (*challenge.clauses.mandatory, *challenge.clauses.graded)
    return tuple(code for code in asked if code in clauses and clauses[code].due == "bid")


def _clauses(challenge: ChallengeText, library: Library) -> Iterator[str]:
    asked = challenge.clauses
    chosen = [chosen.codes for chosen in library.sets if chosen.code == asked.set]
    if not chosen:
        yield f"the clause set “{asked.set}” is unknown."
    for code in repeated((*asked.mandatory, *asked.graded)):
        yield f"the clause {code} is asked more than once."
    for code in (*asked.mandatory, *asked.graded):
        clause = library.by_code().get(code)
        if clause is None:
            yield f"the clause {code} is not in the library."
            continue
        if clause.is_mandatory != (code in asked.mandatory):
            yield f"the clause {code} is {clause.mode} in the library."
        if clause.applies_when not in ("always", *asked.circumstances):
            yield f"the clause {code} applies only when “{clause.applies_when}”."
        if chosen and code not in chosen[0]:
            yield f"the clause {code} is not in the set “{asked.set}”."


def _submissions(challenge: ChallengeText, demonstration: Demonstration, library: Library) -> Iterator[str]:
    low, high = SUBMISSIONS if challenge.phase in SUBMITTED else (0, 0)
    if not low <= len(challenge.submissions) <= high:
        yield f"has {len(challenge.submissions)} submissions; the phase “{challenge.phase}” needs {low} to {high}."
    for slug in repeated([submission.supplier for submission in challenge.submissions]):
        yield f"{slug} has more than one submission."
    suppliers = {supplier.slug: supplier for supplier in demonstration.suppliers}
    for submission in challenge.submissions:
        if submission.supplier not in suppliers:
            yield f"the supplier “{submission.supplier}” is unknown."
            continue
        checks = (
            _answers(submission, challenge, suppliers[submission.supplier].short_name),
            _responses(submission, challenge, library.by_code()),
        )
        yield from (f"{submission.supplier}: {fault}" for check in checks for fault in check)


def _answers(submission: SubmissionText, challenge: ChallengeText, name: str) -> Iterator[str]:
    if set(submission.answers) != set(challenge.quality_codes()):
        yield f"answers {', '.join(submission.answers)}, but the criteria are {', '.join(challenge.quality_codes())}."
    low, high = ANSWER_WORDS
    for code, text in submission.answers.items():
        if not low <= words_in(text) <= high:
            yield f"the answer to “{code}” has {words_in(text)} words; it needs {low} to {high}."
        if name.casefold() in text.casefold():
            yield f"the answer to “{code}” names the supplier."
    if not 0 < submission.pilot_price <= challenge.money.pilot_budget:
        yield "the pilot's price is not within the pilot budget."
    if not 0 < submission.contract_price <= challenge.money.contract_ceiling:
        yield "the contract's price is not within the ceiling."


def _responses(submission: SubmissionText, challenge: ChallengeText, clauses: dict[str, ClauseText]) -> Iterator[str]:
    asked = asked_at_submission(challenge, clauses)
    for code in asked:
        if code not in submission.responses:
            yield f"no response to {code}."
    for code, response in submission.responses.items():
        if code not in asked:
            yield f"responds to {code}, which is not asked at submission."
        elif (clauses[code].response_type == "graded") != (response.level is not None):
            yield f"the response to {code} must be {'a level' if response.level is None else 'yes or no'}."
        elif response.level is not None and not 0 <= response.level <= 4:
            yield f"the level for {code} must be 0 to 4."


def _assessments(challenge: ChallengeText, demonstration: Demonstration) -> Iterator[str]:
    suppliers = [submission.supplier for submission in challenge.submissions]
    wanted = {(supplier, code) for supplier in suppliers for code in challenge.quality_codes()}
    found = [(item.supplier, item.criterion) for item in challenge.assessments]
    if set(found) != (wanted if challenge.phase in ASSESSED else set()) or len(found) != len(set(found)):
        yield f"the assessments do not cover each submission and criterion once, as “{challenge.phase}” needs."
    assessors = {person.key for person in demonstration.panel(challenge.council) if person.role == "assessor"}
    for item in challenge.assessments:
        yield from _marks(item, assessors, challenge)
    for finding in challenge.findings:
        if finding.supplier not in suppliers:
            yield f"a finding names “{finding.supplier}”, which did not submit."
        if finding.clause not in (*challenge.clauses.mandatory, *challenge.clauses.graded):
            yield f"a finding names {finding.clause}, which is not asked."


def _marks(item: AssessmentText, assessors: set[str], challenge: ChallengeText) -> Iterator[str]:
    place = f"{item.supplier} on “{item.criterion}”"
    if set(item.marks) != assessors:
        yield f"{place}: marks are needed from {', '.join(sorted(assessors))}."
    maximum = {criterion.code: criterion.maximum for criterion in challenge.criteria}.get(item.criterion, 0)
    for mark in (*item.marks.values(), item.moderated):
        if not 0 <= mark.mark <= maximum:
            yield f"{place}: the mark {mark.mark} is not within 0 to {maximum}."


def _pilots(challenge: ChallengeText) -> Iterator[str]:
    if (challenge.phase in ASSESSED) != bool(challenge.pilots and challenge.readings):
        yield "pilots and readings belong to a challenge that is piloting or concluded, and to no other."
    if len(challenge.pilots) > challenge.money.max_pilots:
        yield f"has {len(challenge.pilots)} pilots, but at most {challenge.money.max_pilots} are allowed."
    submitted = [submission.supplier for submission in challenge.submissions]
    for pilot in challenge.pilots:
        if pilot.supplier not in submitted:
            yield f"the pilot of “{pilot.supplier}” follows from no submission."
    comparison = challenge.readings.comparison_sites if challenge.readings else ()
    for site in repeated([*comparison, *(site for pilot in challenge.pilots for site in pilot.sites)]):
        yield f"the site “{site}” is used more than once."
    if any(len(sites) < 5 for sites in (*(pilot.sites for pilot in challenge.pilots), comparison) if sites):
        yield "each arm needs at least five sites."
