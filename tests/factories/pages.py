"""Problem statements with their challenges, through the real actions."""

from typing import Any

from accounts.models import Council, CouncilRole
from audit import clock
from challenges import actions
from challenges.models import Challenge
from clauses.models import ClauseSet
from cms import actions as cms_actions
from cms.models import ChallengePage
from tests import factories
from tests.factories.remembering import remembered

STORY = {
    "strapline": "Safer parking so that more people cycle",
    "why_it_matters": "Bicycles are stolen every day, and one in four victims stops cycling.",
    "response_now": "We add stands where residents ask.",
    "falls_short": "Stands alone do not stop a thief.",
    "aim": "The aim of this challenge is fewer stolen bicycles.",
    "if_it_works": "The best pilot goes city-wide for three years.",
}


@remembered
def started_page(at: Council | None = None, title: str = "Streets where bicycles stay put") -> ChallengePage:
    """A draft just begun by the council's problem owner: a title and nothing else."""
    where = at or factories.council()
    owner = factories.member_with(where, CouncilRole.OWNER)
    return cms_actions.start_problem_statement(council=where, title=title, actor=owner, at=clock.now())


@remembered
def ready_page(
    at: Council | None = None, title: str = "Streets where bicycles stay put", **values: Any
) -> ChallengePage:
    """A draft with everything publication asks for; `values` override the challenge's fields."""
    page = started_page(at, title)
    challenge, owner, now = page.challenge, page.challenge.owner, clock.now()
    factories.clause_library()
    for name, text in STORY.items():
        setattr(page, name, text)
    page.save_revision(user=owner)
    challenge.refresh_from_db()
    facts = factories._facts(now) | {name: getattr(challenge, name) for name in ("strapline", "if_it_works")}
    actions.edit_challenge(challenge=challenge, actor=owner, at=now, values=facts | values)
    actions.set_criteria(challenge=challenge, actor=owner, at=now, criteria=factories._criteria())
    actions.set_outcomes(challenge=challenge, actor=owner, at=now, outcomes=[factories._outcome()])
    chosen = ClauseSet.objects.get(code="standard-pilot")
    codes = factories.STANDARD_CLAUSES
    actions.choose_clauses(challenge=challenge, clause_set=chosen, codes=codes, actor=owner, at=now)
    factories.settle_interests(challenge, lead_of(page))
    return fresh(page)


@remembered
def asked_page(
    at: Council | None = None, title: str = "Streets where bicycles stay put", **values: Any
) -> ChallengePage:
    """A draft whose owner has asked for approval; the council has a procurement lead."""
    page = ready_page(at, title, **values)
    lead_of(page)
    cms_actions.ask_for_approval(page=page, actor=page.challenge.owner, at=clock.now())
    return fresh(page)


@remembered
def published_page(
    at: Council | None = None, title: str = "Streets where bicycles stay put", **values: Any
) -> ChallengePage:
    """A page that went out together with its challenge."""
    page = asked_page(at, title, **values)
    cms_actions.approve(page=page, actor=lead_of(page), at=clock.now())
    factories.settle_interests(page.challenge)
    return fresh(page)


def lead_of(page: ChallengePage) -> Any:
    """The council's procurement lead."""
    return factories.member_with(page.challenge.council, CouncilRole.PROCUREMENT_LEAD)


def fresh(page: ChallengePage) -> ChallengePage:
    """The page as it stands in the database now."""
    return ChallengePage.objects.select_related("challenge__council").get(pk=page.pk)


def page_for(challenge: Challenge) -> ChallengePage:
    """A live page for a published challenge that a factory of the domain made without one."""
    page = ChallengePage(title=challenge.title, slug=challenge.slug, challenge=challenge, live=True, **STORY)
    cms_actions.page_of_council(challenge.council).add_child(instance=page)
    page.save_revision(user=challenge.owner)
    return page
