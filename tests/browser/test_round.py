"""A round as its people play it in Chromium, each in their own browser, every page looked at wide and at 320 px."""

import io
import re
from functools import partial
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.text import slugify
from playwright.sync_api import Page, Response, expect

from accounts.models import CouncilRole, User
from assessment import actions, queries
from assessment.models import PanelRole, Ranking, Round, RoundState
from audit import clock
from challenges.models import Challenge
from suppliers.models import Submission
from tests import factories
from tests.browser.conftest import Open
from tests.browser.watch import Watch
from tests.factories import assessment as assessing
from tests.factories.accounts import confirmed
from tests.factories.suppliers import admin_of, unsealed_challenge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "It names the streets and the day on which work begins."


class Seat:
    """One person at their own browser, with one tab open."""

    def __init__(self, who: User, open_for: Open, watch: Watch) -> None:
        self.who, self.watch = who, watch
        self.tab: Page = open_for(who).new_page()

    def open(self, path: str, status: int = 200) -> Page:
        """Open an address and look at its page."""
        return self._arrived(self.tab.goto(path), status)

    def press(self, button: str, status: int = 200) -> Page:
        """Press a button that sends a form, by key, and look at the page that comes."""
        with self.tab.expect_navigation() as coming:
            self.tab.locator("main").get_by_role("button", name=button).press("Enter")
        return self._arrived(coming.value, status)

    def follow(self, link: str) -> Page:
        """Follow a link by key, and look at the page that comes."""
        with self.tab.expect_navigation() as coming:
            self.tab.locator("main").get_by_role("link", name=link).first.press("Enter")
        return self._arrived(coming.value, 200)

    def choose(self, group: str, option: str) -> None:
        self.tab.get_by_role("group", name=group).get_by_label(option).check()

    def _arrived(self, response: Response | None, status: int) -> Page:
        assert response is not None
        assert (self.tab.url, response.status) == (self.tab.url, status)
        self.watch.look(self.tab, response.status)
        return self.tab


def test_the_seven_roles_of_a_round_play_it(open_for: Open, watch: Watch, tmp_path: Path) -> None:
    """Seven roles: officer, assessor, chair (and a deputy where the chair has an interest), observer, verifier,
    approver, auditor. Who does the same as somebody before them does it through the actions.

    1. The officer opens the round; nobody of the panel reads an answer before declaring (A3).
    2. An assessor declares, and marks by key; the marks are final when handed in (A4, A5).
    3. The observer follows the progress in counts and reads no answer.
    4. The chair stands aside from one submission, which the deputy moderates, and freezes quality (A3, A7).
    5. The verifier, who is outside the panel, checks a supplier (A8).
    6. Officer and approver open the prices, and the observer reads the result (A9).
    7. The approver declares and decides; the chair may not (D1, D7).
    8. The auditor's file computes to the ranking's hash (A11); a supplier reads its own letter and no other's (D2).
    """
    challenge = unsealed_challenge(2)
    panel, deputy, observer = panel_of(challenge)
    verifier = factories.person(challenge.council, CouncilRole.PILOT_MANAGER)
    slug, seat = challenge.slug, partial(Seat, open_for=open_for, watch=watch)
    officer, assessor, chair = (seat(who) for who in (assessing.owner_of(challenge), panel.assessors[0], panel.chair))
    watching, approver = seat(observer), seat(assessing.lead_of(challenge))

    open_the_round(officer, slug)
    one, other = declare_interests(panel, deputy, observer)
    declare(assessor, slug)
    follow_in_counts(watching, slug)
    mark_by_key(assessor, slug)
    mark_as_well(panel.assessors[1])
    moderate(chair, slug, one)
    chair.open(f"/assess/{slug}/submissions/{slugify(other.pseudonym)}/", 403)
    moderate(seat(deputy), slug, other)
    rule_on_the_chairs_interest(officer, slug)
    freeze(chair, slug)
    verify(seat(verifier), slug, one.supplier.name)
    open_prices(officer, approver, slug)
    expect(watching.open(f"/workspace/challenges/{slug}/result/").locator("table").first).to_contain_text(one.pseudonym)
    chair.open(f"/workspace/challenges/{slug}/decision/", 403)
    decide(approver, slug)
    audit(seat(assessing.auditor_of(challenge)), slug, tmp_path)
    read_the_letter(seat(admin_of(one.supplier)), one, other)

    assert Round.objects.get().state == RoundState.DECIDED
    assert watch.faults() == []


def panel_of(challenge: Challenge) -> tuple[assessing.PanelPeople, User, User]:
    """A chair and two assessors, with a deputy and an observer."""
    panel = assessing.panel_for(challenge)
    others = ((PanelRole.DEPUTY, "Devi Deputy"), (PanelRole.OBSERVER, "Olu Observer"))
    deputy, observer = (assessing.join(challenge, role, confirmed(factories.user(name))).user for role, name in others)
    return panel, deputy, observer


def declare_interests(panel: assessing.PanelPeople, deputy: User, observer: User) -> tuple[Submission, Submission]:
    """Everybody but the first assessor declares; returns the submission that the chair may judge, and the other."""
    round_ = Round.objects.get()
    one, other = queries.submissions_in(round_)
    assessing.declare(round_, panel.chair, {other.pk: "My brother works there."})
    for who in (panel.assessors[1], deputy, observer):
        assessing.declare(round_, who)
    return one, other


