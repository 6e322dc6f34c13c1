"""What people say: noted, asked and answered without a name, deleted when promised, beside the numbers (P6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from pilots import evaluating
from pilots.models import FieldNote, Finding, Pilot, Survey, SurveyAnswer
from pilots.rules import first_instant, local_day
from tests.factories import member_with, move_clock_to
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from work.actions import run_due_work

pytestmark = pytest.mark.django_db
FINDINGS = (
    {"words": "Too bright at night", "said_by": "4", "kind": "theme", "quotation": "I put foil on the window"},
    {"words": "Easier to walk home", "said_by": "2", "kind": "theme"},
    {"words": "No telephone", "said_by": "1", "kind": "equity"},
    {"words": "Woke a child every night", "said_by": "1", "kind": "negative"},
)
QUESTIONS = ({"text": "Is it darker now?", "options": "Yes\r\nNo"}, {"text": "What else?"})


def rows_of(*rows: dict[str, str]) -> dict[str, str]:
    """Rows as their form sends them, with an empty one below."""
    sent = {f"form-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    return {"form-TOTAL_FORMS": str(len(rows) + 1), "form-INITIAL_FORMS": "0", **sent}


NOTE = {
    "method": "interview", "people": "8", "who": "Tenants of two blocks.", "recruited": "Every fourth door.",
    "is_serious": "on", **rows_of(*FINDINGS),
}  # fmt: skip
SURVEY = {
    "title": "Light in your street", "controller": "The council", "lawful_basis": "Public task",
    "contact": "The streets team", "introduction": "", **rows_of(*QUESTIONS),
}  # fmt: skip


def desk(pilot: Pilot) -> str:
    return f"/workspace/pilots/{pilot.slug}/people/"


def note_of(pilot: Pilot, **values: str) -> dict[str, str]:
    return NOTE | {"held_on": local_day(clock.now()).isoformat()} | values


def survey_of(pilot: Pilot, client: Client, days: int = 90) -> Survey:
    until = local_day(clock.now()) + timedelta(days=days)
    assert client.post(f"{desk(pilot)}survey/", SURVEY | {"keep_until": until.isoformat()}).status_code == 302
    return Survey.objects.get()


def test_P6_what_people_said_stands_beside_the_numbers_and_changes_no_result() -> None:
    pilot = factory.pilot_in("evaluating")
    client, page = signed_in(factory.manager_of(pilot)), f"/pilots/{pilot.slug}/"
    before = [Client().get(f"{page}{name}").content for name in ("result.json", "analysis.csv", "plan.json")]
    computed = evaluating.registered_result(pilot)
    assert client.post(f"{desk(pilot)}note/", note_of(pilot)).status_code == 302
    survey = survey_of(pilot, client)
    Client().post(f"/take-part/{survey.code}/", {"question-0": "Yes", "question-1": "It blinks."})
    text, all_of_it = (Client().get(path).content.decode() for path in (page, f"{page}people/"))
    for words in ("Too bright at night", "Woke a child every night", "No telephone", "Somebody told of a serious harm"):
        assert words in text
    assert "<strong>1</strong> answer from whoever wanted to" in text
    assert ["It blinks." in each for each in (text, all_of_it)] == [False, False]
    assert "Counts are shown once ten people have answered." in all_of_it
    after = [Client().get(f"{page}{name}").content for name in ("result.json", "analysis.csv", "plan.json")]
    assert (after, evaluating.registered_result(pilot)) == (before, computed)


def test_a_note_that_names_somebody_or_counts_wrongly_is_refused_and_nothing_typed_is_lost() -> None:
    pilot = factory.pilot_in("registered")
    client = signed_in(factory.manager_of(pilot))
    cases = {
        "“Too bright at night” is said by somebody, and by no more people than were there.": {"form-0-said_by": "9"},
        "There is a telephone number in it.": {"form-0-quotation": "Ask me: 020 7946 0018"},
        "There is a postcode in it.": {"who": "The family at SW1A 2AA."},
        "Give a number.": {"form-1-said_by": ""},
        "This day has not come yet.": {"held_on": "2099-01-01"},
        "Fill this in.": {"form-0-words": ""},
    }
    for sentence, wrong in cases.items():
        answer = client.post(f"{desk(pilot)}note/", note_of(pilot) | wrong)
        text = answer.content.decode()
        assert (answer.status_code, sentence in text, "Every fourth door." in text) == (422, True, True), sentence
    assert FieldNote.objects.count() == 0
    assert client.post(f"{desk(pilot)}note/", note_of(pilot)).status_code == 302
    Pilot.objects.filter(pk=pilot.pk).update(state="closed")
    assert "nothing people say is recorded" in client.post(f"{desk(pilot)}note/", note_of(pilot)).content.decode()
    path = f"{desk(pilot)}notes/{FieldNote.objects.get().pk}/withdraw/"
    assert [client.post(path, {"reason": reason}).status_code for reason in ("", "She was known.", "x")] == [
        422, 302, 422,
    ]  # fmt: skip
    note = FieldNote.objects.get()
    public = Client().get(f"/pilots/{pilot.slug}/people/").content.decode()
    assert (note.who, Finding.objects.count(), "She was known." in public, "foil" in public) == ("", 0, True, False)
    owner = signed_in(member_with(pilot.challenge.council, CouncilRole.OWNER))
    assert [owner.post(f"{desk(pilot)}{rest}", NOTE).status_code for rest in ("note/", "survey/")] == [403, 403]


def test_a_resident_answers_without_an_account_and_nothing_is_kept_of_who() -> None:
    pilot = factory.pilot_in("registered")
    manager = signed_in(factory.manager_of(pilot))
    survey = survey_of(pilot, manager)
    form, events = f"/take-part/{survey.code}/", Event.objects.count()
    shown = Client().get(form).content.decode()
    for words in ("The council is responsible", "Public task", "Every answer is deleted on"):
        assert words in shown
    bad = [Client().post(form, data).status_code for data in ({}, {"question-0": "Maybe"}, {"question-1": "  "})]
    good = Client().post(form, {"question-0": "No"}, REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="canaryagent")
    assert (bad, good.status_code, SurveyAnswer.objects.count()) == ([422, 422, 422], 302, 1)
    assert Event.objects.count() == events
    assert {field.name for field in SurveyAnswer._meta.get_fields()} == {
        "id", "survey", "mode", "answered_on", "answers",
    }  # fmt: skip
    assert [word for word in ("203.0.113.77", "canaryagent") if word in everything()] == []
    typed = {"mode": "paper", "question-0": "Yes", "question-1": "In ink."}
    assert manager.post(f"{desk(pilot)}surveys/{survey.pk}/", typed).status_code == 302
    assert "1 by telephone or on paper" in manager.get(f"{desk(pilot)}surveys/{survey.pk}/").content.decode()
    erasing = f"{desk(pilot)}surveys/{survey.pk}/answers/{SurveyAnswer.objects.latest('pk').pk}"
    asked = ((1, " "), (0, "A name."), (9, "A name."), (1, "A name."), (1, "A name."))
    answers = [manager.post(f"{erasing}/{place}/erase/", {"reason": reason}).status_code for place, reason in asked]
    assert answers == [422, 422, 422, 302, 422]
    owner = signed_in(member_with(pilot.challenge.council, CouncilRole.OWNER))
    assert owner.post(f"{erasing}/1/erase/", {"reason": "A name."}).status_code == 403
    public = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    assert ("In ink." in everything(), "Words of an answer to" in public) == (False, True)
    assert SurveyAnswer.objects.latest("pk").answers == ["Yes", ""]
    code = Client().get(f"{form}code.svg")
    assert (code["Content-Type"], b"<svg" in code.content) == ("image/svg+xml", True)
    closing_gives_back_what_came_late(manager, f"{desk(pilot)}surveys/{survey.pk}/close/", form, survey)


def closing_gives_back_what_came_late(manager: Client, closing: str, form: str, survey: Survey) -> None:
    before = SurveyAnswer.objects.count()
    assert [manager.post(closing).status_code for _ in range(2)] == [302, 409]
    late = Client().post(form, {"question-0": "No", "question-1": "<b>Too</b> late."})
    assert (late.status_code, SurveyAnswer.objects.count()) == (422, before)
    given_back = ("Your answers were not kept", survey.contact, "You wrote: No", "You wrote: &lt;b&gt;Too&lt;/b&gt;")
    assert [words for words in given_back if words not in late.content.decode()] == []
    assert "not kept" not in Client().get(form).content.decode()


def test_a_flood_of_answers_is_stopped_for_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    pilot = factory.pilot_in("registered")
    survey = survey_of(pilot, signed_in(factory.manager_of(pilot)))
    monkeypatch.setattr("pilots.actions.people.MOST_AN_HOUR", 2)
    answers = [Client().post(f"/take-part/{survey.code}/", {"question-0": "No"}).status_code for _ in range(3)]
    move_clock_to(clock.now() + timedelta(hours=1))
    answers.append(Client().post(f"/take-part/{survey.code}/", {"question-0": "No"}).status_code)
    assert answers == [302, 302, 422, 302]


def test_answers_are_deleted_on_the_promised_day_and_only_counts_are_left() -> None:
    pilot = factory.pilot_in("registered")
    survey = survey_of(pilot, signed_in(factory.manager_of(pilot)), days=5)
    for place in range(10):
        answer = {"question-0": "Yes" if place else "No", "question-1": "It blinks."}
        assert Client().post(f"/take-part/{survey.code}/", answer).status_code == 302
    before = Client().get(f"/pilots/{pilot.slug}/people/").content.decode()
    move_clock_to(first_instant(survey.keep_until))
    late = Client().post(f"/take-part/{survey.code}/", {"question-0": "No"})
    run_due_work()
    after = Client().get(f"/pilots/{pilot.slug}/people/").content.decode()
    assert (late.status_code, SurveyAnswer.objects.count()) == (422, 0)
    assert ["Yes: 9 of 10 (90%)" in text for text in (before, after)] == [True, True]
    assert "Every answer was deleted on" in after
    assert "It blinks." not in everything()


def everything() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append(str(cursor.fetchall()))
    return "".join(found)


def test_questions_that_cannot_be_asked_are_told_and_more_rows_lose_nothing() -> None:
    pilot = factory.pilot_in("registered")
    client, path = signed_in(factory.manager_of(pilot)), f"{desk(pilot)}survey/"
    until = {"keep_until": (local_day(clock.now()) + timedelta(days=9)).isoformat()}
    for options, sentence in (
        ("Yes", "two to 8 different"),
        ("Yes\nYes", "two to 8 different"),
        ("a\n" + "x" * 81, "80"),
    ):
        answer = client.post(path, SURVEY | until | {"form-0-options": options})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert client.post(path, SURVEY | until | {"form-0-text": "x" * 201}).status_code == 422
    more = client.post(path, SURVEY | until | {"onwards": "1"})
    page = more.content.decode()
    assert (more.status_code, "There is a problem" in page, "Is it darker now?" in page) == (200, False, True)
    assert (more.context["more"].total_form_count(), Survey.objects.count()) == (5, 0)
    survey = survey_of(pilot, client)
    assert survey.questions == [
        {"text": "Is it darker now?", "options": ["Yes", "No"]},
        {"text": "What else?", "options": []},
    ]
    sheet = client.get(f"{desk(pilot)}surveys/{survey.pk}/print/").content.decode()
    for words in (
        f"/take-part/{survey.code}/code.svg",
        "Is it darker now?",
        "Public task",
        "The streets team",
        "The council is",
    ):
        assert words in sheet


def test_the_page_with_everything_on_it_still_costs_fifteen_queries(django_assert_max_num_queries: Any) -> None:
    pilot = factory.pilot_in("evaluating")
    client = signed_in(factory.manager_of(pilot))
    for _ in range(3):
        client.post(f"{desk(pilot)}note/", note_of(pilot))
    survey_of(pilot, client)
    with django_assert_max_num_queries(15):
        assert Client().get(f"/pilots/{pilot.slug}/").status_code == 200
