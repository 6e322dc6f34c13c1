"""`perform`: who, from where, past which guards; one event for a step taken, nothing at all for one refused."""

import dataclasses
from datetime import timedelta

import pytest

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event, Visibility
from audit.transitions import ADDED, TABLES, NotPermitted, Refused, Table, objections, perform
from challenges.models import Challenge, ChallengeState
from tests.factories import draft_challenge, member_with, published_challenge, user

pytestmark = pytest.mark.django_db


def _stored(challenge: Challenge) -> tuple[str, int]:
    return Challenge.objects.get(pk=challenge.pk).state, Event.objects.about(challenge).count()


def _refusal(challenge: Challenge, step: str, **parts: object) -> list[str]:
    """What perform says; and it may have written nothing."""
    before = _stored(challenge)
    given = {"actor": member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD), "at": clock.now()} | parts
    with pytest.raises(Refused) as refusal:
        perform(challenge, step, **given)
    assert _stored(challenge) == before
    return refusal.value.sentences


def _replace_step(monkeypatch: pytest.MonkeyPatch, name: str, **changes: object) -> None:
    table = TABLES[Challenge]
    steps = tuple(dataclasses.replace(s, **changes) if s.name == name else s for s in table.steps)
    changed = Table(model=Challenge, noun=table.noun, steps=steps, challenge_id=table.challenge_id)
    monkeypatch.setitem(TABLES, Challenge, changed)


def test_a_step_taken_writes_the_state_and_exactly_one_event() -> None:
    challenge = published_challenge()
    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    before = Event.objects.about(challenge).count()
    at = clock.now()

    event = perform(challenge, "cancel", actor=lead, at=at, reason="The road is being rebuilt.", data={"more": 1})

    assert _stored(challenge) == (ChallengeState.CANCELLED, before + 1)
    assert challenge.state == ChallengeState.CANCELLED
    assert (event.verb, event.actor_key) == ("challenge.cancelled", f"user:{lead.pk}")
    assert event.actor_label == f"person {lead.pk}"
    assert (event.at, event.reason, event.visibility) == (at, "The road is being rebuilt.", Visibility.PUBLIC)
    assert (event.challenge_id, event.data) == (challenge.pk, {"from": "published", "to": "cancelled", "more": 1})


def test_whoever_comes_second_reads_a_whole_sentence_from_every_state_of_every_table() -> None:
    """The states' words are quoted as pages show them: “Being evaluated” is not made to fit into a sentence."""
    said = {}
    for table in TABLES.values():
        labels = dict(table.model._meta.get_field("state").choices or [])
        for step in table.steps:
            for state in set(labels) - set(step.sources):
                (said[table.noun, step.name, state],) = objections(table.model(state=state), step.name, at=clock.now())
                assert f"stands at “{labels[state]}”" in said[table.noun, step.name, state]

    assert (
        said["pilot", "decide_gate", "decided"] == "The pilot stands at “Decided” already: nothing is left to do here."
    )
    assert said["pilot", "decide_gate", "running"] == (
        "The pilot stands at “Running”. “Decide gate” can be done only while it stands at “Being evaluated”."
    )


def test_the_wrong_state_is_refused_with_both_states() -> None:
    challenge = draft_challenge()

    sentences = _refusal(challenge, "amend", reason="Because.")

    assert sentences == ["The challenge stands at “Draft”. “Amend” can be done only while it stands at “Published”."]


def test_the_state_that_counts_is_the_stored_one() -> None:
    challenge = published_challenge()
    stale = Challenge.objects.get(pk=challenge.pk)
    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    perform(challenge, "cancel", actor=lead, at=clock.now(), reason="The road is being rebuilt.")

    with pytest.raises(Refused, match="The challenge stands at “Cancelled”"):
        perform(stale, "amend", actor=lead, at=clock.now(), reason="Because.")


def test_the_wrong_actor_is_refused_before_anything_else_is_said() -> None:
    challenge = published_challenge()

    with pytest.raises(NotPermitted, match=r"^Only the council's procurement lead can do this\.$"):
        perform(challenge, "amend", actor=user(), at=clock.now(), reason="Because.")


def test_somebody_of_another_council_is_the_wrong_actor() -> None:
    challenge, elsewhere = published_challenge(), published_challenge()
    lead_elsewhere = member_with(elsewhere.council, CouncilRole.PROCUREMENT_LEAD)

    with pytest.raises(NotPermitted):
        perform(challenge, "amend", actor=lead_elsewhere, at=clock.now(), reason="Because.")


def test_a_step_that_needs_a_reason_refuses_blanks() -> None:
    sentences = _refusal(published_challenge(), "amend", reason="  ")

    assert sentences == ["Give a reason: it is published with this step."]


def test_every_guard_speaks_not_only_the_first() -> None:
    challenge = draft_challenge()
    challenge.criteria.all().delete()
    Challenge.objects.filter(pk=challenge.pk).update(route="")

    sentences = _refusal(challenge, "publish")

    assert "Choose the procedure: route A, B or C." in sentences
    assert "The weights of the criteria total 0, not 100." in sentences


def test_a_guard_judges_the_stored_row_and_the_given_instant() -> None:
    challenge = published_challenge()

    early = objections(challenge, "unseal", at=challenge.closes_at - timedelta(microseconds=1))
    on_time = objections(challenge, "unseal", at=challenge.closes_at)

    closed = "The call is still open: nothing is unsealed before its deadline."
    assert (closed in early, closed in on_time) == (True, False)


def test_a_step_that_awaits_a_room_refuses_until_the_room_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    challenge = published_challenge()
    _replace_step(monkeypatch, "cancel", awaits=("weather",))

    sentences = _refusal(challenge, "cancel", reason="Because.")
    assert sentences == ["This step waits for checks by weather, which are not installed."]

    monkeypatch.setitem(ADDED, Challenge, {"cancel": {"weather": ()}})
    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    perform(challenge, "cancel", actor=lead, at=clock.now(), reason="Because.")
    assert challenge.state == ChallengeState.CANCELLED


def test_a_guard_added_by_a_higher_room_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    challenge = published_challenge()
    monkeypatch.setitem(ADDED, Challenge, {"cancel": {"weather": (lambda record, at: "It rains.",)}})

    assert _refusal(challenge, "cancel", reason="Because.") == ["It rains."]
