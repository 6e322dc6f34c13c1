"""The register of devices: told row by row, and a device that moved counts for the right site by time (P4)."""

from datetime import time, timedelta
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from pilots import queries
from pilots.evaluating import document_of, registered_result
from pilots.models import DeviceEvent, Reading
from pilots.queries import devices
from pilots.rows import LONDON
from pilots.rules import first_instant
from tests.factories import member_with, move_clock_to
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from tests.integration.pilots.test_pilot_pages import file_of
from tests.integration.pilots.test_repeating import downloaded, repeat
from work.actions import run_due_work

pytestmark = pytest.mark.django_db
HEADER = "device,what,on,site,detail,time\n"


def test_a_register_is_taken_row_by_row_and_sending_it_again_changes_nothing() -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.starts_on + timedelta(weeks=2)))
    day, path, now = pilot.starts_on, f"/workspace/pilots/{pilot.slug}/devices/", clock.now().astimezone(LONDON)
    manager, supplier = signed_in(factory.manager_of(pilot)), signed_in(pilot.supplier.members.get().user)
    rows = [
        f"p1a,installed,{day - timedelta(days=100)},,", f"p1a,firmware,{day},,2.1", f"p1a,calibrated,{day},,by hand",
        f"p1a,moved,{day},pilot-2,,12:00", f"new-1,installed,{day}T9:05,pilot-1,", f"p2a,painted,{day},,",
        f"unknown,calibrated,{day},,", "p2a,calibrated,2099-01-01,,", "p2a,calibrated,31.5.2026,,",
        f"p2a,moved,{day},nowhere,", f"p2a,moved,{day},pilot-2,", f"p2a,moved,{day},comparison-1,",
        f"p1a,calibrated,{day - timedelta(days=200)},,", f"p1a,moved,{day - timedelta(days=9)},pilot-3,",
        f"p1a,moved,{day},pilot-3,", f"p1a,moved,{day},pilot-2,,13:00", f"new-1,firmware,{day},,3,09:04",
        f"new-1,calibrated,{day},,,soon", f"new-1,calibrated,{day} 10:00Z,,",
        f"new-1,calibrated,{now:%Y-%m-%d},,,23:59",
    ]  # fmt: skip
    answer = manager.post(path, {"file": file_of(HEADER + "\n".join(rows))})
    text = answer.content.decode()
    for sentence in (
        "5 rows kept, 0 here already, 15 refused", "Line 7: “painted” is none of", "Line 8: “unknown” is not a device",
        "Line 9: 2099-01-01 has not come yet.", "Line 10: “31.5.2026” is not a date",
        "Line 11: “nowhere” is not a site",
        "Line 12: p2a stands at pilot-2 already.", "Line 13: a device does not move between pilot and comparison sites",
        "Line 14: p1a was installed later", "Line 15: a later move of p1a is here already",
        "Line 16: this stands in the register for that day already (at pilot-2, 12:00): take that back first",
        "Line 17: this stands in the register", f"Line 18: new-1 was installed later, on {day} at 09:05.",
        "Line 19: “soon” is not a time like 14:30, in London.", "Line 20: “10:00Z” is not a time",
        f"Line 21: {now:%Y-%m-%d} at 23:59 has not come yet.",
    ):  # fmt: skip
        assert sentence in text, sentence
    again = manager.post(path, {"file": file_of(HEADER + "\n".join(rows[:5]))})
    assert "0 rows kept, 5 here already, 0 refused" in again.content.decode()
    theirs = [f"p3a,calibrated,{day},,", f"p3a,moved,{day},pilot-2,", f"new-2,installed,{day},pilot-1,"]
    told = supplier.post(path, {"file": file_of(HEADER + "\n".join(theirs))}).content.decode()
    assert "1 row kept, 0 here already, 2 refused" in told
    assert "Line 3: the council&#x27;s pilot manager tells of moves and new devices" in told
    owner = signed_in(member_with(pilot.challenge.council, CouncilRole.OWNER))
    assert [owner.get(path).status_code, owner.post(path).status_code, Client().get(path).status_code] == [
        200,
        403,
        302,
    ]
    lines = Client().get(f"/pilots/{pilot.slug}/devices.csv").content.decode().splitlines()
    assert (lines[0], f"p1a,moved,{day},pilot-2,,12:00" in lines, DeviceEvent.objects.count()) == (
        HEADER.strip(),
        True,
        6,
    )
    dashboard = supplier.get(f"/workspace/pilots/{pilot.slug}/dashboard/").content.decode()
    assert "Moved: p1a. Each counts for its new site from the day after." in dashboard


