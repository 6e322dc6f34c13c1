"""Step 3: small firms register, answer, submit; the deadline falls; nobody reads a word before two people unseal."""

import json
import subprocess
from dataclasses import dataclass

from django.conf import settings

from audit import clock
from challenges.models import Challenge
from marketplace.journey.browser import Browser, Seen, SeenOtherwise
from marketplace.journey.stage import Stage
from suppliers.models import Submission, SubmissionState

PASSWORD = "a-lantern-for-every-street"  # noqa: S105 - of people who exist for one journey
CANARY = "KINGFISHER-CANARY"
NOTHING_FOUND = 1
EXECUTABLE = b"MZ\x90\x00\x03" + b"\x00" * 200


@dataclass(frozen=True)
class Firm:
    """An invented firm of the journey, and how its answer goes."""

    name: str
    number: str
    size: str
    pilot_price: str
    contract_price: str
    accepts_data_clause: bool = True

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@{self.name.split()[-1].lower()}.example"


FIRMS = [
    Firm("Lanternwick Cycles", "00990001", "micro", "48000", "700000"),
    Firm("Gatehook Works", "00990002", "small", "60000", "560000"),
    Firm("Bollard and Daughters", "00990003", "small", "52000", "640000"),
    Firm("Closedbook Systems", "00990004", "medium", "20000", "300000", accepts_data_clause=False),
]
LATE = Firm("Tardygate Studio", "00990005", "micro", "50000", "600000")


def register(stage: Stage) -> str:
    """Each signs up with a verified address and names its firm; a wrong company number is told so."""
    for firm in [*FIRMS, LATE]:
        _register(stage, firm)
    return f"{len(FIRMS) + 1} firms; a second registration of {FIRMS[0].number} was refused"


def _register(stage: Stage, firm: Firm) -> None:
    browser = stage.browser(firm.name)
    signup = {"email": firm.email, "password1": PASSWORD, "password2": PASSWORD, "full_name": f"Kim of {firm.name}"}
    browser.open_and_submit("/accounts/signup/", signup, to="signup")
    browser.open_and_submit(stage.confirmation_link(firm.email))
    if not browser.get("/workspace/").path.startswith("/workspace/"):
        browser.sign_in(firm.email, PASSWORD)
    profile = {"name": firm.name, "company_number": firm.number, "size_class": firm.size, "region": "Exampleton"}
    browser.open_and_submit("/supplier/register/", profile | {"company_number": "12"}, expect=422)
    if firm is FIRMS[1]:
        browser.open_and_submit("/supplier/register/", profile | {"company_number": FIRMS[0].number}, expect=422)
    home = browser.open_and_submit("/supplier/register/", profile).says(firm.name)
    organisation = next(str(a["href"]) for a in home.soup.select("main a[href*='/organisations/']"))
    nothing = {"exclusion": "none", "debarment": "none"}
    browser.open_and_submit(f"{organisation}declarations/", nothing, to="declarations").says("Nothing applies")


def ask(stage: Stage) -> str:
    """A firm asks; the council answers; both are public at once, the asker behind a pseudonym."""
    slug, firm = stage.seen["slug"], FIRMS[0]
    question = "May a pilot use two streets that meet?"
    stage.browser(firm.name).open_and_submit(f"/challenges/{slug}/questions/", {"question": question}, to="questions")
    owner = stage.browser("owner")
    waiting = owner.get(f"/workspace/challenges/{slug}/questions/").says(question).says_not(firm.name)
    link = next(str(a["href"]) for a in waiting.soup.select("main a[href*='/questions/']") if a["href"][-2].isdigit())
    owner.open_and_submit(link, {"answer": "Yes, if each is measured on its own."}, to="questions")
    stage.browser("visitor").get(f"/challenges/{slug}/questions/").says("measured on its own").says_not(firm.name)
    return "asked and answered in public, the firm's name nowhere"


