"""The pages: what the public reads at each stage, and the officer's short forms."""

import hashlib
import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from pilots.models import Pilot, Reading
from pilots.rules import OF_CLOSING, first_instant, local_day
from tests.factories import council, member_with, move_clock_to, person, user
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from work.actions import run_due_work

pytestmark = pytest.mark.django_db
HEADER = "device,metric,taken_at,value,unit\n"


def text_of(path: str, client: Client | None = None) -> str:
    return (client or Client()).get(path).content.decode()


def csv_of(rows: list[dict[str, Any]]) -> str:
    return HEADER + "".join(",".join(str(row[name]) for name in HEADER.strip().split(",")) + "\n" for row in rows)


def file_of(text: str | bytes, name: str = "readings.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def test_the_list_says_what_will_be_there() -> None:
    assert "Pilots will be listed here" in text_of("/pilots/")


def test_a_planned_pilot_is_not_public() -> None:
    pilot = factory.pilot_in("planned")
    assert [Client().get(f"/pilots/{pilot.slug}/{rest}").status_code for rest in ("", "readings.csv", "plan.json")] == [
        404, 404, 404,
    ]  # fmt: skip


def test_P1_a_registered_pilot_shows_its_plan_and_names_no_supplier_yet() -> None:
    pilot = factory.pilot_in("registered")
    text = text_of(f"/pilots/{pilot.slug}/")
    assert "Nobody knows yet: the pilot starts on" in text
    assert pilot.plan_sha256[:16] in text
    assert pilot.supplier.name not in text + text_of("/pilots/")


def test_P1_anyone_can_check_the_hash_of_the_plan() -> None:
    pilot = factory.pilot_in("registered")
    content = Client().get(f"/pilots/{pilot.slug}/plan.json").content
    assert hashlib.sha256(content).hexdigest() == pilot.plan_sha256


def test_P3_while_it_runs_monitoring_is_marked_not_a_result_and_no_tick_is_shown() -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.starts_on + timedelta(weeks=3)))
    factory.send(pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, local_day(clock.now()), effect=-9))
    run_due_work()
    text = text_of(f"/pilots/{pilot.slug}/")
    assert "So far: monitoring, not a result" in text
    assert (text.count("Not a result"), "pf-verdict--scale" in text) == (1, False)
    assert "So far: provisional, not a result" in text


def test_a_measured_result_shows_no_tick_before_the_decision() -> None:
    pilot = factory.pilot_in("evaluating", effect=-3.0)
    before = text_of(f"/pilots/{pilot.slug}/")
    factory.decide(pilot, "scale")
    after = text_of(f"/pilots/{pilot.slug}/")
    assert "Yes: the improvement reached what the council asked for." in before
    assert ["pf-verdict--scale" in text for text in (before, after)] == [False, True]
    assert "Measured, not decided" in before


def test_P7_a_stopped_pilot_is_as_public_as_any() -> None:
    pilot = factory.pilot_in("closed", effect=0.0, choice="stop")
    text = text_of(f"/pilots/{pilot.slug}/")
    assert "No: even at best the improvement is smaller than the council asked for." in text
    assert "The measured result, and what residents told us." in text
    assert pilot.supplier.name in text_of("/pilots/")


