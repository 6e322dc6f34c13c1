"""Step 4: a blind panel declares, marks and moderates; prices open; somebody who did not assess decides."""

from bs4 import BeautifulSoup
from django.utils.text import slugify

from assessment.models import InterestDeclaration, Ranking, Round, RoundState
from challenges.models import Challenge, Criterion, CriterionKind
from marketplace.journey.browser import Browser, SeenOtherwise
from marketplace.journey.firms import CANARY, FIRMS
from marketplace.journey.stage import Stage
from suppliers.models import PriceOffer, Submission, SubmissionState

CHAIR, ASSESSORS = "chair", ["assessor one", "assessor two", "assessor three"]
MARKS = {FIRMS[0].name: (5, 4), FIRMS[1].name: (4, 3), FIRMS[2].name: (3, 3), FIRMS[3].name: (4, 4)}


def name_panel(stage: Stage) -> str:
    """A panel without a second assessor is refused; then it is named and the round opens."""
    owner, slug = stage.browser("owner"), stage.seen["slug"]
    path = f"/workspace/challenges/{slug}/panel/"
    emails = {login["who"]: login["email"] for login in stage.people.logins}
    seats = {"chair": emails[CHAIR], "assessors": emails[ASSESSORS[0]]}
    owner.open_and_submit(path, seats).says("There is a problem")
    owner.open_and_submit(path, seats | {"assessors": "\n".join(emails[name] for name in ASSESSORS)})
    owner.open_and_submit(path, to="open")
    return f"a chair and {len(ASSESSORS)} assessors; one assessor alone was refused"


def declare(stage: Stage) -> str:
    """Nobody reads an answer before declaring; one assessor has an interest in one firm and is kept out of it."""
    slug = stage.seen["slug"]
    for name in [CHAIR, *ASSESSORS]:
        browser = stage.sign_in(name)
        browser.get(f"/assess/{slug}/").says_not(CANARY)
        browser.open_and_submit(f"/assess/{slug}/terms/", {"has_read": "on", "accepts": "on"})
        page = browser.open_and_submit(f"/assess/{slug}/interests/", {"interest": "none"})
        answers = dict.fromkeys(_radios(page.text), "none")
        if name == ASSESSORS[2]:
            answers |= _interest_in(FIRMS[2].name)
        browser.submit(browser.get(f"/assess/{slug}/interests/"), answers, to="suppliers")
    return f"4 declared; {ASSESSORS[2]} is kept out of {_pseudonym(FIRMS[2].name)}"


def mark(stage: Stage) -> str:
    """Every assessor marks alone, with a reason, and sees no name, price or other mark until all are in."""
    count = 0
    for name in ASSESSORS:
        browser = stage.browser(name)
        for submission in _unsealed():
            if name == ASSESSORS[2] and submission.supplier.name == FIRMS[2].name:
                continue
            count += _mark_one(stage, browser, name, submission)
    slug = stage.seen["slug"]
    for name in ASSESSORS:
        stage.browser(name).open_and_submit(f"/assess/{slug}/", to="submit")
    if Round.objects.get().state != RoundState.MODERATING:
        raise SeenOtherwise("The round did not go on to moderation when all marks were in.")
    stage.browser(ASSESSORS[0]).post(f"/assess/{slug}/submit/", expect=409)
    return f"{count} marks with reasons; blind to names and prices; handing in twice was refused"


def _mark_one(stage: Stage, browser: Browser, who: str, submission: Submission) -> int:
    slug = stage.seen["slug"]
    given = MARKS[submission.supplier.name]
    for criterion, mark_given in zip(_quality(), given, strict=True):
        path = f"/assess/{slug}/submissions/{slugify(submission.pseudonym)}/{criterion.code}/"
        page = browser.get(path).says(CANARY)
        for firm in FIRMS:
            page.says_not(firm.name).says_not(firm.contract_price)
        lower = 2 if who == ASSESSORS[1] and submission.supplier.name == FIRMS[0].name else 0
        reason = f"It says “begin in four streets”; {who} finds that {mark_given - lower} of 5."
        browser.submit(page, {"mark": str(mark_given - lower), "rationale": reason})
    return len(given)


