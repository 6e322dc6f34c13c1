"""The wall, from the table of addresses: marked words in every field, every address x role x phase (A4-A16).

One round is walked through its phases. In each, every role opens every address that belongs to it: pages, files,
exports, API, search, inbox; then the letters of the phase are read. What a role finds must be what the wall's own rules
allow it. Run with -s, or read the captured output, for the printed matrix.
"""

import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.utils.text import slugify

from accounts.models import CouncilRole, User
from assessment import actions, queries, urls
from assessment.management.commands.print_visibility import document
from assessment.visibility import (
    MarkRecord,
    Part,
    Phase,
    Role,
    Viewer,
    parts_in,
    visible_fields,
    visible_marks,
)
from audit import clock
from audit.actions import append_links
from files.models import StoredFile
from notifications.actions import make_deliveries, send_deliveries
from suppliers import drafts
from suppliers import queries as supplier_queries
from suppliers.models import Submission
from tests import databases, factories
from tests.factories import assessment as assessing
from tests.factories import pages, user
from tests.factories import suppliers as supply
from tests.factories.accounts import confirmed
from tests.integration.assessment.browsing import PRICE, client_of
from tests.integration.test_matrix import ELSEWHERE, POSTED, routes

pytestmark = pytest.mark.django_db
NAME, FILE = "Leaky Shelters Limited", "prospect-of-leaky.txt"
ANSWER, RESPONSE, MINE, THEIRS = "ANSWER-WORD", "RESPONSE-WORD", "MARK-OF-ONE", "MARK-OF-TWO"
NOTES, AGREED, SEARCHED = "NOTES-OF-ONE", "AGREED-WORD", "zebrafinch"
PRICES = ("31337", "31,337", "987654", "987,654")
# What a page is filled with; a route that asks for more belongs to another room and another challenge.
KNOWN = {"slug", "pseudonym", "code", "table", "number", "public_id", "reference"}
ROOMS = {str(role): role for role in Role if role is not Role.OUTSIDER} | {
    "recused": Role.ASSESSOR,
    "deputy": Role.CHAIR,
}
PLANTED = {Part.ANSWERS: "answer", Part.PRICES: "price", Part.NAMES: "identity"}
SEARCHES = (("search", f"challenges/?q={SEARCHED}"), ("api search", f"api/challenges/?q={SEARCHED}"))
NEIGHBOURS = {
    "api_challenge", "award_propose", "challenge", "challenge_awards", "challenge_pilots", "challenge_workspace",
    "inbox", "own_data", "record", "record_file", "supplier_home", "supplier_page", "unsealing", "unsealing_file",
    "workspace",
}  # fmt: skip
MOST_TELLING = {Phase.MARKING, Phase.PRICES, Phase.DECIDED}
"""What every run looks at: marks are written and not in, quality is frozen and nothing ranked, all is over."""
FINDS = {
    "answer": "A", "price": "P", "identity": "I", "mark of one": "1", "mark of two": "2", "notes": "N", "agreed": "M",
    "file name": "F",
}  # fmt: skip


