"""What the demonstration shows beside the numbers: invented weather, invented voices."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from pilots import actions
from pilots.actions import Accompaniment, Asked, Occasion, Said
from pilots.models import Device, Pilot, Survey
from pilots.rules import local_day

QUESTIONS = (
    {"text": "Is it better here than before the pilot?", "options": ["Yes", "No", "I cannot say"]},
    {"text": "What should we know?", "options": []},
)
VOICES = (
    ("Yes", "I notice it in the evening."), ("Yes", ""), ("I cannot say", ""), ("No", "Nothing has changed for us."),
    ("Yes", ""), ("Yes", "Please keep it."), ("I cannot say", ""), ("Yes", ""), ("No", ""), ("Yes", ""),
    ("Yes", ""), ("I cannot say", "I only moved here in spring."),
)  # fmt: skip
FINDINGS = (
    Said("theme", "People notice that something is being done", 7, "For once somebody came back to ask."),
    Said("theme", "The notices are too small to read", 3, ""),
    Said("negative", "One neighbour sleeps worse since the boxes were put up", 1, "It clicks all night."),
    Said("equity", "Nobody without a smartphone had heard of it", 4, "I do not have one of those."),
)


def show_rain(pilot: Pilot, people: Mapping[str, User], at: datetime) -> None:
    """Rain, invented day by day, as far as it has fallen."""
    first, last = pilot.baseline_starts_on, pilot.ends_on
    if first is None or last is None or pilot.plan is None:
        return
    random = Random(pilot.slug)  # noqa: S311 - invented weather
    length = (min(last, local_day(at)) - first).days + 1
    days = [(first + timedelta(days=place), max(0.0, round(random.gauss(1, 4), 1))) for place in range(length)]
    series = Accompaniment(
        "Rain", "mm", "the demonstration’s weather station, which is invented", days,
        is_summed=pilot.plan["period"] != "day",
    )  # fmt: skip
    actions.add_accompanying(pilot=pilot, series=series, actor=people["pilot_manager"], at=at)


def tell_of_devices(pilot: Pilot, people: Mapping[str, User], at: datetime) -> None:
    """When each device was installed and calibrated, and a first firmware."""
    devices = Device.objects.filter(site__pilot=pilot).order_by("code").values_list("code", flat=True)
    first = pilot.baseline_starts_on
    if first is None:
        return
    told = (("installed", 14, ""), ("calibrated", 9, "against a reference"), ("firmware", 9, "1.4"))
    rows = [
        {"device": code, "what": what, "on": (first - timedelta(days=days)).isoformat(), "detail": detail}
        for code in devices
        for what, days, detail in told
    ]
    actions.record_devices(pilot=pilot, rows=rows, actor=people["pilot_manager"], at=at)


def listen(pilot: Pilot, people: Mapping[str, User], at: datetime) -> None:
    """Interviews and a survey, invented, each person's answer kept without a name."""
    manager, today = people["pilot_manager"], local_day(at)
    occasion = Occasion(
        "interview", today, 9, "Residents of the pilot streets, four of them over 65.", "Every fifth door, by day."
    )  # fmt: skip
    actions.add_field_note(pilot=pilot, occasion=occasion, findings=FINDINGS, actor=manager, at=at)
    asked = Asked(
        title="How is it in your street?", questions=QUESTIONS, controller=pilot.challenge.council.name,
        lawful_basis="Public task, article 6(1)(e) of the UK GDPR", keep_until=today + timedelta(days=180),
        contact="the streets team of this invented council",
        introduction="A pilot is tried near you. Two questions, one minute.",
    )  # fmt: skip
    _answer(actions.open_survey(pilot=pilot, asked=asked, actor=manager, at=at), at)
    _measure(pilot, manager, at)


def _measure(pilot: Pilot, manager: User, at: datetime) -> None:
    """Residents measure too: some of it is looked at and shown, some still waits."""
    metric, today = pilot.metrics.get(role="primary"), local_day(at)
    how = "Look at your street on one evening and write down what you find, also when you find nothing."
    form = actions.open_to_residents(pilot=pilot, metric=metric, how=how, actor=manager, at=at)
    usual = float(metric.outcome.baseline_value)
    sites = list(pilot.sites.filter(arm="pilot").order_by("code")[:4])
    for place in range(12):
        actions.send_resident_reading(
            form=form, site=sites[place % len(sites)], taken_on=today - timedelta(days=4 * place),
            value=round(usual * (0.5 + 0.04 * (5 * place % 7)), 1), at=at,
        )  # fmt: skip
    chosen = list(form.readings.order_by("pk").values_list("pk", flat=True)[:10])
    actions.judge_resident_readings(
        pilot=pilot, readings=chosen, is_accepted=True, reason="", actor=manager, at=at
    )  # fmt: skip


def _answer(survey: Survey, at: datetime) -> None:
    for choice, words in VOICES:
        actions.answer_survey(survey=survey, answers=[choice, words], at=at)
