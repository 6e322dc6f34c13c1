"""The terms that a council asks of its own panels: in versions, each acceptance with the one that was read."""

import pytest

from accounts.models import CouncilRole
from assessment import actions, queries
from assessment.models import CouncilTerms, PanelMember
from assessment.terms import HOUSE, written
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from tests.factories import council, open_challenge, person
from tests.factories.assessment import auditor_of, lead_of, owner_of, panel_for
from tests.integration.assessment.browsing import client_of

pytestmark = pytest.mark.django_db
OWN = "Silence\nYou tell nobody <b>ever</b>.\n\nGifts\nYou take none."


def set_terms(challenge, text, actor=None):
    return actions.set_panel_terms(
        council=challenge.council, text=text, actor=actor or lead_of(challenge), at=clock.now()
    )


def test_whoever_joins_accepts_the_newest_version_and_whoever_accepted_keeps_theirs():
    challenge = open_challenge()
    people = panel_for(challenge)
    first, *others = PanelMember.objects.filter(panel__challenge=challenge).order_by("pk")
    PanelMember.objects.filter(pk=others[0].pk).update(terms_version="", terms_accepted_at=None)
    client, page = client_of(others[0].user), f"/assess/{challenge.slug}/terms/"
    given = {"has_read": "on", "accepts": "on", "version": HOUSE.version}

    row = set_terms(challenge, OWN)
    late = client.post(page, given)
    assert (late.status_code, f'href="{page}"' in late.content.decode()) == (409, True)
    seen = client.get(page).content.decode()
    assert "You tell nobody &lt;b&gt;ever&lt;/b&gt;." in seen
    assert f'value="{row.version}"' in seen
    assert client.post(page, given | {"version": row.version}).status_code == 302

    others[0].refresh_from_db()
    first.refresh_from_db()
    assert (others[0].terms_version, first.terms_version) == ("own-1", HOUSE.version)
    accepted = Event.objects.filter(verb="panel.terms_accepted").latest("pk")
    assert accepted.data == {"version": "own-1", "sha256": queries.terms_now(challenge.council_id).fingerprint}
    assert "Gifts" not in client_of(people.chair).get(page).content.decode()
    assert (
        "(version own-1)"
        in client_of(owner_of(challenge)).get(f"/workspace/challenges/{challenge.slug}/panel/").content.decode()
    )


def test_a_procurement_lead_sets_them_and_every_version_stays_to_be_read():
    challenge = open_challenge()
    lead, page = client_of(lead_of(challenge)), f"/workspace/councils/{challenge.council.slug}/panel-terms/"

    assert written(HOUSE.parts).splitlines()[0] in lead.get(page).content.decode()
    wrong = lead.post(page, {"text": "Silence\n\nYou tell nobody."})
    assert (wrong.status_code, "has no text below its title" in wrong.content.decode()) == (409, True)
    same = lead.post(page, {"text": written(HOUSE.parts)})
    assert (same.status_code, "there is nothing to set" in same.content.decode()) == (409, True)
    assert lead.post(page, {"text": ""}).status_code == 422
    assert lead.post(page, {"text": OWN}).status_code == 302
    assert lead.post(f"{page}house/").status_code == 302
    assert lead.post(f"{page}house/").status_code == 409
    assert list(CouncilTerms.objects.values_list("number", "text")) == [(1, OWN), (2, "")]
    assert queries.terms_now(challenge.council_id) == HOUSE
    seen = lead.get(page).content.decode()
    assert ("own-1, set" in seen, "You take none." in seen) == (True, True)

    for who, read in ((owner_of(challenge), 200), (auditor_of(challenge), 200), (person(council(), "owner"), 403)):
        assert client_of(who).get(page).status_code == read
        assert client_of(who).post(page, {"text": OWN}).status_code == 403
        with pytest.raises(NotPermitted):
            set_terms(challenge, OWN, who)
    with pytest.raises(Refused, match="nothing to set"):
        set_terms(challenge, " ", person(challenge.council, CouncilRole.PROCUREMENT_LEAD))