class World:
    """A round with one submission full of marked words and another one, and the people around it."""

    def __init__(self, *, everybody: bool) -> None:
        """`everybody`: with a deputy and a verifier, who look as long as the others and find nothing."""
        self.challenge = factories.open_challenge()
        pages.page_for(self.challenge)
        supplier = supply.supplier(NAME)
        words = f"{SEARCHED} {ANSWER}"
        answers = {each.code: words for each in supplier_queries.criteria_asked(self.challenge)}
        leaky = supply.drafted(self.challenge, supplier, price=PRICE, answers=answers, files={FILE: b"text"})
        clause = supplier_queries.clauses_asked(self.challenge)[0][0]
        value = {"accepted": True, "level": None, "text": f"{SEARCHED} {RESPONSE}", "url": ""}
        supply.save(leaky, drafts.clause_section(clause.code), value)
        supply.submit(leaky)
        other = supply.submitted(self.challenge)
        supply.unseal(self.challenge)
        self.panel = assessing.panel_for(self.challenge, assessors=3)
        observer, deputy = confirmed(user("Olu Observer")), confirmed(user("Devi Deputy"))
        assessing.join(self.challenge, "observer", observer)
        if everybody:
            assessing.join(self.challenge, "deputy", deputy)
        self.round = actions.open_round(
            challenge=self.challenge, actor=assessing.owner_of(self.challenge), at=clock.now()
        )
        leaky.refresh_from_db()
        self.leaky, self.clause = leaky, clause.code
        self.people: dict[str, User | None] = {
            "anonymous": None,
            "supplier": supply.admin_of(supplier),
            "other supplier": supply.admin_of(other.supplier),
            "owner": assessing.owner_of(self.challenge),
            "approver": assessing.lead_of(self.challenge),
            "auditor": assessing.auditor_of(self.challenge),
            "assessor": self.panel.assessors[0],
            "recused": self.panel.assessors[2],
            "observer": observer,
            "chair": self.panel.chair,
            "superuser": User.objects.create_superuser("root@people.example", factories.PASSWORD),
        }
        if everybody:
            self.people |= {
                "deputy": deputy, "verifier": factories.person(self.challenge.council, CouncilRole.PILOT_MANAGER)
            }  # fmt: skip
        self.clients = {role: client_of(who) if who else Client() for role, who in self.people.items()}

    def walk_to(self, phase: Phase) -> None:
        """Take the round from the phase before to this one, leaving marked words behind."""
        step = {
            Phase.MARKING: self._declare, Phase.MODERATING: self._mark, Phase.PRICES: self._moderate,
            Phase.RANKED: lambda: assessing.open_prices(self.round), Phase.DECIDED: self._decide,
        }.get(phase)  # fmt: skip
        if step:
            step()
        self.round.refresh_from_db()
        self.leaky.refresh_from_db()

    def _declare(self) -> None:
        beside = [self.people[role] for role in ("observer", "deputy") if role in self.people]
        for who in (*self.panel.everyone, *beside):
            conflict = {self.leaky.pk: "My cousin."} if who == self.people["recused"] else None
            assessing.declare(self.round, who, conflict)

    def _mark(self) -> None:
        for who, word in zip(self.panel.assessors, (MINE, THEIRS, "of three"), strict=True):
            for submission in queries.standing_of(self.round, who).to_mark:
                for criterion in queries.quality_criteria(self.round):
                    notes = NOTES if word == MINE else ""
                    why = word if submission == self.leaky else "It says how."
                    judgement = actions.Judgement(submission, criterion, Decimal(4), why, notes=notes)
                    actions.save_mark(round=self.round, judgement=judgement, actor=who, at=clock.now())
        self.look_before_all_is_in()
        for who in self.panel.assessors:
            actions.submit_marks(round=self.round, actor=who, at=clock.now())
        assessing.confirm_all(self.round)

    def look_before_all_is_in(self) -> None:
        """Hook for the test: marks are written, and none is handed in."""

    def _moderate(self) -> None:
        assessing.rule_on_all(self.round)
        out = [self.people.get(role) for role in ("recused", "observer", "deputy")]
        there = [seat for seat in queries.members(self.round) if seat.user not in out]
        for submission in queries.submissions_in(self.round):
            for criterion in queries.quality_criteria(self.round):
                why = f"{AGREED if submission == self.leaky else 'It'} says how it would be done, street by street."
                judgement = actions.Judgement(submission, criterion, Decimal(4), why)
                actions.moderate(
                    round=self.round, judgement=judgement, attended=there, actor=self.panel.chair, at=clock.now()
                )
        assessing.find_all(self.round)
        actions.freeze_quality(round=self.round, actor=self.panel.chair, at=clock.now())

    def _decide(self) -> None:
        assessing.decide(self.round)

    def address(self, path: str) -> str | None:
        """The address of a route, filled with what belongs to the submission with the marked words."""
        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", path).strip("^$").replace("^", "").replace("$", "")
        asked = set(re.findall(r"<(?:\w+:)?(\w+)>", plain))
        if not asked <= KNOWN or path.startswith((*ELSEWHERE, "pilots/", "workspace/pilots/", "workspace/councils/")):
            return None
        owned = StoredFile.objects.filter(owner_type=Submission._meta.label_lower, owner_id=self.leaky.pk)
        values = {
            "slug": self.challenge.slug, "pseudonym": slugify(self.leaky.pseudonym), "table": "marks",
            "code": self.clause if "clause" in path else "outcome", "number": "1",
            "reference": str(owned.get().public_id),
            "public_id": str(self.leaky.supplier.public_id if "verification" in path else self.leaky.public_id),
        }  # fmt: skip
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], plain)

    def allowed(self, role: str, phase: Phase) -> set[str]:
        """What this role may find anywhere, by the wall's own rules."""
        if role == "supplier":
            # Its own answers are its own at any time; its marks and reasons come with the decision (D2).
            return {"answer", "price", "identity", "file name"} | ({"agreed"} if phase is Phase.DECIDED else set())
        if role not in ROOMS:
            return set()
        # The lead declares as approver once the round is ranked and they decide.
        has_declared = phase is not Phase.DECLARING and (role != "approver" or phase is Phase.DECIDED)
        # The chair has no interest in it, so a deputy takes no part in judging it.
        recused = frozenset({"it"}) if role in ("recused", "deputy") else frozenset()
        mine = {"assessor": "one", "chair": "chair"}.get(role, role)
        finished = phase >= Phase.MODERATING
        viewer = Viewer(ROOMS[role], mine, has_declared, has_finished=finished, recused=recused)
        fields = visible_fields(viewer, phase, "it")
        marks = [MarkRecord(each, "it", is_submitted=finished) for each in ("one", "two")]
        found = {f"mark of {mark.assessor_id}" for mark in visible_marks(viewer, phase, marks)}
        found |= {PLANTED[part] for part in parts_in(fields)}
        found |= {"notes"} if role == "assessor" else set()
        # The moderated mark is the chair's until it is part of the result.
        moderated = phase >= Phase.MODERATING if role == "chair" else phase >= Phase.RANKED
        return found | ({"agreed"} if moderated and fields else set())

    def found_in(self, text: str) -> set[str]:
        """Which of the marked words stand in a text. A name counts beside the pseudonym that it would give away."""
        words = {
            "answer": ANSWER in text or RESPONSE in text,
            "price": any(price in text for price in PRICES),
            "identity": NAME in text and self._names_the_submission(text),
            "mark of one": MINE in text, "mark of two": THEIRS in text, "notes": NOTES in text,
            "agreed": AGREED in text, "file name": FILE in text,
        }  # fmt: skip
        return {kind for kind, is_there in words.items() if is_there}

    def _names_the_submission(self, text: str) -> bool:
        pseudonym = self.leaky.pseudonym
        return bool(pseudonym) and (pseudonym in text or slugify(pseudonym) in text)