def mark_as_well(who: User) -> None:
    """The other assessor hands in the same marks, and everybody confirms their interests."""
    round_ = Round.objects.get()
    assessing.write_marks(round_, who)
    actions.submit_marks(round=round_, actor=who, at=clock.now())
    assessing.confirm_all(round_)


def open_the_round(officer: Seat, slug: str) -> None:
    officer.open(f"/workspace/challenges/{slug}/panel/")
    officer.press("Open the assessment")


def declare(assessor: Seat, slug: str) -> None:
    assessor.open("/assess/")
    tab = assessor.follow(Round.objects.get().challenge.title)
    expect(tab.get_by_role("heading", name="Declare your interests first")).to_be_visible()
    assessor.open(f"/assess/{slug}/submissions/submission-1/", 409)
    tab = assessor.open(f"/assess/{slug}/interests/")
    tab.get_by_label("No interest").check()
    assessor.press("Record my declaration")
    assessor.press("I have no interest in any of them")


def follow_in_counts(observer: Seat, slug: str) -> None:
    observer.open(f"/assess/{slug}/")
    tab = observer.follow("Progress of the panel")
    expect(tab.locator("main")).to_contain_text("0 of 4")
    observer.open(f"/assess/{slug}/submissions/submission-1/", 403)


def mark_by_key(assessor: Seat, slug: str) -> None:
    """Marks and reasons by key alone; each mark saves itself before the next one comes."""
    tab = assessor.open(f"/assess/{slug}/")
    tab = assessor.follow("Begin marking")
    summary = tab.locator("summary", has_text="Keyboard shortcuts")
    summary.press("Enter")
    tab.get_by_role("button", name="Use shortcuts").press("Enter")
    for number in (4, 3, 5, 4):
        expect(summary).to_be_visible()  # the keys work from then on
        tab.keyboard.press(str(number))
        tab.keyboard.press("r")
        tab.keyboard.type(REASON)
        with tab.expect_navigation():
            tab.keyboard.press("Control+Enter")
    assessor.press("Submit all my marks")
    assessor.open(f"/assess/{slug}/")
    expect(tab.get_by_text("They are submitted and can no longer be changed.")).to_be_visible()


def moderate(chair: Seat, slug: str, submission: Submission) -> None:
    """Every topic of one submission, and its clauses."""
    tab, pseudonym = chair.open(f"/assess/{slug}/moderation/"), slugify(submission.pseudonym)
    for criterion in queries.quality_criteria(Round.objects.get()):
        chair.open(f"/assess/{slug}/moderation/{pseudonym}/{criterion.code}/")
        chair.choose("Mark, of 5", "4 ")
        tab.get_by_label("Why this mark").fill(REASON)
        for there in tab.locator("input[name=attended]").all():
            there.check()
        chair.press("Record the moderated mark")
    chair.open(f"/assess/{slug}/clauses/{pseudonym}/")
    for met in tab.get_by_label(re.compile("^Met")).all():
        met.check()
    chair.press("Record the findings")


def rule_on_the_chairs_interest(officer: Seat, slug: str) -> None:
    tab = officer.open(f"/assess/{slug}/interests/decisions/")
    officer.follow("one of the suppliers")
    tab.get_by_label("Recused").check()
    tab.get_by_label("Why").fill("A brother who works there is a conflict.")
    officer.press("Record my decision")


def freeze(chair: Seat, slug: str) -> None:
    chair.open(f"/assess/{slug}/moderation/")
    chair.follow("Check and freeze")
    chair.press("Freeze quality")


def verify(verifier: Seat, slug: str, supplier: str) -> None:
    verifier.open(f"/workspace/challenges/{slug}/verification/")
    tab = verifier.follow(supplier)
    for clear in tab.get_by_label("Nothing found").all():
        clear.check()
    verifier.press("Record this check")


def open_prices(officer: Seat, approver: Seat, slug: str) -> None:
    for each in (officer, approver):
        each.open(f"/workspace/challenges/{slug}/prices/")
        each.press("I agree to open the prices")


def decide(approver: Seat, slug: str) -> None:
    tab = approver.open(f"/workspace/challenges/{slug}/decision/interests/")
    tab.get_by_label("No interest").check()
    approver.press("Record my declaration")
    approver.open(f"/workspace/challenges/{slug}/decision/")
    tab.get_by_label("Select ").first.check()
    for why in tab.get_by_label("Why, for").all():
        why.fill("By its rank.")
    tab.get_by_label("Reasons for the decision as a whole").fill("By rank, as published.")
    approver.press("Record the decision")


def audit(auditor: Seat, slug: str, folder: Path) -> None:
    """Take the file to recompute, and compute it again without the database's ranking."""
    tab = auditor.open(f"/workspace/challenges/{slug}/assessment-file/")
    with tab.expect_download() as coming:
        tab.get_by_role("link", name="To recompute (JSON)").press("Enter")
    taken = folder / "assessment.json"
    coming.value.save_as(taken)
    told = io.StringIO()
    call_command("verify_result", str(taken), stdout=told)
    assert Ranking.objects.get().digest in told.getvalue()


def read_the_letter(supplier: Seat, own: Submission, other: Submission) -> None:
    tab = supplier.open(f"/supplier/submissions/{own.public_id}/result/")
    expect(tab.locator("main")).to_contain_text(REASON)
    supplier.open(f"/supplier/submissions/{other.public_id}/result/", 404)