def test_the_readings_are_open_data() -> None:
    pilot = factory.pilot_in("evaluating")
    response = Client().get(f"/pilots/{pilot.slug}/readings.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "site,arm,device,metric,unit,taken_at,value,source,version,received_at"
    assert len(lines) == 1 + Reading.objects.count()


def test_the_public_page_costs_the_same_whatever_the_history(django_assert_max_num_queries: Any) -> None:
    young, old = factory.pilot_in("registered"), factory.pilot_in("closed")
    for pilot in (young, old):
        with django_assert_max_num_queries(15):
            Client().get(f"/pilots/{pilot.slug}/")


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_for_one_pilot_and_for_many(rows: int, django_assert_num_queries: Any) -> None:
    pilot = factory.pilot_in("registered")
    item = factory.selected_item(pilot.challenge)
    for number in range(1, rows):
        copy = Pilot.objects.get(pk=pilot.pk)
        copy.pk, copy.slug, copy.public_id = None, f"copy-{number}", uuid4()
        copy.submission = _copy_of_submission(item.submission, number)
        copy.save(force_insert=True)
    with django_assert_num_queries(4):  # the clock (2), the page, the councils to choose from
        response = Client().get("/pilots/")
    assert response.content.decode().count("<article") == min(rows, 20)


def _copy_of_submission(submission: Any, number: int) -> Any:
    supplier = submission.supplier
    supplier.pk, supplier.public_id, supplier.company_number = None, uuid4(), f"9{number:07d}"
    supplier.save(force_insert=True)
    submission.pk, submission.public_id, submission.pseudonym = None, uuid4(), f"copy {number}"
    submission.supplier = supplier
    submission.save(force_insert=True)
    return type(submission).objects.get(pk=submission.pk)


PAGES = ("", "sites/", "register/", "tokens/", "readings/", "clauses/", "clauses/SE-02/", "consent/", "gate/")


def test_R6_working_pages_by_role() -> None:
    pilot = factory.pilot_in("registered")
    where = pilot.challenge.council
    people = {
        "manager": factory.manager_of(pilot),
        "owner": member_with(where, CouncilRole.OWNER),
        "auditor": member_with(where, CouncilRole.AUDITOR),
        "supplier": pilot.supplier.members.get().user,
        "other council": person(council(), CouncilRole.PILOT_MANAGER),
        "nobody": user(),
    }
    found = {
        name: [signed_in(actor).get(f"/workspace/pilots/{pilot.slug}/{page}").status_code for page in PAGES]
        for name, actor in people.items()
    }
    assert found == {
        "manager": [200] * 9,
        "owner": [200, 403, 403, 200, 403, 200, 200, 200, 200],
        "auditor": [200, 403, 403, 200, 403, 200, 200, 403, 200],
        "supplier": [200, 403, 403, 200, 200, 200, 200, 403, 200],
        "other council": [403] * 9,
        "nobody": [403] * 9,
    }
    assert {Client().get(f"/workspace/pilots/{pilot.slug}/{page}").status_code for page in PAGES} == {302}
    for name in ("owner", "auditor", "supplier"):
        client = signed_in(people[name])
        home = client.get(f"/workspace/pilots/{pilot.slug}/").content.decode().partition("<main")[2]
        links = set(re.findall(rf'href="(/workspace/pilots/{pilot.slug}/[^"]+)"', home))
        assert {link for link in links if client.get(link).status_code != 200} == set(), name
    tokens = f"/workspace/pilots/{pilot.slug}/tokens/"
    assert signed_in(people["supplier"]).post(tokens, {"label": "mine"}).status_code == 403


def test_the_list_of_mine_shows_only_mine() -> None:
    pilot = factory.pilot_in("planned")
    mine = text_of("/workspace/pilots/", signed_in(factory.manager_of(pilot)))
    theirs = text_of("/workspace/pilots/", signed_in(person(council(), CouncilRole.PILOT_MANAGER)))
    assert (pilot.supplier.name in mine, pilot.supplier.name in theirs) == (True, False)


def test_a_chosen_submission_is_planned_by_one_click_and_not_twice() -> None:
    item = factory.selected_item()
    challenge = item.submission.challenge
    client = signed_in(member_with(challenge.council, CouncilRole.PILOT_MANAGER))
    answers = [client.post(f"/workspace/challenges/{challenge.slug}/pilots/", {"item": item.pk}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert Pilot.objects.get().submission == item.submission


def test_sites_are_typed_one_a_line_and_kept_when_wrong() -> None:
    pilot = factory.pilot_in("planned")
    client = signed_in(factory.manager_of(pilot))
    typed = {"pilot_sites": "Mill Road: counter-1, counter-2\nHigh Street", "comparison_sites": "Mill Road"}
    wrong = client.post(f"/workspace/pilots/{pilot.slug}/sites/", typed)
    right = client.post(f"/workspace/pilots/{pilot.slug}/sites/", typed | {"comparison_sites": "Low Street"})
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "Each site is named once: mill-road appears more often." in wrong.content.decode()
    assert "Mill Road: counter-1, counter-2" in wrong.content.decode()
    assert {site.code: site.devices.count() for site in pilot.sites.all()} == {
        "mill-road": 2, "high-street": 1, "low-street": 1,
    }  # fmt: skip


def typed_plan(pilot: Pilot, **values: object) -> dict[str, object]:
    given = factory.registration(pilot)
    names = (
        "design", "baseline_starts_on", "starts_on", "ends_on", "analysis_on", "decision_on", "harm_limit", "lowest",
        "minimum_worthwhile_effect", "highest", "spread", "expected_effect",
    )  # fmt: skip
    return (
        {name: getattr(given, name) for name in names} | {"decider": given.decider.pk, "assignment": "By lot."} | values
    )


def test_P1_the_form_shows_the_chances_before_anything_is_registered() -> None:
    pilot = factory.pilot_in("planned")
    client = signed_in(factory.manager_of(pilot))
    path = f"/workspace/pilots/{pilot.slug}/register/"
    looked = client.post(path, typed_plan(pilot, step="look"))
    assert (looked.status_code, Pilot.objects.get(pk=pilot.pk).state) == (200, "planned")
    cases = ("nothing at all", "just worthwhile", "as the supplier expects")
    assert [case in looked.content.decode() for case in cases] == [
        True, True, True,
    ]  # fmt: skip
    registered = client.post(path, typed_plan(pilot, step="register"))
    assert (registered.status_code, Pilot.objects.get(pk=pilot.pk).state) == (302, "registered")


@pytest.mark.parametrize(
    ("design", "first", "spread", "help_"),
    [
        ("matched_comparison", "Matched comparison units, not random: a design that can show", "0.3", None),
        (
            "randomised_comparison",
            "Pilot and comparison units chosen at random: a design that can",
            "3",
            "sites in each",
        ),
        ("one_series", "One series without a comparison: a design that cannot show", "1", "26 periods before"),
        ("before_after", "Before and after only: a design that cannot show", "1", "A comparison group would"),
    ],
)
def test_P1_the_form_says_in_words_what_the_design_can_show(
    design: str, first: str, spread: str, help_: str | None
) -> None:
    pilot = factory.pilot_in("planned")
    pilot.metrics.get().outcome.__class__.objects.update(design="before_after")
    client = signed_in(factory.manager_of(pilot))
    path = f"/workspace/pilots/{pilot.slug}/register/"
    text = html.unescape(
        client.post(path, typed_plan(pilot, design=design, spread=spread, step="look")).content.decode()
    )
    words = text[text.index('id="chances"') :]
    assert first in words
    assert ("as is expected, the verdict would be “scale”" in words) == design.endswith("comparison")
    assert "Think again before you register" in words or help_ is None
    assert help_ is None or help_ in words


def test_P1_a_weaker_plan_is_shown_at_its_field() -> None:
    pilot = factory.pilot_in("planned")
    response = signed_in(factory.manager_of(pilot)).post(
        f"/workspace/pilots/{pilot.slug}/register/", typed_plan(pilot, step="register", minimum_worthwhile_effect="0.2")
    )
    assert response.status_code == 422
    assert 'href="#id_minimum_worthwhile_effect"' in response.content.decode()


def test_a_tokens_secret_is_shown_once() -> None:
    pilot = factory.pilot_in("registered")
    client = signed_in(factory.manager_of(pilot))
    path = f"/workspace/pilots/{pilot.slug}/tokens/"
    made = client.post(path, {"label": "depot"})
    again = client.get(path)
    assert [response.content.decode().count("<code>pf_") for response in (made, again)] == [1, 0]
    assert made["Cache-Control"] == "no-store"


def test_a_file_is_shown_before_it_is_taken_and_nothing_good_is_lost() -> None:
    pilot = factory.pilot_in("registered")
    client = signed_in(factory.manager_of(pilot))
    path = f"/workspace/pilots/{pilot.slug}/readings/"
    good = factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.baseline_starts_on)[:3]
    text = csv_of([*good, good[0] | {"value": 1e6}, good[0] | {"unit": "kg"}, good[0] | {"value": 1}])
    shown = client.post(path, {"file": file_of(text)})
    page = shown.content.decode()
    assert (shown.status_code, Reading.objects.count()) == (422, 0)
    assert "3 of 6 rows can be added" in page
    assert [sentence in page for sentence in (
        "the highest value that is possible", "is not the unit of", "came first for this device",
    )] == [True, True, True]  # fmt: skip
    taken = client.post(path, {"text": text}, follow=True)
    assert "3 readings were added. 0 were here already, 3 were refused." in taken.content.decode()
    assert Reading.objects.count() == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("when,what\n1,2\n", "the first line names when, what"),
        (b"MZ\x90\x00\x03", "This is a program, not a table."),
        (b"caf\xc3\x81\xe9", "The file is not UTF-8 text."),
        ("", "The file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_sentence(content: str | bytes, sentence: str) -> None:
    pilot = factory.pilot_in("registered")
    response = signed_in(factory.manager_of(pilot)).post(
        f"/workspace/pilots/{pilot.slug}/readings/", {"file": file_of(content)}
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_clauses_consent_start_and_gate_through_the_pages() -> None:
    pilot = factory.pilot_in("registered")
    desk, client = f"/workspace/pilots/{pilot.slug}/", signed_in(factory.manager_of(pilot))
    early = client.post(f"{desk}start/")
    assert early.status_code == 409
    assert "Record the consent of those responsible for the sites." in early.content.decode()
    for requirement in pilot.challenge.clause_requirements.filter(due="before_pilot_start"):
        client.post(f"{desk}clauses/{requirement.code}/", {"verdict": "met", "evidence": "Seen."})
    client.post(f"{desk}consent/", {"note": "The highways manager agreed."})
    factory.sign_contract(pilot)
    assert [client.post(f"{desk}start/").status_code for _ in range(2)] == [302, 409]
    pilot.refresh_from_db()
    factory.evaluate(pilot, -3.0)
    decider = signed_in(factory.decider_of(pilot))
    assert client.post(f"{desk}gate/", {"choice": "scale", "reason": "It worked."}).status_code == 403
    assert decider.post(f"{desk}gate/", {"choice": "scale", "reason": "It worked."}).status_code == 302
    factory.record_gate(pilot, *OF_CLOSING)
    assert client.post(f"{desk}close/").status_code == 302
    assert Pilot.objects.get(pk=pilot.pk).state == "closed"


def test_D6_a_refused_choice_keeps_what_was_typed() -> None:
    pilot = factory.pilot_in("evaluating", effect=0.0)
    response = signed_in(factory.decider_of(pilot)).post(
        f"/workspace/pilots/{pilot.slug}/gate/", {"choice": "scale", "reason": "Residents like it."}
    )
    assert response.status_code == 422
    assert "can be chosen only where the verdict is scale" in response.content.decode()
    assert "Residents like it." in response.content.decode()
