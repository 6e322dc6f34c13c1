"""Writing a draft: who may, until when, and what happens when two write at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import storages

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from files.models import StoredFile
from suppliers import actions, queries
from suppliers.actions import StaleDraft
from suppliers.models import Submission
from tests.factories import open_challenge, person, published_challenge
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
TEXT = b"week,thefts\n1,10\n"


def save(submission: Submission, actor: object, text: str, version: int) -> None:
    actions.save_draft(
        submission=submission, section="answers/outcome", value=text, version=version, actor=actor, at=clock.now()
    )


def test_O1_starting_twice_gives_the_same_submission() -> None:
    challenge, firm = open_challenge(), make.supplier()

    first = make.started(challenge, firm)
    second = make.started(challenge, firm)

    assert second.pk == first.pk
    assert Submission.objects.count() == 1
    assert Event.objects.filter(verb="submission.started").count() == 1


def test_T1_nothing_is_started_before_the_call_opens() -> None:
    challenge, firm = published_challenge(), make.supplier()

    with pytest.raises(Refused, match="not opened yet"):
        actions.start_submission(challenge=challenge, supplier=firm, actor=make.admin_of(firm), at=clock.now())


def test_nobody_of_the_council_answers_its_own_challenge() -> None:
    challenge, firm = open_challenge(), make.supplier()
    both = make.admin_of(firm)
    both.council_memberships.create(council=challenge.council, role="auditor")

    with pytest.raises(NotPermitted):
        actions.start_submission(challenge=challenge, supplier=firm, actor=both, at=clock.now())


def test_O3_a_draft_says_when_it_was_saved_and_keeps_each_section() -> None:
    submission = make.started(open_challenge())
    before = clock.now()

    make.save(submission, "answers/outcome", "first")
    make.save(submission, "answers/delivery", "second")

    draft = queries.read_draft(submission, make.admin_of(submission.supplier))
    assert (draft.answer("outcome"), draft.answer("delivery"), draft.version) == ("first", "second", 2)
    assert draft.saved_at >= before


def test_O3_saving_adds_no_event() -> None:
    submission = make.started(open_challenge())
    events = Event.objects.count()

    make.save(submission, "answers/outcome", "first")

    assert Event.objects.count() == events


def test_O3_two_members_in_one_section_the_later_is_told_and_nothing_is_lost() -> None:
    submission = make.started(open_challenge())
    one, other = make.admin_of(submission.supplier), make.colleague(submission.supplier)
    save(submission, one, "one wrote this", version=0)

    with pytest.raises(StaleDraft) as stale:
        save(submission, other, "the other wrote that", version=0)

    assert (stale.value.theirs, stale.value.mine) == ("one wrote this", "the other wrote that")
    assert queries.read_draft(submission, one).answer("outcome") == "one wrote this"
    save(submission, other, "both together", version=stale.value.version)
    assert queries.read_draft(submission, one).answer("outcome") == "both together"


def test_O3_two_members_in_two_sections_do_not_meet() -> None:
    submission = make.started(open_challenge())
    one, other = make.admin_of(submission.supplier), make.colleague(submission.supplier)
    save(submission, one, "one wrote this", version=0)

    actions.save_draft(
        submission=submission, section="price", value={"pilot": "1.00", "contract": "2.00"}, version=0, actor=other,
        at=clock.now(),
    )  # fmt: skip

    draft = queries.read_draft(submission, one)
    assert (draft.answer("outcome"), draft.price["contract"]) == ("one wrote this", "2.00")


def test_the_same_text_saved_twice_is_no_conflict() -> None:
    submission = make.started(open_challenge())
    one, other = make.admin_of(submission.supplier), make.colleague(submission.supplier)
    save(submission, one, "the same", version=0)

    save(submission, other, "the same", version=0)

    assert queries.read_draft(submission, one).version == 1


def test_T3_edit_and_attach_each_check_the_deadline() -> None:
    submission = make.drafted(open_challenge(), files={"counts.csv": TEXT})
    actor = make.admin_of(submission.supplier)
    make.after_closing(submission.challenge)

    with pytest.raises(Refused, match="This call has closed"):
        save(submission, actor, "late", version=1)
    with pytest.raises(Refused, match="This call has closed"):
        actions.attach_file(submission=submission, name="a.csv", data=TEXT, actor=actor, at=clock.now())
    draft = queries.read_draft(submission, actor)
    with pytest.raises(Refused, match="This call has closed"):
        actions.detach_file(submission=submission, public_id=draft.files[0]["id"], actor=actor, at=clock.now())
    assert queries.read_draft(submission, actor) == draft


def test_S1_S2_a_draft_is_read_by_its_own_people_only() -> None:
    submission = make.drafted(open_challenge())
    challenge = submission.challenge
    superuser = person(challenge.council, "procurement_lead")
    superuser.is_superuser = superuser.is_staff = True
    superuser.save()
    outsiders = [superuser, challenge.owner, person(challenge.council, "auditor"), make.admin_of(make.supplier())]

    for outsider in outsiders:
        with pytest.raises(NotPermitted, match="own people"):
            queries.read_draft(submission, outsider)
        with pytest.raises(NotPermitted):
            save(submission, outsider, "changed", version=1)
        assert list(Submission.objects.visible_to(outsider)) == []
    assert list(Submission.objects.visible_to(make.admin_of(submission.supplier))) == [submission]


def test_a_member_who_left_reads_nothing() -> None:
    submission = make.started(open_challenge())
    gone = make.colleague(submission.supplier)
    gone.is_active = False
    gone.save()

    with pytest.raises(NotPermitted):
        queries.read_draft(submission, gone)
    assert list(Submission.objects.visible_to(gone)) == []


def test_a_removed_file_leaves_nothing_behind(django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    submission = make.drafted(open_challenge(), files={"counts.csv": TEXT})
    actor = make.admin_of(submission.supplier)
    [entry] = queries.read_draft(submission, actor).files

    stored = StoredFile.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        actions.detach_file(submission=submission, public_id=entry["id"], actor=actor, at=clock.now())

    assert queries.read_draft(submission, actor).files == []
    assert StoredFile.objects.count() == 0
    assert not storages["private"].exists(stored.storage_name)


def test_a_file_of_a_submitted_version_stays_when_the_draft_drops_it() -> None:
    submission = make.submitted(open_challenge(), files={"counts.csv": TEXT})
    actor = make.admin_of(submission.supplier)
    [entry] = queries.read_draft(submission, actor).files

    actions.detach_file(submission=submission, public_id=entry["id"], actor=actor, at=clock.now())

    assert StoredFile.objects.filter(public_id=entry["id"]).count() == 1


def test_there_is_a_limit_to_the_number_of_files() -> None:
    submission = make.started(open_challenge())
    actor = make.admin_of(submission.supplier)
    for number in range(10):
        actions.attach_file(submission=submission, name=f"{number}.csv", data=TEXT, actor=actor, at=clock.now())

    with pytest.raises(Refused, match="You have 10 files, which is the most we take"):
        actions.attach_file(submission=submission, name="11.csv", data=TEXT, actor=actor, at=clock.now())

    assert StoredFile.objects.count() == 10