def moderate(stage: Stage) -> str:
    """The chair gives moderated marks with a rationale, judges the clauses, and freezes quality."""
    chair, slug = stage.browser(CHAIR), stage.seen["slug"]
    for name in [CHAIR, *ASSESSORS]:
        stage.browser(name).open_and_submit(f"/assess/{slug}/", to="confirm")
    _rule_on_interest(chair, str(slug))
    for submission in _unsealed():
        pseudonym = slugify(submission.pseudonym)
        for criterion, given in zip(_quality(), MARKS[submission.supplier.name], strict=True):
            path = f"/assess/{slug}/moderation/{pseudonym}/{criterion.code}/"
            page = chair.get(path)
            there = [str(box["value"]) for box in page.soup.select("input[name=attended]")]
            words = {"mark": str(given), "rationale": "We discussed the passage and agreed.", "attended": there}
            chair.submit(page, words)
        page = chair.get(f"/assess/{slug}/clauses/{pseudonym}/")
        chair.submit(page, _findings(page.text, submission))
    path = f"/assess/{slug}/freeze/"
    chair.open_and_submit(path)
    chair.post(path, expect=409)
    refused = Submission.objects.get(state=SubmissionState.DISREGARDED)
    return f"quality is frozen once, a second freeze was refused; {refused.pseudonym}: {refused.disregard_reason}"


def _rule_on_interest(chair: Browser, slug: str) -> None:
    """The chair decides about the declared interest without learning whose answer it is about."""
    page = chair.get(f"/assess/{slug}/interests/decisions/")
    for firm in FIRMS:
        page.says_not(firm.name)
    row = InterestDeclaration.objects.get(has_interest=True)
    decided = {"ruling": "recused", "reason": "A sister at the firm is a conflict."}
    chair.open_and_submit(f"/assess/{slug}/interests/decisions/{row.pk}/", decided)


def open_prices(stage: Stage) -> str:
    """Two people open the prices of what was admitted; the disregarded price stays sealed; the result is exact."""
    path = f"/workspace/challenges/{stage.seen['slug']}/prices/"
    owner, lead = stage.browser("owner"), stage.browser("procurement_lead")
    owner.submit_and_confirm(path)
    lead.submit_and_confirm(path)
    opened = set(PriceOffer.objects.values_list("submission__supplier__name", flat=True))
    if opened != {firm.name for firm in FIRMS[:3]}:
        raise SeenOtherwise(f"The wrong prices were opened: {sorted(opened)}.")
    ranking = Ranking.objects.get()
    rows = [f"{row['rank']}. {row['id']} {row['total']}" for row in ranking.result["ranking"]]
    return f"{'; '.join(rows)}; hash {ranking.digest[:12]}; the disregarded price was never opened"


def decide(stage: Stage) -> str:
    """Whoever assessed may not decide; the procurement lead selects two for pilots."""
    slug = stage.seen["slug"]
    path = f"/workspace/challenges/{slug}/decision/"
    stage.browser(CHAIR).get(path, expect=403)
    lead = stage.browser("procurement_lead")
    lead.open_and_submit(f"{path}interests/", {"interest": "none"})
    page = lead.get(path)
    fields = {"reasons": "The two highest totals, within the published limit of two."}
    for row in Ranking.objects.get().result["ranking"]:
        key = slugify(str(row["id"]))
        if row["rank"] <= 2:
            fields[f"select-{key}"] = "on"
        fields[f"reason-{key}"] = f"Rank {row['rank']} with {row['total']}."
    lead.submit(page, fields)
    chosen = Submission.objects.filter(state=SubmissionState.SELECTED).order_by("pseudonym")
    challenge = Challenge.objects.get()
    if len(chosen) != 2 or challenge.state != "assessed":
        raise SeenOtherwise(f"Selected: {len(chosen)}; the challenge is {challenge.state}.")
    return f"the chair was refused (403); selected {', '.join(row.supplier.name for row in chosen)}"


def _quality() -> list[Criterion]:
    return list(Challenge.objects.get().criteria.filter(kind=CriterionKind.QUALITY))


def _unsealed() -> list[Submission]:
    return list(Submission.objects.arrived().select_related("supplier").order_by("pseudonym"))


def _pseudonym(firm: str) -> str:
    return Submission.objects.get(supplier__name=firm).pseudonym


def _radios(text: str) -> set[str]:
    return {str(field["name"]) for field in BeautifulSoup(text, "html.parser").select("main input[type=radio]")}


def _interest_in(firm: str) -> dict[str, str]:
    supplier = Submission.objects.get(supplier__name=firm).supplier_id
    return {f"interest-{supplier}": "interest", f"detail-{supplier}": "My sister works there."}


def _findings(text: str, submission: Submission) -> dict[str, str]:
    refuses = submission.supplier.name == FIRMS[3].name
    fields: dict[str, str] = {}
    for name in _radios(text):
        code = name.removeprefix("verdict-")
        if code == "OD-01":
            fields[name] = "not_met" if refuses else "met"
            fields[f"rationale-{code}"] = "It answers no." if refuses else "It answers yes."
    return fields


STEPS = [
    ("The panel is named", name_panel),
    ("It declares interests", declare),
    ("Assessors mark alone", mark),
    ("The chair moderates", moderate),
    ("Prices open, the result stands", open_prices),
    ("Somebody else decides", decide),
]
