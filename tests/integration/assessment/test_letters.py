"""Letters: summaries that go out together with the decision, and reasons for whoever is dropped before (D2, D3)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import CouncilRole
from assessment import actions, letters, queries
from assessment.models import Decision, Explanation, InterestDeclaration, Letter, Moderation
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.timetable import day_of, first_instant
from notifications.audiences import hearing
from suppliers import copies
from suppliers.status import status
from tests.factories import council, move_clock_to, open_challenge, person
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    choices_for,
    decide,
    declare_as_approver,
    lead_of,
    open_prices,
    owner_of,
    round_in,
)
from tests.factories.suppliers import admin_of, submitted, unseal
from tests.integration.assessment.browsing import client_of
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db


def words(letter):
    """All that a letter says, as one text."""
    return " | ".join([row.text + row.term + str(row.rows) for row in letter.copy.blocks])


def tell(round_, actor=None):
    return actions.tell_dropped(round=round_, actor=actor or owner_of(round_.challenge), at=clock.now())


def test_D2_D3_everyone_assessed_gets_their_own_summary_in_the_same_instant_as_the_decision():
    round_ = round_in("decided", n=4, failing=1)

    sent = {letter.submission_id: letter for letter in Letter.objects.select_related("submission__supplier")}

    assert len(sent) == 4
    assert {letter.issued_at for letter in sent.values()} == {Decision.objects.get().decided_at}
    chosen = [item.submission.supplier.name for item in round_.decision.items.filter(is_selected=True)]
    for letter in sent.values():
        own, text = letter.submission, words(letter)
        assert own.supplier.name in text
        assert [name for name in chosen if name not in text] == []
        reasons = Moderation.objects.filter(submission=own).values_list("rationale", flat=True)
        assert [reason for reason in reasons if reason not in text] == []
        assert letter.sha256 == letters.digest(letter.copy)
    losers = [each for each in sent.values() if each.submission.supplier.name not in chosen]
    others = {each.submission.supplier.name for each in losers}
    # A16: a loser is named in nobody's letter but its own.
    for letter in sent.values():
        assert (others - {letter.submission.supplier.name}) & {
            name for name in others if name in words(letter)
        } == set()
    dropped = next(each for each in losers if each.submission.state == "disregarded")
    assert "failed clause" in words(dropped).lower()
    assert letters.writing.NO_PRICE in words(dropped)


def test_D3_no_decision_and_no_letter_while_an_explanation_is_missing_and_the_chair_writes_it():
    round_ = round_in("ranked", n=2)
    bare = Moderation.objects.filter(round=round_).first()
    Moderation.objects.filter(pk=bare.pk).update(rationale="Good.")
    lead = lead_of(round_.challenge)
    declare_as_approver(round_)

    home = client_of(chair_of(round_)).get(f"/assess/{round_.challenge.slug}/").content.decode()
    assert f"/assess/{round_.challenge.slug}/explanations/" in home
    seat = queries.seat_on(round_.challenge, chair_of(round_))
    recused = InterestDeclaration.objects.filter(member=seat, submission=bare.submission)
    recused.update(is_recused=True)
    with pytest.raises(NotPermitted, match="you take no part in judging it"):
        actions.explain(
            round=round_, texts={(bare.submission_id, bare.criterion.code): "It names the streets and dates."},
            actor=chair_of(round_), at=clock.now(),
        )  # fmt: skip
    recused.update(is_recused=False)
    with pytest.raises(Refused, match="still has to explain 1"):
        actions.decide(round=round_, choices=choices_for(round_), reasons="By rank.", actor=lead, at=clock.now())
    assert (Letter.objects.count(), Decision.objects.count()) == (0, 0)

    key = (bare.submission_id, bare.criterion.code)
    for texts, refused in (
        ({key: "Too short"}, "say in a sentence"),
        ({(0, "x"): "Nothing of the kind."}, "no longer|any more"),
    ):
        with pytest.raises(Refused, match=refused):
            actions.explain(round=round_, texts=texts, actor=chair_of(round_), at=clock.now())
    with pytest.raises(NotPermitted):
        actions.explain(round=round_, texts={}, actor=assessors_of(round_)[0], at=clock.now())
    page = f"/assess/{round_.challenge.slug}/explanations/"
    chair = client_of(chair_of(round_))
    name = f"{bare.submission.pseudonym.lower().replace(' ', '-')}-{bare.criterion.code}"
    assert "The supplier reads this" in chair.get(page).content.decode()
    assert chair.post(page, {name: "It names the streets and the dates."}).status_code == 302

    decide(round_)
    assert "It names the streets and the dates." in words(Letter.objects.get(submission=bare.submission))
    assert Explanation.objects.get().code == bare.criterion.code
    assert chair.get(page).status_code == 409


def test_D2_whoever_is_dropped_earlier_gets_reasons_within_ten_days_and_the_date_is_watched():
    round_ = round_in("prices", n=3, failing=1)
    gone = next(each for each in queries.submissions_in(round_) if each.state == "disregarded")
    frozen_on, due = day_of(round_.quality_frozen_at), queries.reasons_due(round_)
    assert (due.waiting, due.due_on) == (1, frozen_on + timedelta(days=10))
    assert (due.is_late(due.due_on), due.is_late(due.due_on + timedelta(days=1))) == (False, True)
    assert "Send them their reasons" in client_of(owner_of(round_.challenge)).get(
        f"/workspace/challenges/{round_.challenge.slug}/prices/"
    ).content.decode()  # fmt: skip

    move_clock_to(first_instant(due.due_on - timedelta(days=3)))
    run_due_work()
    reminder = Event.objects.get(verb="round.reasons_due")
    assert owner_of(round_.challenge).pk in hearing(reminder, round_.challenge)

    assert status(gone, round_.challenge, clock.now()).word == "Being assessed"
    for actor in (chair_of(round_), person(council(), CouncilRole.OWNER)):
        with pytest.raises(NotPermitted):
            tell(round_, actor)
    assert tell(round_) == 1
    with pytest.raises(Refused, match="Nobody waits"):
        tell(round_)

    gone.refresh_from_db()
    letter = Letter.objects.get()
    assert (letter.submission, status(gone, round_.challenge, clock.now()).word) == (gone, "Not taken further")
    assert "failed clause" in words(letter).lower()
    event = Event.objects.get(verb="submission.dropped")
    assert set(hearing(event, round_.challenge)) == {admin_of(gone.supplier).pk}
    move_clock_to(first_instant(due.due_on))
    run_due_work()
    assert Event.objects.filter(verb="round.reasons_due").count() == 1
    assert not DueWork.objects.filter(done_at=None, kind="assessment.reasons_due").exists()


def test_a_round_that_drops_nobody_watches_nothing():
    round_ = round_in("prices", n=1)

    assert queries.reasons_due(round_) is None
    assert not DueWork.objects.filter(kind="assessment.reasons_due").exists()


def test_D2_the_supplier_reads_its_own_letter_as_page_and_pdf_and_nobody_elses():
    round_ = round_in("decided", n=2)
    first, second = (each.submission for each in Letter.objects.select_related("submission__supplier"))
    own, other = client_of(admin_of(first.supplier)), client_of(admin_of(second.supplier))
    page = f"/supplier/submissions/{first.public_id}/result/"

    shown = own.get(page).content.decode()
    assert "Assessment summary" in shown
    assert second.supplier.name in shown  # both were chosen
    pdf = own.get(f"{page}summary.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert [other.get(page).status_code, other.get(f"{page}summary.pdf").status_code] == [404, 404]
    assert own.get(f"{page}dropped.pdf").status_code == 404
    assert "Your assessment summary is here" in own.get(f"/supplier/submissions/{first.public_id}/").content.decode()
    letter = f"/workspace/challenges/{round_.challenge.slug}/letters/submission-1/"
    assert client_of(lead_of(round_.challenge)).get(letter).status_code == 200
    assert client_of(owner_of(round_.challenge)).get(letter).status_code == 403


def test_A6_no_letter_can_be_read_before_the_result_is_there():
    round_ = round_in("prices", n=1)
    base = f"/workspace/challenges/{round_.challenge.slug}/letters/"

    for who in (chair_of(round_), lead_of(round_.challenge)):
        assert [client_of(who).get(base).status_code, client_of(who).get(f"{base}submission-1/").status_code] == [
            409
        ] * 2
    open_prices(round_)
    assert "Letter about Submission 1" in client_of(chair_of(round_)).get(base).content.decode()
    draft = client_of(chair_of(round_)).get(f"{base}submission-1/").content.decode()
    assert ("Not sent yet" in draft, "1 of 1 ranked" in draft) == (True, True)
    assert ("Not decided yet" in draft, "Nobody was chosen" in draft, "Disregarded" in draft) == (True, False, False)


def test_pilots_are_chosen_by_rank_and_within_the_money_for_all_together_as_published():
    round_ = ranked({"pilots_ceiling": Decimal(60_000)})
    best, other = ordered(round_)
    with pytest.raises(Refused, match="is passed over for"):
        choose(round_, {other})
    with pytest.raises(Refused, match=r"cost £100,000 together; this challenge published £60,000"):
        choose(round_, {best, other})
    choose(round_, {best})
    assert Decision.objects.count() == 1


def test_a_portfolio_may_pass_over_a_rank_with_its_reason():
    round_ = ranked({"selection": "portfolio"})
    _, other = ordered(round_)

    choose(round_, {other})

    assert Decision.objects.get().items.get(is_selected=True).submission == other


def ranked(values):
    challenge = open_challenge(**values)
    for _ in range(2):
        submitted(challenge)
    round_ = round_in("ranked", unseal(challenge))
    declare_as_approver(round_)
    return round_


def ordered(round_):
    names = {each.pseudonym: each for each in queries.submissions_in(round_)}
    return [names[row["id"]] for row in round_.ranking.result["ranking"]]


def choose(round_, selected):
    choices = {each.pk: actions.Choice(each in selected, "Because of its approach.") for each in ordered(round_)}
    actions.decide(
        round=round_, choices=choices, reasons="As published.", actor=lead_of(round_.challenge), at=clock.now()
    )  # fmt: skip


def test_a_letter_keeps_its_tables_in_every_kind_of_copy():
    table = copies.Block("table", "Marks", rows=(("Criterion", "Mark"), ("Reach", "4 of 5")))
    letter = copies.Copy("Title", "Version", (table,))

    assert copies.word(letter)[:2] == b"PK"
    assert copies.pdf(letter)[:5] == b"%PDF-"
