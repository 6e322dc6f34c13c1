"""What an assessor tells the chair: read by the two of them, answered once, and waited for by the freeze."""

import pytest

from assessment import actions, queries
from assessment.models import Flag
from assessment.states import every_flag_is_answered
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from tests.factories import assessment as factory
from tests.factories.accounts import confirmed
from tests.integration.assessment.browsing import client_of

pytestmark = pytest.mark.django_db
WORDS = "The second paragraph names the firm."


def test_A4_only_the_assessor_and_the_chair_read_what_was_told_and_the_freeze_waits_for_the_answer():
    round_ = factory.round_in("marking")
    (one, two), chair = factory.assessors_of(round_), factory.chair_of(round_)
    home, place = f"/assess/{round_.slug}/", f"/assess/{round_.slug}/tell/submission-1/"
    teller, other, reader = client_of(one), client_of(two), client_of(chair)

    assert teller.post(place, {"kind": "identity", "reason": " "}).status_code == 422
    assert teller.post(place, {"kind": "rumour", "reason": WORDS}).status_code == 422
    assert teller.post(place, {"kind": "identity", "reason": WORDS}).status_code == 302
    again = teller.post(place, {"kind": "identity", "reason": "Once more."})
    assert "the chair has not answered yet" in again.content.decode()
    flag = Flag.objects.get()
    assert WORDS in teller.get(place).content.decode()
    assert WORDS not in other.get(place).content.decode()
    assert reader.get(place).status_code == 403
    answer = f"{home}flags/{flag.pk}/answer/"
    assert [other.get(f"{home}flags/").status_code, other.get(answer).status_code] == [403, 403]
    assert "What assessors told you" in reader.get(home).content.decode()
    assert WORDS in reader.get(answer).content.decode()
    assert WORDS not in str(list(Event.objects.about(flag).values_list("data", "reason")))

    waiting = "Assessors told the chair about Submission 1: answer them first."
    assert every_flag_is_answered(round_, clock.now()) == waiting
    with pytest.raises(NotPermitted):
        actions.answer_flag(flag=flag, answer="Seen.", actor=two, at=clock.now())
    assert reader.post(answer, {"answer": ""}).status_code == 422
    assert reader.post(answer, {"answer": "It is a street's name; mark it as it stands."}).status_code == 302
    with pytest.raises(Refused, match="answered already"):
        actions.answer_flag(flag=flag, answer="Changed my mind.", actor=chair, at=clock.now())
    assert "mark it as it stands" in teller.get(place).content.decode()
    assert every_flag_is_answered(round_, clock.now()) is None
    assert list(Event.objects.about(flag).order_by("pk").values_list("verb", "visibility")) == [
        ("submission.flagged", "panel"), ("submission.flag_answered", "panel")
    ]  # fmt: skip


def test_A3_nobody_tells_about_what_they_are_kept_out_of_and_the_chair_reads_nothing_there():
    round_ = factory.round_in("marking")
    first, second = queries.submissions_in(round_)[:2]
    one, chair = factory.assessors_of(round_)[0], factory.chair_of(round_)
    factory.join(round_.challenge, "deputy", confirmed())
    deputy = next(seat.user for seat in factory.seats_of(round_) if seat.role == "deputy")
    factory.declare(round_, deputy)
    for who, submission in ((one, first), (chair, second)):
        actions.declare_interest(
            round=round_, actor=who, at=clock.now(), has_interest=True, detail="My cousin.", submission=submission
        )
    about = {"round": round_, "kind": "other", "reason": WORDS, "actor": one, "at": clock.now()}

    with pytest.raises(NotPermitted, match="You declared an interest"):
        actions.raise_flag(submission=first, **about)
    with pytest.raises(NotPermitted, match="Only an assessor"):
        actions.raise_flag(submission=first, **about | {"actor": chair})
    flag = actions.raise_flag(submission=second, **about)
    assert queries.flags_for(queries.standing_of(round_, chair)) == []
    with pytest.raises(NotPermitted):
        actions.answer_flag(flag=flag, answer="Seen.", actor=chair, at=clock.now())
    assert queries.flags_for(queries.standing_of(round_, deputy)) == [flag]
    actions.answer_flag(flag=flag, answer="Looked at; nothing follows.", actor=deputy, at=clock.now())
    assert queries.open_flags(round_) == []