def body_of(response) -> str:
    """Everything that the answer carries: its words, whatever their packing, and its file name."""
    data = response.getvalue() if response.streaming else response.content
    heads = [response.get(name, "") for name in ("Content-Disposition", "Location")]
    return "\n".join([data.decode("utf-8", "replace"), *heads])


@pytest.fixture
def table() -> list[tuple[str, str]]:
    """The addresses that are opened: every one of this room, and those of other rooms that show a challenge."""
    own = {each.name for each in urls.urlpatterns}
    return [(name, path) for name, path in routes() if name in own | NEIGHBOURS and name not in POSTED]


@databases.walks_everything
@pytest.mark.parametrize(
    "phases",
    [pytest.param(MOST_TELLING, id="most-telling"), pytest.param(set(Phase), id="all", marks=pytest.mark.long)],
)
def test_every_address_every_role_every_phase_shows_what_the_wall_allows_and_nothing_else(table, phases) -> None:
    world, leaks, printed = World(everybody=phases == set(Phase)), [], []
    seen: dict[tuple[str, Phase], set[str]] = defaultdict(set)

    def look(phase: Phase) -> None:
        rows = defaultdict(dict)
        for name, path in [*table, *SEARCHES]:
            address = world.address(path) if (name, path) not in SEARCHES else f"/{path}"
            for role, client in world.clients.items() if address else ():
                found = world.found_in(body_of(client.get(address)))
                seen[role, phase] |= found
                rows[name][role] = "".join(sorted(FINDS[kind] for kind in found))
                leaks.extend((phase.name, role, name, kind) for kind in found - world.allowed(role, phase))
        printed.append(matrix(phase, rows, list(world.clients)))

    world.look_before_all_is_in = lambda: look(Phase.MARKING)
    for phase in Phase:
        world.walk_to(phase)
        if phase is not Phase.MARKING and phase in phases:
            look(phase)
        leaks += letters(world, phase)

    print("\n".join(printed))  # noqa: T201 - it is there to be read
    assert leaks == []
    # And the wall is no brick: who may read does find it.
    assert seen["assessor", Phase.MARKING] == {"answer", "mark of one", "notes"}
    assert seen["chair", Phase.DECIDED] >= {"identity", "price", "agreed", "mark of one", "mark of two"}
    assert seen["auditor", Phase.DECIDED] >= {"identity", "price", "mark of one", "mark of two", "agreed"}


def letters(world: World, phase: Phase) -> list[tuple[str, str, str, str]]:
    """What leaked in the phase's e-mails, attachments and subjects included; each was made by the real events."""
    append_links()
    make_deliveries()
    mail.outbox.clear()
    send_deliveries(limit=1000)
    to = {who.email: role for role, who in world.people.items() if who}
    leaks = []
    for sent in mail.outbox:
        role = to.get(sent.to[0], "somebody else")
        text = "\n".join([sent.subject, str(sent.body), *(f"{each[0]} {each[1]!r}" for each in sent.attachments)])
        leaks += [(phase.name, role, "e-mail", kind) for kind in world.found_in(text) - world.allowed(role, phase)]
    return leaks


def matrix(phase: Phase, rows: dict[str, dict[str, str]], roles: list[str]) -> str:
    """One phase as a table: the addresses where anybody found anything, and what, by letter."""
    key = ", ".join(f"{letter} {kind}" for kind, letter in FINDS.items())
    lines = [f"\n{phase.name} ({key})", f"{'':28}" + " ".join(role[:9].rjust(9) for role in roles)]
    for name, cells in rows.items():
        if any(cells.values()):
            lines.append(f"{name:28}" + " ".join((cells.get(role) or "–").rjust(9) for role in roles))
    return "\n".join(lines)


def test_the_printed_walls_are_current() -> None:
    printed = Path(__file__).parents[3] / "docs" / "visibility.md"

    assert printed.read_text() == document(), "run: ./run manage print_visibility > docs/visibility.md"
