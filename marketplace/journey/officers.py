"""Steps 1 and 2: the officers write, the procurement lead approves, the public reads."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from audit import clock
from challenges.models import Challenge
from cms.models import ChallengePage
from marketplace.journey.browser import SeenOtherwise
from marketplace.journey.stage import Stage

LONDON = ZoneInfo("Europe/London")
TITLE = "Far fewer bicycles are stolen, so more people cycle"
STORY = {
    "title": TITLE,
    "strapline": "Residents can leave a bicycle in the street and find it again.",
    "why_it_matters": "Three in ten residents who gave up cycling say that a theft was why. It is worst for people "
    "who have no yard or shed, and for those who need their bicycle to get to work.",
    "response_now": "Police register bicycles and we lend out engraving kits.",
    "falls_short": "Few people register, and a registered bicycle is stolen as easily as any other.",
    "aim": "The aim of this challenge is to bring thefts in the worst streets down by at least one in five.",
    "if_it_works": "We award one contract for all 40 streets for up to three years, within the ceiling shown above.",
}
CRITERIA: list[dict[str, Any]] = [
    {"name": "How far thefts would fall", "kind": "quality", "weight": "45", "threshold": "2", "word_limit": "400"},
    {"name": "Running the pilot", "kind": "quality", "weight": "25", "threshold": "", "word_limit": "400"},
    {"name": "Price", "kind": "price", "weight": "30", "threshold": "", "word_limit": "400"},
]
PRICE_RULE = {"price-formula": "fixed", "price-optimal_price": "400000", "price-maximum_price": "960000"}
MEASURE = {
    "role": "primary", "name": "Bicycles reported stolen", "unit": "thefts a week per street", "direction": "decrease",
    "baseline_value": "10", "baseline_on": "2026-06-30", "target_value": "7", "minimum_worthwhile_effect": "1",
    "harm_limit": "0.5", "design": "matched_comparison", "period": "week",
}  # fmt: skip
CLAUSES = ["OD-01", "OD-02", "OD-05", "SE-02", "SE-03"]


def start_challenge(stage: Stage) -> str:
    """The owner signs in with a second factor and starts a draft; nobody outside the council sees it."""
    owner = stage.sign_in("owner")
    desk = owner.get("/workspace/").says("Your work")
    page = owner.submit(owner.get("/workspace/challenges/new/"), {"title": TITLE})
    challenge = Challenge.objects.get()
    stage.seen["slug"] = challenge.slug
    stage.browser("visitor").get(f"/challenges/{challenge.slug}/", expect=404)
    return f"“{desk.heading()}”, then a draft with {page.soup.select('.pf-tasks__item').__len__()} tasks; 404 in public"


def write_statement(stage: Stage) -> str:
    """The problem statement in the Wagtail editor, numbers and points as blocks."""
    owner = stage.browser("owner")
    page_id = ChallengePage.objects.get().pk
    path = f"/cms/pages/{page_id}/edit/"
    seen = owner.open_and_submit(path, STORY | _story(), to="#page-edit-form")
    challenge = Challenge.objects.get()
    if challenge.strapline != STORY["strapline"]:
        raise SeenOtherwise(f"The editor did not save the statement: {seen.complaints()}")
    return f"saved “{challenge.strapline}” with 2 numbers"


def fill_short_forms(stage: Stage) -> str:
    """Money, dates, criteria, clauses, measures: wrong input first, each with its own sentence."""
    owner, base = stage.browser("owner"), f"/workspace/challenges/{stage.seen['slug']}"
    owner.open_and_submit(f"{base}/procedure/", {
        "theme": "mobility", "route": "A", "budget_line": "HW-2026-031", "pilot_budget": "60000",
        "contract_ceiling": "900000", "max_pilots": "2", "pilot_weeks": "8",
    })  # fmt: skip
    dates = _dates()
    owner.open_and_submit(f"{base}/timetable/", dates | {"closes_at": dates["opens_at"]}, expect=422).says(
        "The call must close after answers are due."
    )
    owner.open_and_submit(f"{base}/timetable/", dates)
    wrong = _rows(CRITERIA) | {"form-0-weight": "40"}
    owner.open_and_submit(f"{base}/criteria/", wrong, expect=422).says("The weights total 95, not 100")
    upside_down = PRICE_RULE | {"price-optimal_price": "970000"}
    owner.open_and_submit(f"{base}/criteria/", _rows(CRITERIA) | upside_down, expect=422).says(
        "The price that gets none must be higher than the one that gets all."
    )
    owner.open_and_submit(f"{base}/criteria/", _rows(CRITERIA) | PRICE_RULE)
    owner.open_and_submit(f"{base}/clauses/", {"codes": CLAUSES})
    owner.open_and_submit(f"{base}/measures/", _rows([MEASURE]))
    left = owner.get(f"{base}/").words.count("To do")
    return f"weights of 95 and a call closing before answers are due were refused (422); {left} task left"


def approve(stage: Stage) -> str:
    """Owner and lead declare their interests first. The owner asks and may not approve; the lead approves both."""
    owner, lead, slug = stage.browser("owner"), stage.sign_in("procurement_lead"), stage.seen["slug"]
    path = f"/workspace/challenges/{slug}/approval/"
    owner.post(f"{path}ask/", expect=409).says("Interests in this procurement are still to be declared by")
    for officer in (owner, lead):
        officer.open_and_submit(f"/workspace/challenges/{slug}/officers/", {"interest": "none", "detail": ""})
    owner.open_and_submit(path, to="ask")
    owner.post(f"{path}approve/", expect=403).says("does not own the challenge")
    lead.open_and_submit(path, to="approve")
    challenge, page = Challenge.objects.get(), ChallengePage.objects.get()
    if not (page.live and challenge.published_at):
        raise SeenOtherwise("Page and challenge are not both published.")
    return f"409 until interests were declared; owner refused (403), lead approved; terms {challenge.terms_hash[:12]}"


def read_in_public(stage: Stage) -> str:
    """The list finds it by every filter; the page shows outcome, money, dates, criteria and clauses before opening."""
    visitor, slug = stage.browser("visitor"), stage.seen["slug"]
    asked = "text=bicycles&theme=mobility&phase=upcoming&council=exampleton&budget=500000"
    visitor.get(f"/challenges/?{asked}").says(TITLE)
    visitor.get("/challenges/?phase=concluded").says_not(TITLE)
    page = visitor.get(f"/challenges/{slug}/")
    for sentence in ("£60,000", "£900,000", "45 %", "OD-01", STORY["aim"], "1,240", "thefts a week per street"):
        page.says(sentence)
    return f"“{page.heading()}” with money, weights and {len(CLAUSES)} clauses, not open yet"


def open_call(stage: Stage) -> str:
    """The call opens by the clock alone."""
    challenge = Challenge.objects.get()
    if challenge.opens_at is None:
        raise SeenOtherwise("The challenge has no opening time.")
    stage.move_clock_to(challenge.opens_at + timedelta(seconds=1))
    stage.browser("visitor").get(f"/challenges/{challenge.slug}/").says("Open for answers")
    return "open a second after its time, no task involved"


def confirm_interests(stage: Stage, *people: str) -> None:
    """Before a further notice these people declare, or confirm what they declared before."""
    for name in people:
        page = stage.browser(name).get(f"/workspace/challenges/{stage.seen['slug']}/officers/")
        if "What I declared still holds" in page.words:
            stage.browser(name).submit(page, to="confirm")
        elif "You have declared for the next notice" not in page.words:
            stage.browser(name).submit(page, {"interest": "none", "detail": ""})


def _dates() -> dict[str, str]:
    start = datetime.combine(clock.now().astimezone(LONDON).date() + timedelta(days=1), time(9), LONDON)
    at = {"opens_at": 0, "questions_close_at": 14, "answers_due_at": 21, "closes_at": 35}
    written = {name: (start + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M") for name, days in at.items()}
    return written | {"pilot_starts_on": (start.astimezone(UTC) + timedelta(days=90)).date().isoformat()}


def _rows(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {f"form-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}


def _story() -> dict[str, Any]:
    numbers = [("Bicycles reported stolen", "1,240", "a year"), ("Bicycles given back", "4", "in a hundred")]
    data: dict[str, Any] = {
        "story-count": 2, "story-0-deleted": "", "story-0-order": 0, "story-0-type": "numbers", "story-0-id": "",
        "story-0-value-count": len(numbers), "story-1-deleted": "", "story-1-order": 1,
        "story-1-type": "good_answer", "story-1-id": "", "story-1-value-points-count": 1,
        "story-1-value-points-0-deleted": "", "story-1-value-points-0-order": 0, "story-1-value-points-0-id": "",
        "story-1-value-points-0-value": "Works for people who have no yard or shed.",
    }  # fmt: skip
    for number, (label, value, unit) in enumerate(numbers):
        prefix = f"story-0-value-{number}"
        data |= {
            f"{prefix}-deleted": "", f"{prefix}-order": number, f"{prefix}-id": "",
            f"{prefix}-value-label": label, f"{prefix}-value-value": value, f"{prefix}-value-unit": unit,
            f"{prefix}-value-on": "2026-06-30", f"{prefix}-value-source": "Exampleton police figures (invented)",
        }  # fmt: skip
    return data


STEPS = [
    ("An officer starts a challenge", start_challenge),
    ("She tells the problem in the Wagtail editor", write_statement),
    ("She fills in the short forms", fill_short_forms),
    ("The procurement lead approves", approve),
    ("Anybody reads it", read_in_public),
    ("The call opens at its time", open_call),
]
