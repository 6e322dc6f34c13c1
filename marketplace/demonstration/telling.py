"""The demonstration, told from its files: six challenges, each in another phase, all through the real actions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from accounts.models import Council, CouncilMembership, CouncilRole, User
from audit import clock
from challenges.models import Challenge
from clauses.actions import LIBRARY
from clauses.reading import read_library
from marketplace.demonstration import calls, panels, trials
from marketplace.demonstration.making import People, make_council, make_people_of
from marketplace.demonstration.playing import play
from marketplace.demonstration.reading import read_demonstration
from marketplace.demonstration.shapes import ChallengeText, Demonstration, SupplierText
from suppliers.actions import (
    edit_profile,
    join_supplier,
    keep_certificate,
    register_supplier,
    set_public_page,
)
from suppliers.models import Submission, Supplier, SupplierRole

FOLDER = Path(__file__).parent
BEFORE_EVERYTHING = timedelta(days=420)
ASSESSED_PHASES = ("piloting", "concluded")


@dataclass
class Cast:
    """Everybody who takes part, by the names that the files use."""

    demonstration: Demonstration
    today: date
    people: People = field(default_factory=People)
    councils: dict[str, Council] = field(default_factory=dict)
    officers: dict[str, dict[str, User]] = field(default_factory=dict)
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    authors: dict[str, User] = field(default_factory=dict)

    def roles(self, council: str) -> dict[str, User]:
        """The council's people by role."""
        rows = CouncilMembership.objects.filter(council=self.councils[council]).select_related("user")
        return {row.role: row.user for row in rows}


def tell() -> Cast:
    """Play the whole demonstration from its beginning to the present; the clock must be at its own beginning."""
    today = clock.now().astimezone(calls.LONDON).date()
    cast = Cast(read_demonstration(FOLDER, read_library(LIBRARY)), today)
    present = clock.now()
    clock.start_at(present - BEFORE_EVERYTHING)
    _gather(cast)
    play([_story(text, cast) for text in cast.demonstration.challenges])
    clock.move_to(max(present, clock.now()))
    cast.people.keep()
    return cast


def _gather(cast: Cast) -> None:
    at = clock.now()
    for text in cast.demonstration.councils:
        cast.councils[text.slug] = make_council(text, at)
        cast.officers[text.slug] = make_people_of(cast.councils[text.slug], cast.demonstration, cast.people, at)
    for supplier in cast.demonstration.suppliers:
        cast.suppliers[supplier.slug] = _make_supplier(supplier, cast, at)


def _make_supplier(text: SupplierText, cast: Cast, at: datetime) -> Supplier:
    made = [
        cast.people.make(
            name=person.name, email=person.email, what=f"{text.name}, {person.role}", needs_second_factor=False
        )
        for person in sorted(text.people, key=lambda person: person.role != SupplierRole.ADMIN)
    ]
    values = {
        "name": text.name, "company_number": text.company_number, "size_class": text.size, "is_vcse": text.vcse,
        "region": text.region, "description": text.description,
    }  # fmt: skip
    supplier = register_supplier(values=values, actor=made[0], at=at, is_demonstration=True)
    for colleague in made[1:]:
        join_supplier(organisation=supplier, user=colleague, role=SupplierRole.MEMBER, actor=made[0], at=at)
    _fill_profile(supplier, text, made[0], cast, at)
    cast.authors[text.slug] = made[0]
    return supplier


def _fill_profile(supplier: Supplier, text: SupplierText, admin: User, cast: Cast, at: datetime) -> None:
    if text.insurance_held:
        held = {"insurance_held": text.insurance_held, "insurance_promised": True}
        edit_profile(supplier=supplier, values=held, actor=admin, at=at)
    for each in text.certificates:
        until = cast.today + timedelta(days=each.expires_in_days)
        values = {"scheme": each.scheme, "name": "", "number": each.number, "expires_on": until}
        keep_certificate(supplier=supplier, values=values, actor=admin, at=at)
    if text.shows:
        set_public_page(supplier=supplier, has_page=True, shows=text.shows, actor=admin, at=at)


def _story(text: ChallengeText, cast: Cast) -> Iterator[datetime]:
    roles, days = cast.roles, text.timetable
    yield calls.on_day(cast.today, days.published - 7)
    officers = roles(text.council)
    owner, lead = officers[CouncilRole.OWNER], officers[CouncilRole.PROCUREMENT_LEAD]
    page = calls.draft_challenge(text, cast.councils[text.council], owner, cast.today)
    yield calls.on_day(cast.today, days.published, 8)
    challenge = calls.publish_challenge(page, owner, lead)
    submissions: dict[str, Submission] = {}
    yield from _answer(text, cast, challenge, submissions)
    if days.closes >= 0:
        return
    yield calls.on_day(cast.today, days.closes + 1)
    panels.unseal(challenge, owner, lead)
    yield from _assess(text, cast, challenge, submissions)


def _answer(
    text: ChallengeText, cast: Cast, challenge: Challenge, submissions: dict[str, Submission]
) -> Iterator[datetime]:
    for number, told in enumerate(text.submissions):
        day = text.timetable.closes - len(text.submissions) + number
        if day >= 0:
            return
        yield calls.on_day(cast.today, day)
        panels.declare(challenge, cast.suppliers[told.supplier], cast.authors[told.supplier])
        submissions[told.supplier] = panels.submit_answer(
            told, challenge, cast.suppliers[told.supplier], cast.authors[told.supplier]
        )


def _assess(
    text: ChallengeText, cast: Cast, challenge: Challenge, submissions: Mapping[str, Submission]
) -> Iterator[datetime]:
    officers, people = cast.roles(text.council), cast.officers[text.council]
    owner, lead = officers[CouncilRole.OWNER], officers[CouncilRole.PROCUREMENT_LEAD]
    seats = [(person.key, person.role) for person in cast.demonstration.panel(text.council)]
    chair, assessors = panels.chair_and_assessors(people, seats)
    yield calls.on_day(cast.today, text.timetable.closes + 2)
    round_ = panels.open_round(challenge, chair, list(assessors.values()), owner)
    if text.phase not in ASSESSED_PHASES:
        return
    judged = panels.Judged(text, round_, submissions)
    yield calls.on_day(cast.today, text.timetable.closes + 9)
    judged.mark(assessors)
    yield calls.on_day(cast.today, text.timetable.closes + 12)
    judged.moderate(chair)
    judged.rank(owner, lead)
    yield calls.on_day(cast.today, text.timetable.closes + 14)
    judged.decide(lead, [told.supplier for told in text.pilots])
    yield calls.on_day(cast.today, text.timetable.closes + 16)
    running = [trials.Trial(text, told, judged.submissions[told.supplier], officers) for told in text.pilots]
    yield from trials.play_pilots(running, challenge, cast.today)