def answer(stage: Stage) -> str:
    """Drafts are saved section by section; what is missing is a complete list; a disguised executable is refused."""
    for firm in [*FIRMS, LATE]:
        home = _start(stage, firm)
        stage.seen[firm.name] = home
        if firm is FIRMS[0]:
            _bad_input(stage.browser(firm.name), home)
        _write(stage.browser(firm.name), home, firm)
    return f"{len(FIRMS) + 1} drafts; 600 words of 400 and an executable named .pdf were refused, the words kept"


def _start(stage: Stage, firm: Firm) -> str:
    browser = stage.browser(firm.name)
    seen = browser.get(f"/challenges/{stage.seen['slug']}/answer/")
    if "/supplier/submissions/" not in seen.path:
        seen = browser.submit(seen, to="answer")
    return seen.path


def _bad_input(browser: Browser, home: str) -> None:
    first = _sections(browser.get(home), "/answers/")[0]
    long = " ".join([CANARY] * 600)
    kept = browser.open_and_submit(first, {"text": long}, expect=422)
    if kept.text.count(CANARY) < 600:
        raise SeenOtherwise("The form did not keep the words it refused.")
    browser.get(f"{home}check/").says("Still missing")
    program = {"file": ("plan.pdf", EXECUTABLE, "application/pdf")}
    refused = browser.submit(browser.get(f"{home}files/"), to="files", files=program, expect=422)
    refused.says("plan.pdf")


def _write(browser: Browser, home: str, firm: Firm) -> None:
    page = browser.get(home)
    for path in _sections(page, "/answers/"):
        browser.open_and_submit(path, {"text": f"{CANARY} We would begin in four streets, with residents. " * 6})
    for path in _sections(page, "/clauses/"):
        _respond(browser, path, firm)
    prices = {"pilot": firm.pilot_price, "contract": firm.contract_price, "vat_treatment": "standard"}
    browser.open_and_submit(f"{home}price/", prices)
    notes = {"file": ("method.txt", f"{CANARY} How we count.".encode(), "text/plain")}
    browser.submit(browser.get(f"{home}files/"), to="files", files=notes).says("method.txt")


def _respond(browser: Browser, path: str, firm: Firm) -> None:
    page = browser.get(path)
    if page.soup.select_one("main form") is None:
        return  # a clause that is due only later can be read now, not answered
    graded = page.soup.select_one("input[name=level]") is not None
    accepts = "yes" if firm.accepts_data_clause or "OD-01" not in path else "no"
    response = {"level": "3"} if graded else {"accepted": accepts}
    browser.submit(page, response | {"text": f"{CANARY} Our last two projects did so."})


def submit(stage: Stage) -> str:
    """Each firm submits and gets a signed receipt; the same POST again gives the same receipt."""
    hashes = []
    for firm in FIRMS:
        browser, home = stage.browser(firm.name), str(stage.seen[firm.name])
        page = browser.get(f"{home}check/").says("Nothing is missing")
        seen = browser.submit(page, {"accepts_terms": "on"}, to="submit")
        again = browser.submit(page, {"accepts_terms": "on"}, to="submit")
        first, second = (browser.get(f"{home}receipt.json").response.json() for _ in (seen, again))
        if first != second:
            raise SeenOtherwise("The same POST gave another receipt.")
        _verify(stage.browser("visitor"), first)
        stage.seen[f"receipt of {firm.name}"] = first
        hashes.append(first["sha256"][:8])
    return f"{len(FIRMS)} receipts, each verified by a visitor: {', '.join(hashes)}"


def _verify(visitor: Browser, receipt: dict[str, str]) -> None:
    text = json.dumps(receipt)
    visitor.open_and_submit("/receipts/verify/", {"text": text})
    forged = json.dumps(receipt | {"sha256": "0" * 64})
    visitor.open_and_submit("/receipts/verify/", {"text": forged}, expect=422).says("not valid")


