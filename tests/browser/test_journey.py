"""The journey in a real browser: the steps of `./run journey` through real pages, fields and buttons."""

import io
import re
from functools import partial

import pytest
from django.conf import global_settings
from playwright.sync_api import Browser
from pytest_django import Settings

from marketplace.journey.script import STEPS
from marketplace.journey.stage import Stage
from marketplace.supervisor import Services
from tests.browser.person import Person
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser
NUMBERED = re.compile(r"^\s*(\d+)\. (.+?):", re.MULTILINE)


def test_the_whole_journey_in_chromium(chromium: Browser, services: Services, settings: Settings, watch: Watch) -> None:
    """From a problem to a contract, each person in a browser context of their own.

    1. A council joins: its officers, with their second factors, and four people for a panel have accounts.
    2. An officer starts a challenge: she signs in with password and code, and nobody outside sees the draft.
    3. She tells the problem in the Wagtail editor: seven texts, a block of two numbers, a block of points.
    4. She fills in the short forms: money, dates, criteria, clauses, measures; wrong weights and dates are refused.
    5. The procurement lead approves: the officer may not; page and challenge go out together.
    6. Anybody reads it: by every filter of the list; the page has money, dates, weights and clauses on it.
    7. The call opens at its time: by the clock alone.
    8. Firms register: five sign up, confirm their address and name their firm; a second registration is refused.
    9. A firm asks, the council answers: in public, the asker behind a pseudonym.
    10. Firms write their answers: section by section; too many words are refused and kept, so is a disguised program.
    11. They submit and get receipts: anybody can verify them; a forged one is told.
    12. Nobody can read them: not the officers, not another firm, and not whoever reads the disk.
    13. The deadline falls: the page left open is sent too late, and the draft stays.
    14. Two people unseal: one is not enough, and the same one twice is not two.
    15. The panel is named: a chair and three assessors; one assessor is too few.
    16. It declares interests: before anybody reads; one assessor is kept out of one submission.
    17. Assessors mark alone: with a reason per mark, blind to names, prices and each other.
    18. The chair moderates: a failed mandatory clause disregards a submission; quality is frozen.
    19. Prices open, the result stands: two people open them; the ranking is exact.
    20. Somebody else decides: whoever assessed may not; two are selected.
    21. Pilots are planned: with pilot and comparison streets.
    22. Their measures are registered: the chances of each verdict first; a weaker plan is refused.
    23. The paid pilots are awarded and contracted: after a standstill in working days.
    24. The pilots start: when their clauses are checked and the sites' keepers agree.
    25. Baseline readings arrive as CSV: bad rows are refused one by one, a wrong header whole.
    26. Readings arrive by token: a pilot's own; a batch sent twice counts once.
    27. Beat wakes the worker: a monitoring evaluation appears, which says that it is not a result.
    28. The registered results stand: on the analysis date, and not a day before.
    29. The gates are decided: scaling what the data do not carry is refused; a stop is as public.
    30. The contract is awarded: for the proven pilot alone, after its clauses and its standstill.
    31. The pilots are closed: once nothing is left behind, the data are out and the lessons written down.
    32. The record is whole: every step left an event, and the chain is unbroken.
    33. Everything public is open data: one release per notice, without a loser's name.
    34. Anybody repeats the results: from the plan and the readings on a pilot's page, with the same numbers.
    35. Another folder computes the result again: the auditor’s file gives the same hash, without this database.
    36. What is left behind: nothing, when nothing was asked for.
    """
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the web server's own, which has to read them
    told = io.StringIO()
    stage = Stage(services, opens=partial(Person, chromium=chromium, watch=watch), out=told)
    stage.seen["out"] = None

    stage.play(STEPS)

    assert stage.failed == 0, "\n".join([told.getvalue(), *watch.faults()])
    assert stage.steps == len(STEPS)
    assert watch.hosts == {"127.0.0.1"}
    assert watch.faults() == []


def test_the_docstring_is_the_journey() -> None:
    numbered = NUMBERED.findall(test_the_whole_journey_in_chromium.__doc__ or "")

    assert numbered == [(str(number), title) for number, (title, _) in enumerate(STEPS, start=1)]