def test_one_thing_is_noted_from_a_phone_without_a_file() -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.starts_on + timedelta(weeks=2)))
    day, path = pilot.starts_on.isoformat(), f"/workspace/pilots/{pilot.slug}/devices/"
    manager, supplier = signed_in(factory.manager_of(pilot)), signed_in(pilot.supplier.members.get().user)
    one = {"step": "one", "device": "p3a", "what": "calibrated", "on": day, "detail": "by hand", "time": "14:30"}
    said = [supplier.post(path, one, follow=True).content.decode() for _ in range(2)]
    assert ["It stands in the register." in said[0], "in the register already" in said[1]] == [True, True]
    slips = [
        one | each
        for each in ({"on": "2099-01-01"}, {"time": "25:00"}, {"what": "moved"}, {"device": ""}, {"device": "x"})
    ]
    assert [supplier.post(path, slip).status_code for slip in slips] == [422] * 5
    assert "2099-01-01 at 14:30 has not come yet." in supplier.post(path, slips[0]).content.decode()
    new = one | {"device": "", "new_device": "new-9", "what": "installed", "site": "pilot-1"}
    both = manager.post(path, new | {"device": "p3a"})
    assert (both.status_code, "Choose a device, or name a new one." in both.content.decode()) == (422, True)
    moved = {"step": "one", "device": "p3a", "what": "moved", "on": day, "site": "pilot-2"}
    assert [manager.post(path, row).status_code for row in (new, moved)] == [302, 302]
    found = DeviceEvent.objects.order_by("pk").values_list("device__code", "what", "site__code", "time")
    assert list(found) == [
        ("p3a", "calibrated", None, time(14, 30)), ("new-9", "installed", "pilot-1", time(14, 30)),
        ("p3a", "moved", "pilot-2", None),
    ]  # fmt: skip
    assert ", 14:30" in supplier.get(path).content.decode()
    wrong, back = {each.what: each.pk for each in DeviceEvent.objects.all()}, f"{path}take-back/"
    assert [supplier.post(back, {"happened": wrong[what], "reason": reason}).status_code for what, reason in (
        ("moved", "Not so."), ("calibrated", " "), ("calibrated", "It was p2a."), ("calibrated", "It was p2a."),
    )] == [422, 422, 302, 422]  # fmt: skip
    assert manager.post(back, {"happened": wrong["moved"], "reason": "It stayed."}).status_code == 302
    assert list(DeviceEvent.objects.values_list("what", flat=True)) == ["installed"]
    taken = Event.objects.about(pilot).filter(verb="pilot.device_event_taken_back").order_by("pk")
    assert [(each.reason, each.data["device"], each.visibility) for each in taken] == [
        ("It was p2a.", "p3a", "public"), ("It stayed.", "p3a", "public"),
    ]  # fmt: skip