def nobody_reads(stage: Stage) -> str:
    """Before unsealing: officers see counts alone, and no text of any answer lies anywhere in the data folder."""
    slug = stage.seen["slug"]
    for name in ("owner", "procurement_lead"):
        page = stage.browser(name).get(f"/workspace/challenges/{slug}/unseal/")
        for firm in FIRMS:
            page.says_not(firm.name).says_not(CANARY)
    stage.browser("owner").get(str(stage.seen[FIRMS[0].name]), expect=404)
    stage.browser(FIRMS[1].name).get(str(stage.seen[FIRMS[0].name]), expect=404)
    # Another process looks: SQLite's locks are lost when this one opens and closes the database's files itself.
    looked = subprocess.run(  # noqa: S603 - fixed arguments
        ["/bin/grep", "-rlF", CANARY, str(settings.DATA_DIR)], capture_output=True, text=True, check=False
    )
    if looked.returncode != NOTHING_FOUND:
        raise SeenOtherwise(f"Sealed words lie in plain text: {looked.stdout}{looked.stderr}")
    return "another firm and both officers: 404; no file of the data folder holds a plain word of any answer"


def deadline(stage: Stage) -> str:
    """The deadline falls while the worker is dead: the late POST is refused, and the draft is kept."""
    challenge = Challenge.objects.get()
    late, home = stage.browser(LATE.name), str(stage.seen[LATE.name])
    page = late.get(f"{home}check/").says("Nothing is missing")
    stage.services.worker.kill()
    if challenge.closes_at is None:
        raise SeenOtherwise("The challenge has no deadline.")
    stage.move_clock_to(challenge.closes_at)
    late.submit(page, {"accepts_terms": "on"}, to="submit", expect=409)
    draft = Submission.objects.get(supplier__name=LATE.name)
    if draft.state != SubmissionState.DRAFT or draft.draft_box is None:
        raise SeenOtherwise("The late draft was not kept as a draft.")
    late.get(home).says(challenge.title)
    return f"refused at {clock.now():%d %B %H:%M:%S} UTC with the worker killed; the draft is still there"


def unseal(stage: Stage) -> str:
    """One person is not enough, twice the same is not two; the second officer's consent unseals."""
    path = f"/workspace/challenges/{stage.seen['slug']}/unseal/"
    owner, lead = stage.browser("owner"), stage.browser("procurement_lead")
    owner.submit_and_confirm(path, to="unseal")
    owner.post(path, expect=409)
    seen = lead.submit_and_confirm(path, to="unseal")
    unsealed = Submission.objects.filter(challenge=Challenge.objects.get()).arrived()
    if sorted(row.content_sha256 for row in unsealed) != sorted(_hashes(stage)):
        raise SeenOtherwise("What was unsealed is not what the receipts say.")
    late = Submission.objects.get(supplier__name=LATE.name)
    if late.state != SubmissionState.DRAFT:
        raise SeenOtherwise("A draft was unsealed.")
    names = sorted(row.pseudonym for row in unsealed)
    return f"“{seen.heading()}”: {len(names)} unsealed with the receipts' hashes, as {', '.join(names)}"


def _hashes(stage: Stage) -> list[str]:
    receipts = [stage.seen[f"receipt of {firm.name}"] for firm in FIRMS]
    return [receipt["sha256"] for receipt in receipts if isinstance(receipt, dict)]


def _sections(page: Seen, part: str) -> list[str]:
    """The parts of an answer that are written now; clauses that are due later can only be read."""
    links = page.soup.select("main .pf-tasks:not([aria-label='Clauses due later']) a[href]")
    return [str(a["href"]) for a in links if part in str(a["href"])]


STEPS = [
    ("Firms register", register),
    ("A firm asks, the council answers", ask),
    ("Firms write their answers", answer),
    ("They submit and get receipts", submit),
    ("Nobody can read them", nobody_reads),
    ("The deadline falls", deadline),
    ("Two people unseal", unseal),
]
