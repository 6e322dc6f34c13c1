"""Clauses looked at by machine: registered, leased, tried again, caught up, and never overwritten."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from accounts.models import CouncilRole
from audit import clock
from audit.actors import SYSTEM
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.models import ClauseRequirement
from clauses.models import Clause, Due
from pilots import actions, queries
from pilots.models import ClauseCheck, ClauseWatch, HealthProbe, Pilot, ServiceRegistration
from pilots.rules import first_instant
from pilots.storage.rollups import roll_up
from tests.factories import council, member_with, move_clock_to, person
from tests.factories import pilots as factory
from tests.factories.services import Service, registered_at, service
from tests.factories.suppliers import admin_of
from work import actions as working
from work.models import DueWork

pytestmark = pytest.mark.django_db
LOGIN = (b"<!doctype html><title>Sign in</title>", "text/html")


@pytest.fixture
def pilot() -> Pilot:
    return factory.pilot_in("registered")


@pytest.fixture
def live() -> Iterator[Service]:
    with service() as made:
        yield made


def state_of(pilot: Pilot, code: str) -> queries.ClauseState:
    return next(state for state in queries.clause_states(pilot) if state.requirement.code == code)


def checks_of(pilot: Pilot, code: str) -> list[str]:
    return [check.verdict for check in pilot.clause_checks.filter(requirement__code=code).order_by("pk")]


def look(pilot: Pilot, live: Service, kind: str = "data", path: str = "/feed.csv", **stated: object) -> None:
    """Register one address and do what is due, but only clause checks."""
    registered_at(pilot, {kind: live.url(path)}, **stated)
    working.run_due_work()


def asked_for(pilot: Pilot, code: str, due: str) -> ClauseRequirement:
    """A further clause of the library, as if the call had asked for it."""
    like, clause = (
        pilot.challenge.clause_requirements.earliest("pk"),
        Clause.objects.filter(code=code).latest("version"),
    )
    like.pk, like.code, like.title, like.due, like.clause = None, code, clause.title, due, clause
    like.save()
    return like


def test_a_clause_is_looked_at_as_soon_as_its_service_is_registered(pilot: Pilot, live: Service) -> None:
    look(pilot, live)
    state = state_of(pilot, "OD-02")
    assert state.check is not None
    assert (state.check.verdict, state.check.checked_by, state.is_settled) == ("met", SYSTEM.actor_key, True)
    assert state.check.findings[0]["sentence"] == "Data came: 54 bytes of text/csv, without signing in."
    assert state.check.registration == ServiceRegistration.objects.get()
    event = Event.objects.filter(verb="pilot.clause_checked").order_by("pk").first()
    assert event is not None
    assert (event.actor_key, event.data["clause"], event.data["verdict"]) == (SYSTEM.actor_key, "OD-02", "met")


def test_a_result_never_overwrites_an_earlier_one(pilot: Pilot, live: Service) -> None:
    look(pilot, live)
    live.pages["/feed.csv"] = LOGIN
    for _ in range(2):
        move_clock_to(clock.now() + timedelta(hours=1))
        working.run_due_work()
    assert checks_of(pilot, "OD-02") == ["met", "not_met", "not_met"]
    assert [check.verdict for check in queries.clause_history(pilot, _requirement(pilot, "OD-02").pk)] == [
        "not_met",
        "met",
    ]
    assert Event.objects.filter(verb="pilot.clause_checked", data__clause="OD-02").count() == 2
    state = state_of(pilot, "OD-02")
    assert state.check is not None
    assert state.check.findings[0]["to_do"] == "Deliver data."


def test_checks_are_append_only_in_the_database(pilot: Pilot, live: Service) -> None:
    look(pilot, live)
    for change in ("UPDATE pilots_clausecheck SET verdict = 'met'", "DELETE FROM pilots_clausecheck"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_D6_a_clause_that_a_machine_found_not_met_blocks_the_start(pilot: Pilot, live: Service) -> None:
    factory.settle_clauses(pilot)
    assert queries.open_clauses(pilot, Due.BEFORE_PILOT_START) == []
    live.pages["/feed.csv"] = LOGIN
    look(pilot, live)
    assert "OD-02" in queries.open_clauses(pilot, Due.BEFORE_PILOT_START)


def test_a_waiver_stands_whatever_a_machine_finds_later(pilot: Pilot, live: Service) -> None:
    live.pages["/feed.csv"] = LOGIN
    look(pilot, live)
    lead = member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD)
    actions.waive_clause(
        pilot=pilot, requirement=_requirement(pilot, "OD-02"), reason="By file until May.", actor=lead, at=clock.now()
    )
    move_clock_to(clock.now() + timedelta(hours=1))
    working.run_due_work()
    state = state_of(pilot, "OD-02")
    assert state.check is not None
    assert state.look is not None
    assert (state.check.verdict, state.look.verdict) == ("waived", "not_met")


def test_what_could_not_be_checked_changes_nothing_that_stands(pilot: Pilot, live: Service) -> None:
    look(pilot, live)
    with service() as other:  # the first one is not to be asked any more
        registered_at(pilot, {"page": other.url("/about")})
    working.run_due_work()
    assert checks_of(pilot, "OD-02") == ["met"]
    assert state_of(pilot, "OD-02").is_settled


def test_a_service_that_is_away_is_tried_again_and_then_recorded_as_such(pilot: Pilot) -> None:
    with service() as live:
        registered_at(pilot, {"data": live.url()})
    with service() as elsewhere:
        assert elsewhere.seen is not None
    waited = []
    for _ in range(3):
        with _loopback(live):
            working.run_due_work()
        waited.append(checks_of(pilot, "OD-02"))
        move_clock_to(clock.now() + timedelta(seconds=25))
    assert waited == [[], [], ["unchecked"]]
    state = state_of(pilot, "OD-02")
    assert state.check is None
    assert state.look is not None
    assert state.look.evidence == "Nothing came from the data feed. 127.0.0.1 does not answer."


def test_after_a_downtime_one_look_makes_up_for_all_that_were_missed(pilot: Pilot, live: Service) -> None:
    look(pilot, live)
    watch = ClauseWatch.objects.get(requirement__code="OD-02")
    later = move_clock_to(clock.now() + timedelta(days=3, minutes=10))
    working.run_due_work()
    assert len(checks_of(pilot, "OD-02")) == 2
    waiting = DueWork.objects.get(kind=actions.CLAUSE_CHECK, subject_id=watch.pk, done_at=None)
    assert later < waiting.due_at <= later + timedelta(hours=1)
    assert (waiting.due_at - watch.anchor_at) % timedelta(hours=1) == timedelta(0)


def test_a_look_that_another_worker_took_over_writes_nothing(pilot: Pilot, live: Service) -> None:
    registered_at(pilot, {"data": live.url()})
    row = working.lease_next(clock.now())
    assert row is not None
    DueWork.objects.filter(pk=row.pk).update(lease_token="somebody else")
    with pytest.raises(working.LeaseLostError):
        actions.check_due(row, clock.now())
    assert ClauseCheck.objects.count() == 0


def test_one_result_per_clause_and_due_time(pilot: Pilot, live: Service) -> None:
    look(pilot, live)
    check = pilot.clause_checks.filter(requirement__code="OD-02").get()
    check.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        check.save()


def test_an_assisted_or_partly_human_clause_waits_for_a_person(pilot: Pilot, live: Service) -> None:
    requirement = _requirement(pilot, "SE-02")
    port = live.url("").rpartition(":")[2]
    text = f"Contact: tel:+44\nExpires: 2100-01-01T00:00:00Z\nPolicy: https://elsewhere.example/{port}\n"
    live.pages["/.well-known/security.txt"] = (text.encode(), "text/plain")
    look(pilot, live)
    assert queries.waiting_for_a_person(pilot) == ["SE-02"]
    actions.check_clause(
        pilot=pilot, requirement=requirement, verdict="met", evidence="The policy says one day.",
        actor=factory.manager_of(pilot), at=clock.now(),
    )  # fmt: skip
    assert queries.waiting_for_a_person(pilot) == []
    assert state_of(pilot, "SE-02").is_settled


def test_support_that_was_promised_with_the_submission_is_kept_an_eye_on(pilot: Pilot, live: Service) -> None:
    promised = asked_for(pilot, "SE-06", Due.BID)
    look(pilot, live)
    assert "SE-06" not in [state.requirement.code for state in queries.clause_states(pilot)]
    look(pilot, live, support_until="2027-06-01", contract_ends_on="2030-06-01")
    state = state_of(pilot, "SE-06")
    assert state.check is not None
    assert (state.check.verdict, state.check.findings[0]["step"]) == ("not_met", "support-date")
    move_clock_to(clock.now() + timedelta(minutes=2))
    look(pilot, live, support_until="2030-06-01", contract_ends_on="2030-06-01")
    assert queries.waiting_for_a_person(pilot) == ["SE-06"], "a person compares the version with the advisories"
    given = {"verdict": "met", "evidence": "1.9 is the newest.", "actor": factory.manager_of(pilot), "at": clock.now()}
    actions.check_clause(pilot=pilot, requirement=promised, **given)
    with pytest.raises(Refused, match="not one that the pilot is checked against"):
        actions.check_clause(pilot=pilot, requirement=_requirement(pilot, "OD-01"), **given)


def test_the_export_drill_compares_the_whole_history_with_what_arrived(live: Service) -> None:
    pilot = factory.pilot_in("registered")
    asked_for(pilot, "OD-08", Due.DURING_PILOT)
    days = [pilot.baseline_starts_on + timedelta(weeks=week) for week in range(4)]
    move_clock_to(first_instant(days[-1] + timedelta(days=60)))
    rows = factory.weekly_rows(pilot, days[0], days[-1])
    factory.send(pilot, rows)
    roll_up()

    def export(kept: list[dict[str, object]]) -> str:
        lines = [f"{row['device']},{row['taken_at']},{row['value']}" for row in kept]
        live.pages["/all.csv"] = ("\n".join(["device,taken_at,value", *lines]).encode(), "text/csv")
        look(pilot, live, "export", "/all.csv")
        return pilot.clause_checks.filter(requirement__code="OD-08").latest("pk").evidence

    assert export(rows[1:]).startswith(f"The export holds {len(rows) - 1} of the {len(rows)} readings that had arrived")
    move_clock_to(clock.now() + timedelta(minutes=2))
    assert export(rows).startswith(f"The export holds {len(rows)} of the {len(rows)} readings that had arrived")
    assert checks_of(pilot, "OD-08") == ["not_met", "met"]


def test_a_closed_pilot_is_not_looked_at(live: Service) -> None:
    pilot = factory.pilot_in("decided", choice="stop")
    registered_at(pilot, {"data": live.url()})
    factory.close(pilot)
    working.run_due_work()
    assert pilot.clause_checks.filter(checked_by=SYSTEM.actor_key).count() == 0
    assert live.seen is not None
    assert live.seen.connections == 0
    with pytest.raises(Refused, match="The pilot stands at “Closed”"):
        registered_at(Pilot.objects.get(pk=pilot.pk), {"data": live.url()})


def test_probes_of_the_health_address_are_kept_and_missed_ones_are_not_invented(pilot: Pilot, live: Service) -> None:
    live.pages["/up"] = (b"ok", "text/plain")
    registered_at(pilot, {"health": live.url("/up")})
    for late in (timedelta(seconds=1), timedelta(minutes=4), timedelta(hours=1)):
        _ask_health(late)
    assert list(HealthProbe.objects.order_by("due_at").values_list("is_up", flat=True)) == [True, True]
    del live.pages["/up"]
    _ask_health(timedelta(0))
    assert list(HealthProbe.objects.order_by("due_at").values_list("is_up", flat=True)) == [True, True, False]


# --- Who, and what is refused -----------------------------------------------------------------------------------------
def test_only_the_pilot_manager_registers_a_service(pilot: Pilot) -> None:
    lead = member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD)
    stranger = person(council(), CouncilRole.PILOT_MANAGER)
    for actor in (lead, stranger, admin_of(pilot.supplier)):
        with pytest.raises(NotPermitted):
            actions.register_service(pilot=pilot, hosts=[], addresses={}, stated={}, actor=actor, at=clock.now())


@pytest.mark.parametrize(
    ("hosts", "addresses", "sentence"),
    [
        (
            ["service.example"],
            {"data": "https://other.example/"},
            "The data feed: other.example is not among",
        ),
        (
            ["service.example"],
            {"data": "http://service.example/"},
            "The data feed: The address has to begin",
        ),
        (["127.0.0.1"], {}, "Name the host by its name, not by a number."),
        (["localhost"], {}, "localhost is a name inside somebody's own network"),
        (["169.254.169.254"], {}, "Name the host by its name, not by a number."),
        (["service.example:22"], {}, "The host is not a name that can be asked"),
        ([], {"data": "https://service.example/"}, "Name the hosts of these addresses"),
        (["service.example"], {"cookies": "https://service.example/"}, "There is no such kind of address."),
        ([f"a{n}.example" for n in range(11)], {}, "At most 10 hosts are looked at."),
    ],
)
def test_a_wrong_registration_is_refused_in_sentences(
    pilot: Pilot, hosts: list[str], addresses: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.register_service(
            pilot=pilot, hosts=hosts, addresses=addresses, stated={}, actor=factory.manager_of(pilot), at=clock.now()
        )
    assert any(each.startswith(sentence) for each in refused.value.sentences)
    assert ServiceRegistration.objects.count() == 0


def test_a_look_can_be_asked_for_and_not_twice(pilot: Pilot, live: Service) -> None:
    requirement, supplier = _requirement(pilot, "OD-02"), admin_of(pilot.supplier)
    with pytest.raises(Refused, match="No machine looks at this clause"):
        actions.look_again(pilot=pilot, requirement=requirement, actor=supplier, at=clock.now())
    look(pilot, live)
    with pytest.raises(Refused, match="less than a minute ago"):
        actions.look_again(pilot=pilot, requirement=requirement, actor=supplier, at=clock.now())
    move_clock_to(clock.now() + timedelta(minutes=2))
    actions.look_again(pilot=pilot, requirement=requirement, actor=supplier, at=clock.now())
    with pytest.raises(Refused, match="waiting already"):
        actions.look_again(pilot=pilot, requirement=requirement, actor=supplier, at=clock.now())
    lead = member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD)
    with pytest.raises(NotPermitted):
        actions.look_again(pilot=pilot, requirement=requirement, actor=lead, at=clock.now())
    working.run_due_work()
    assert checks_of(pilot, "OD-02") == ["met", "met"]


def test_where_every_clause_stands_takes_the_same_queries_however_long_the_history(
    pilot: Pilot, live: Service, django_assert_num_queries: object
) -> None:
    look(pilot, live)
    for _ in range(30):
        move_clock_to(clock.now() + timedelta(hours=1))
        working.run_due_work()
    assert len(checks_of(pilot, "OD-02")) == 31
    fresh = Pilot.objects.get(pk=pilot.pk)
    with django_assert_num_queries(3):  # type: ignore[operator]
        queries.clause_states(fresh)


def _requirement(pilot: Pilot, code: str):  # type: ignore[no-untyped-def]
    return pilot.challenge.clause_requirements.get(code=code)


def _ask_health(late: timedelta) -> None:
    move_clock_to(DueWork.objects.get(kind=actions.PROBE, done_at=None).due_at + late)
    working.run_due_work()


def _loopback(live: Service):  # type: ignore[no-untyped-def]
    from django.test import override_settings  # noqa: PLC0415 - only here

    return override_settings(FETCH_LOOPBACK=[f"{live.url('').rpartition(':')[2]}/"])
