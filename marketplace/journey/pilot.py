"""Steps 5 and 6: measures fixed beforehand, readings, a registered result, the gate, awards, standstill, contract."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import requests

from accounts.models import User
from audit import clock
from awards.models import Award, AwardKind
from challenges.models import Challenge, ChallengeState
from challenges.timetable import day_of
from clauses.models import Due
from marketplace.journey.browser import Browser, Seen, SeenOtherwise
from marketplace.journey.officers import LONDON, confirm_interests
from marketplace.journey.stage import Stage
from pilots.models import EvaluationKind, Pilot, PilotEvaluation, Reading

SITES = 6
BASELINE_WEEKS, PILOT_WEEKS = 12, 8
COLUMNS = ("device", "metric", "taken_at", "value", "unit")
TRUE_EFFECTS = (-3.0, 0.0)


@dataclass(frozen=True)
class Days:
    """The days of both pilots, from the day on which they are registered."""

    start: date

    @property
    def baseline(self) -> date:
        return self.start - timedelta(weeks=BASELINE_WEEKS)

    @property
    def end(self) -> date:
        return self.start + timedelta(weeks=PILOT_WEEKS, days=-1)

    @property
    def analysis(self) -> date:
        return self.end + timedelta(days=3)


def plan(stage: Stage) -> str:
    """One pilot per chosen submission, with sites on both arms; starting now is refused."""
    manager, slug = stage.sign_in("pilot_manager"), stage.seen["slug"]
    path = f"/workspace/challenges/{slug}/pilots/"
    for _ in TRUE_EFFECTS:
        manager.submit(manager.get(path), to="pilots")
    for number, pilot in enumerate(_pilots()):
        named = {
            "pilot_sites": "\n".join(f"Pilot street {n}: p{number}-{n}" for n in range(1, SITES + 1)),
            "comparison_sites": "\n".join(f"Quiet street {n}: c{number}-{n}" for n in range(1, SITES + 1)),
        }
        manager.open_and_submit(f"{_desk(pilot)}sites/", named, to="")
        manager.post(f"{_desk(pilot)}start/", expect=409)
    return f"2 pilots, {SITES} streets beside {SITES} each; starting unregistered was refused"


def register(stage: Stage) -> str:
    """The chance of each verdict is shown first; a plan weaker than published is refused; then it is frozen."""
    manager = stage.browser("pilot_manager")
    start = day_of(clock.now()) + timedelta(days=35)
    days = Days(start - timedelta(days=start.weekday()))
    stage.seen["days"] = days
    decider = _user_id(stage, "procurement_lead")
    for pilot in _pilots():
        path = f"{_desk(pilot)}register/?design=matched_comparison"
        given = _registration(days, decider)
        looked = manager.open_and_submit(path, given | {"step": "look"}).says("nothing at all")
        manager.submit(looked, given | {"minimum_worthwhile_effect": "0.5", "step": "register"}, expect=422)
        looked = manager.open_and_submit(path, given | {"step": "look"})
        manager.submit(looked, given | {"step": "register"})
    hashes = [pilot.plan_sha256[:12] for pilot in _pilots()]
    return f"analysis on {days.analysis:%d %B}, frozen as {' and '.join(hashes)}; a weaker plan was refused"


def award_pilots(stage: Stage) -> str:
    """Both paid pilots are awarded, wait for their standstill in working days, and are contracted."""
    waits = [_award(stage, pilot, AwardKind.PILOT) for pilot in _pilots()]
    return "; ".join(waits)


def start(stage: Stage) -> str:
    """Clauses due before the start are checked, sites agree, and the pilots start on their day."""
    manager, days = stage.browser("pilot_manager"), _days(stage)
    codes = list(Challenge.objects.get().clause_requirements.filter(due=Due.BEFORE_PILOT_START))
    for pilot in _pilots():
        manager.post(f"{_desk(pilot)}start/", expect=409)
        for requirement in codes:
            found = {"verdict": "met", "evidence": "We fetched a file with the council's key and read it."}
            manager.open_and_submit(f"{_desk(pilot)}clauses/{requirement.code}/", found)
        manager.open_and_submit(f"{_desk(pilot)}consent/", {"note": "The highways team agreed in writing."})
    stage.move_clock_to(datetime.combine(days.start, time(7), LONDON))
    for pilot in _pilots():
        manager.post(f"{_desk(pilot)}start/")
    if Challenge.objects.get().state != ChallengeState.PILOTING:
        raise SeenOtherwise("The challenge is not in pilot.")
    return f"{len(codes)} clauses checked on each; started on {days.start:%d %B}"


def send_baseline(stage: Stage) -> str:
    """CSV: a wrong header is refused whole; bad rows are refused one by one, with their reasons; the rest is kept."""
    manager, days = stage.browser("pilot_manager"), _days(stage)
    kept = 0
    for number, pilot in enumerate(_pilots()):
        rows = list(_readings(pilot, number, days.baseline, days.start))
        path = f"{_desk(pilot)}readings/"
        _upload(manager, path, "when,where\n1,2\n", expect=422)
        first = dict(zip(COLUMNS, rows[0], strict=True))
        bad = [
            first | {"value": "-4000"},
            first | {"unit": "litres", "taken_at": f"{days.baseline}T05:00:00+00:00"},
            first | {"device": "nobody", "taken_at": f"{days.baseline}T06:00:00+00:00"},
        ]
        text = _csv([*rows, *(tuple(row[name] for name in COLUMNS) for row in bad), rows[0]])
        _confirm(manager, _upload(manager, path, text, expect=422))
        kept += len(rows)
    if Reading.objects.count() != kept:
        raise SeenOtherwise(f"{Reading.objects.count()} readings are kept, not {kept}.")
    return f"{kept} kept, 3 refused of each file with their reasons, a repeated row changed nothing"


def send_by_token(stage: Stage) -> str:
    """The API takes readings with the pilot's own token; another pilot's is refused; a replay changes nothing."""
    manager, days = stage.browser("pilot_manager"), _days(stage)
    stage.move_clock_to(datetime.combine(days.start + timedelta(weeks=1), time(7), LONDON))
    pilots = _pilots()
    tokens = [_token(manager, pilot) for pilot in pilots]
    stage.seen["tokens"] = tokens
    rows = list(_readings(pilots[0], 0, days.start, days.start + timedelta(weeks=1)))
    before = Reading.objects.count()
    _send(stage, pilots[0], tokens[1], rows, expect=403)
    first = _send(stage, pilots[0], tokens[0], rows, key="week-1")
    again = _send(stage, pilots[0], tokens[0], rows, key="week-1")
    _send(stage, pilots[0], tokens[0], rows[:1], key="week-1", expect=422)
    if first != again or Reading.objects.count() != before + len(rows):
        raise SeenOtherwise("A replayed batch changed something.")
    return f"{len(rows)} taken once although sent twice; the other pilot's token got 403, another body 422"


def watch(stage: Stage) -> str:
    """Beat and the worker compute a monitoring evaluation, which carries no verdict."""
    days = _days(stage)
    waited = stage.wait_for(
        "The monitoring evaluation",
        lambda: PilotEvaluation.objects.filter(kind=EvaluationKind.MONITORING).count() >= len(TRUE_EFFECTS),
    )
    stage.browser("visitor").get(f"/pilots/{_pilots()[0].slug}/").says("not a result")
    return f"computed {waited:.1f} s after {days.start + timedelta(weeks=1):%d %B}, marked “not a result”"


def result(stage: Stage) -> str:
    """The rest of the readings arrive; on the analysis date, and not before, the registered results stand."""
    days = _days(stage)
    stage.move_clock_to(datetime.combine(days.analysis - timedelta(days=1), time(7), LONDON))
    for number, (pilot, token) in enumerate(zip(_pilots(), _tokens(stage), strict=True)):
        _send(stage, pilot, token, list(_readings(pilot, number, days.start, days.end + timedelta(days=1))))
    lead, first = stage.browser("procurement_lead"), _pilots()[0]
    lead.post(f"{_desk(first)}gate/", {"choice": "scale", "reason": "It looks good."}, expect=422)
    stage.move_clock_to(datetime.combine(days.analysis, time(7), LONDON))
    registered = PilotEvaluation.objects.filter(kind=EvaluationKind.REGISTERED)
    waited = stage.wait_for("The registered result", lambda: registered.count() == len(TRUE_EFFECTS))
    found = {row.pilot_id: row.verdict for row in registered}
    verdicts = [f"{pilot.supplier}: {found[pilot.pk]}" for pilot in _pilots()]
    for pilot in _pilots():
        stage.browser("visitor").get(f"/pilots/{pilot.slug}/").says(pilot.supplier.name)
    if [found[pilot.pk] for pilot in _pilots()] != ["scale", "stop"]:
        raise SeenOtherwise(f"The data do not carry these verdicts: {verdicts}")
    return f"{'; '.join(verdicts)}; {waited:.1f} s after the date came; deciding the day before was refused"


def decide_gates(stage: Stage) -> str:
    """The named person decides; scaling what the data do not carry is refused; stopping is published as openly."""
    lead = stage.browser("procurement_lead")
    proven, unproven = _pilots()
    stage.browser("owner").post(f"{_desk(proven)}gate/", {"choice": "scale", "reason": "Yes."}, expect=403)
    lead.open_and_submit(f"{_desk(unproven)}gate/", {"choice": "scale", "reason": "We like it."}, expect=422)
    lead.open_and_submit(f"{_desk(unproven)}gate/", {"choice": "stop", "reason": "Too small even at best."})
    lead.open_and_submit(f"{_desk(proven)}gate/", {"choice": "scale", "reason": "The registered result says so."})
    stage.browser("visitor").get(f"/pilots/{unproven.slug}/").says("Too small even at best.")
    return "scale for the proven one; scaling the other was refused, its stop is public with the reason"


def award_contract(stage: Stage) -> str:
    """The full contract: refused for the pilot that stopped; for the other it waits for its standstill."""
    proven, unproven = _pilots()
    owner, slug = stage.browser("owner"), stage.seen["slug"]
    path = f"/workspace/challenges/{slug}/awards/{unproven.slug}/contract/"
    owner.open_and_submit(path, {"value": "500000"}, expect=409)
    early = f"/workspace/challenges/{slug}/awards/{proven.slug}/contract/"
    owner.open_and_submit(early, expect=409).says("OD-05")
    found = {"verdict": "met", "evidence": "The licence stands in the published file's descriptor."}
    stage.browser("pilot_manager").open_and_submit(f"{_desk(proven)}clauses/OD-05/", found)
    said = _award(stage, proven, AwardKind.CONTRACT)
    challenge = Challenge.objects.get()
    if (challenge.state, challenge.conclusion) != (ChallengeState.CONCLUDED, "awarded"):
        raise SeenOtherwise(f"The challenge is {challenge.state} ({challenge.conclusion}).")
    return f"{said}; first refused for an open clause and for the pilot that stopped; the challenge is concluded"


def close(stage: Stage) -> str:
    """Closing is refused until what stood there is gone, the data are out and the lessons are written down."""
    manager, today = stage.browser("pilot_manager"), day_of(clock.now()).isoformat()
    for pilot in _pilots():
        manager.post(f"{_desk(pilot)}close/", expect=409).says("Record the export drill")
        for item in ("removal", "export", "lessons"):
            so = {} if item == "lessons" else {"is_so": "yes"}
            found = {"owner": "Pilot manager", "on": today, "words": f"{item.title()}: seen, and signed for."}
            manager.open_and_submit(f"{_desk(pilot)}gates/{item}/", found | so)
        manager.post(f"{_desk(pilot)}close/")
    stage.browser("visitor").get(f"/pilots/{_pilots()[1].slug}/").says("Lessons: seen, and signed for.")
    return "both closed; first refused for what was not recorded; what was learned is public"


def _award(stage: Stage, pilot: Pilot, kind: str) -> str:
    owner, lead, slug = stage.browser("owner"), stage.browser("procurement_lead"), stage.seen["slug"]
    verification = owner.get(f"/workspace/challenges/{slug}/verification/{pilot.supplier.public_id}/")
    outcomes = {str(field["name"]): "clear" for field in verification.soup.select("main input[type=radio]")}
    owner.submit(verification, outcomes)
    owner.open_and_submit(f"/workspace/challenges/{slug}/awards/{pilot.slug}/{kind}/")
    award = Award.objects.get(pilot=pilot, kind=kind)
    path = f"/workspace/awards/{award.public_id}/"
    owner.post(f"{path}approve/", {"text": "Because."}, expect=403)
    lead.open_and_submit(f"{path}approve/", {"text": "The decision and its result carry this award."})
    confirm_interests(stage, "owner", "procurement_lead", "pilot_manager")
    lead.post(f"{path}notify/")
    award.refresh_from_db()
    ends = award.standstill_ends_on
    if ends is None:
        raise SeenOtherwise("The notice began no standstill.")
    signed = max(ends + timedelta(days=1), day_of(clock.now()))
    contract = {
        "reference": f"EXA-{kind}-{pilot.pk}", "signed_on": signed.isoformat(),
        "starts_on": (signed + timedelta(days=1)).isoformat(), "ends_on": (signed + timedelta(days=400)).isoformat(),
    }  # fmt: skip
    lead.post(f"{path}contract/", contract, expect=409)
    notified = day_of(clock.now())
    stage.move_clock_to(max(clock.now(), datetime.combine(signed, time(9), LONDON)))
    confirm_interests(stage, "owner", "procurement_lead", "pilot_manager")
    lead.open_and_submit(f"{path}contract/", contract)
    return f"{pilot.supplier}: noticed {notified:%d %B}, standstill to {ends:%d %B}, signed {signed:%d %B}"


def _registration(days: Days, decider: int) -> dict[str, Any]:
    return {
        "baseline_starts_on": days.baseline.isoformat(),
        "starts_on": days.start.isoformat(), "ends_on": days.end.isoformat(),
        "analysis_on": days.analysis.isoformat(), "decision_on": (days.analysis + timedelta(days=14)).isoformat(),
        "decider": str(decider), "minimum_worthwhile_effect": "1", "harm_limit": "0.5", "lowest": "0",
        "highest": "100", "spread": "0.6", "expected_effect": "3",
        "assignment": "Streets were paired by their thefts two years ago; the toss of a coin chose one of each pair.",
    }  # fmt: skip


def _readings(pilot: Pilot, number: int, first: date, end: date) -> Iterator[tuple[str, ...]]:
    """Weekly readings of every street from `first` up to, not including, `end`; seeded, so always the same."""
    metric, begins = pilot.metrics.get(role="primary"), pilot.starts_on or end
    for arm in ("p", "c"):
        for n in range(1, SITES + 1):
            day = first
            while day < end:
                noise = random.Random(f"{number}{arm}{n}{day}").gauss(0, 0.7)  # noqa: S311 - invented readings
                effect = TRUE_EFFECTS[number] if arm == "p" and day >= begins else 0.0
                at = datetime.combine(day, time(6), LONDON).isoformat()
                yield f"{arm}{number}-{n}", metric.code, at, f"{10 + 0.3 * n + effect + noise:.3f}", metric.unit
                day += timedelta(weeks=1)


def _csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue()


def _upload(browser: Browser, path: str, text: str, expect: int = 200) -> Seen:
    files = {"file": ("readings.csv", text.encode(), "text/csv")}
    return browser.submit(browser.get(path), files=files, expect=expect)


def _confirm(browser: Browser, preview: Seen) -> None:
    for sentence in ("litres", "nobody", "3 are refused"):
        preview.says(sentence)
    browser.submit(preview).says("readings were added")


def _token(browser: Browser, pilot: Pilot) -> str:
    page = browser.open_and_submit(f"{_desk(pilot)}tokens/", {"label": "gateway"}, to="")
    shown = page.soup.select_one("main code")
    if shown is None:
        raise SeenOtherwise("No token was shown.")
    return shown.get_text().strip()


def _send(
    stage: Stage, pilot: Pilot, token: str, rows: list[tuple[str, ...]], *, key: str = "", expect: int = 200
) -> Any:
    body = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    url = f"{stage.services.url}/api/pilots/{pilot.public_id}/readings/"
    answer = requests.post(url, json=body, headers=headers, timeout=30)
    if answer.status_code != expect:
        raise SeenOtherwise(f"The readings API answered {answer.status_code}, not {expect}: {answer.text[:400]}")
    return answer.json()


def _pilots() -> list[Pilot]:
    """The pilots, the best ranked first."""
    ranks = {row["id"]: row["rank"] for row in Challenge.objects.get().rounds.get().ranking.result["ranking"]}
    pilots = Pilot.objects.select_related("supplier", "submission", "challenge")
    return sorted(pilots, key=lambda pilot: ranks[pilot.submission.pseudonym])


def _desk(pilot: Pilot) -> str:
    return f"/workspace/pilots/{pilot.slug}/"


def _days(stage: Stage) -> Days:
    days = stage.seen["days"]
    if not isinstance(days, Days):
        raise SeenOtherwise("No plan was registered.")
    return days


def _tokens(stage: Stage) -> list[str]:
    tokens = stage.seen["tokens"]
    return [str(token) for token in tokens] if isinstance(tokens, list) else []


def _user_id(stage: Stage, name: str) -> int:
    email = next(login["email"] for login in stage.people.logins if login["who"] == name)
    return User.objects.get(email=email).pk


STEPS = [
    ("Pilots are planned", plan),
    ("Their measures are registered", register),
    ("The paid pilots are awarded and contracted", award_pilots),
    ("The pilots start", start),
    ("Baseline readings arrive as CSV", send_baseline),
    ("Readings arrive by token", send_by_token),
    ("Beat wakes the worker", watch),
    ("The registered results stand", result),
    ("The gates are decided", decide_gates),
    ("The contract is awarded", award_contract),
    ("The pilots are closed", close),
]