def test_P4_a_device_that_moved_counts_for_the_right_site_by_time() -> None:
    pilot = factory.pilot_in("running")
    moved_on = pilot.starts_on + timedelta(weeks=2)
    move_clock_to(first_instant(moved_on + timedelta(weeks=3)))
    factory.send(pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, moved_on + timedelta(weeks=2)))
    number, before = Reading.objects.count(), cells(pilot)
    row = f"{HEADER}p1a,moved,{moved_on},pilot-2,,12:00\n"  # the day counts for neither, whatever the time
    path = f"/workspace/pilots/{pilot.slug}/devices/"
    assert signed_in(factory.manager_of(pilot)).post(path, {"file": file_of(row)}).status_code == 200
    after = cells(pilot)
    assert {unit for unit, at in before if at} == {"pilot-1"}
    assert [unit for unit, at in after if at < moved_on] == ["pilot-1"] * 14
    assert [(unit, at) for unit, at in after if at >= moved_on] == [
        ("pilot-2", moved_on + timedelta(weeks=weeks)) for weeks in (1, 2)
    ]
    assert Reading.objects.count() == number
    lines = b"".join(Client().get(f"/pilots/{pilot.slug}/readings.csv").streaming_content).decode().splitlines()
    last = [line for line in lines if ",p1a," in line][-1]
    assert last.startswith("pilot-2,pilot,p1a,")
    places, _ = devices.standing(pilot)
    found = {place.code: (place.devices, [place.asked(day, day) for day in (moved_on, moved_on + timedelta(1))])
             for place in places if place.stays}  # fmt: skip
    assert found == {"pilot-1": (1, [1, 1]), "pilot-2": (3, [2, 3])}


def test_P5_a_verdict_does_not_hang_on_devices_that_were_changed_inside_the_windows(tmp_path: Path) -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.ends_on + timedelta(days=1)))
    factory.send(pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on, -3.0))
    manager, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/devices/"
    before, within = pilot.baseline_starts_on, pilot.starts_on + timedelta(days=9)

    def tell(*rows: str) -> dict[str, object]:
        assert manager.post(path, {"file": file_of(HEADER + "\n".join(rows))}).status_code == 200
        gates = {gate["name"]: gate for gate in registered_result(pilot).result["gates"]}
        return gates.get("marked", {})

    assert tell(*(f"p{number}a,calibrated,{before},," for number in range(1, 7))) == {}
    gate = tell(f"p1a,firmware,{within},,2.2")
    assert (gate["passed"], f"20 of 480 values are marked (p1a: other firmware on {within})" in gate["sentence"]) == (
        True,
        True,
    )
    assert "without them the verdict would be “scale”, too" in gate["sentence"]
    gate = tell(f"p1b,calibrated,{within},,", f"p2a,firmware,{within},,2.2")
    assert (gate["passed"], "25% of one group" in gate["sentence"]) == (False, True)
    assert "Their values are marked" in manager.get(f"/workspace/pilots/{pilot.slug}/dashboard/").content.decode()
    move_clock_to(first_instant(pilot.analysis_on))
    run_due_work()
    published = queries.registered_evaluation(pilot).result
    assert (published["verdict"], published["ground"]) == ("inconclusive", "data")
    code, again = repeat(*downloaded(pilot, tmp_path, "plan.json", "analysis.csv"))
    assert (code, again) == (0, {key: value for key, value in published.items() if key != "plan_sha256"})


def cells(pilot: object) -> list[tuple[str, object]]:
    """Unit and period of every cell that the analysis reads of the device p1a."""
    document = document_of(pilot)
    rows = queries.analysis_readings(pilot, document).rows(document.code)
    return sorted((row.unit, row.at) for row in rows if row.device == "p1a")


def test_a_register_that_is_no_table_or_comes_too_late_is_refused() -> None:
    pilot = factory.pilot_in("evaluating")
    client, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/devices/"
    cases = {
        HEADER + "p1a,calibrated,2026-01-01,,\n": "kept from the registration of the plan until the analysis date",
        "device,what\np1a,moved\n": "The first line has to name device, what and on; on is missing.",
        "": "The file is empty.",
    }
    for content, sentence in cases.items():
        answer = client.post(path, {"file": file_of(content)})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True), sentence
