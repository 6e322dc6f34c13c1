"""`./run bench ranking`: a large round ranked, with its spread board, beside one SQL sum of its individual marks."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.models import Council, User
from assessment import queries, scoring
from assessment.models import Assessment, Moderation, Panel, PanelMember, PanelRole, Round, RoundState
from audit import clock
from challenges.models import Challenge, Criterion, CriterionKind
from marketplace.bench.reports import Goal, Report
from marketplace.supervisor import Services
from suppliers.models import PriceOffer, Submission, SubmissionState, Supplier

NEEDS_SERVERS = False
SUBMISSIONS, CRITERIA, ASSESSORS, ROUNDS = 1000, 20, 5, 7
PRICE_WEIGHT = 30
MOST_QUERIES, MOST_TIMES_SUM = 3, 8
RATIONALE = "The answer says how it would begin and what would stop it; the evidence is from one place only. "
SEED = 4


def measure(services: Services) -> Report:
    """Fill a round, then take the sum and the ranking in turn, several times; medians of processor time count.

    The database of a fresh folder is SQLite, which works in this process: its work is counted with ours.
    """
    services.say(f"Writing {SUBMISSIONS:,} submissions and {SUBMISSIONS * CRITERIA * ASSESSORS:,} marks.")
    with transaction.atomic():
        round_ = fill()
    steps: dict[str, Callable[[Round], Any]] = {
        "one SQL sum of the marks": _sum, "ranking and spread board": _rank_and_board,
        "robustness of the ranking": _robustness,
    }  # fmt: skip
    took: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(ROUNDS):
        services.say(f"Measuring, round {number + 1} of {ROUNDS}.")
        for name, step in steps.items():
            gc.collect()  # what an earlier step left is not this step's to clear away
            began = time.process_time()
            step(round_)
            took[name].append(1000 * (time.process_time() - began))
    rows = [_row(name, took[name], step, round_) for name, step in steps.items()]
    return Report("ranking", rows, list(_goals(rows)))


def _sum(round_: Round) -> Any:
    return Assessment.objects.filter(round=round_).aggregate(total=Sum("mark"))["total"]


def _rank_and_board(round_: Round) -> Any:
    sheet = queries.score_sheet(round_)
    return scoring.rank_case(sheet.case), sheet.spreads


def _robustness(round_: Round) -> Any:
    return scoring.robustness(queries.score_sheet(round_).case)


def _row(name: str, took: list[float], step: Callable[[Round], Any], round_: Round) -> dict[str, Any]:
    with CaptureQueriesContext(connection) as captured:
        step(round_)
    return {"name": name, "cpu_ms": round(statistics.median(took), 2), "queries": len(captured)}


def _goals(rows: list[dict[str, Any]]) -> Iterator[Goal]:
    base, ranking, _ = rows
    times = round(ranking["cpu_ms"] / base["cpu_ms"], 1)
    yield Goal("ranking and spread board: times one SQL sum of the marks", times, MOST_TIMES_SUM)
    yield Goal("ranking and spread board: SQL queries", ranking["queries"], MOST_QUERIES)


def fill() -> Round:
    """A round in moderation's last state, written straight into the tables: the bench measures reads, not actions."""
    at, random = clock.now(), Random(SEED)  # noqa: S311 - figures to rank, not secrets
    council = Council.objects.create(name="Bench Council", slug="bench-council", identifier="BENCH")
    challenge = Challenge.objects.create(
        council=council, title="A large round", slug="a-large-round", created_at=at, state="unsealed", published_at=at,
        opens_at=at, closes_at=at + timedelta(days=1), tie_breaks=["quality"],
    )  # fmt: skip
    panel = Panel.objects.create(challenge=challenge)
    round_ = Round.objects.create(challenge=challenge, panel=panel, state=RoundState.PRICES, opened_at=at)
    seats = [_seat(panel, number) for number in range(ASSESSORS + 1)]
    criteria, submissions = _criteria(challenge), _submissions(challenge, at, random)
    _write_marks(round_, seats, criteria, submissions, random)
    return round_


def _seat(panel: Panel, number: int) -> PanelMember:
    user = User.objects.create(email=f"bench-{number}@bench.example", full_name=f"Bench {number}")
    return PanelMember.objects.create(panel=panel, user=user, role=PanelRole.ASSESSOR if number else PanelRole.CHAIR)


def _criteria(challenge: Challenge) -> list[Criterion]:
    weight = Decimal(100 - PRICE_WEIGHT) / CRITERIA
    rows = [
        Criterion(
            challenge=challenge, code=f"criterion-{number}", name=f"Criterion {number}", weight=weight, position=number,
            threshold=Decimal(1),
        )
        for number in range(CRITERIA)
    ]  # fmt: skip
    price = Criterion(
        challenge=challenge, code="price", name="Price", kind=CriterionKind.PRICE, weight=Decimal(PRICE_WEIGHT),
        formula="relative", position=CRITERIA,
    )  # fmt: skip
    Criterion.objects.bulk_create([*rows, price])
    return list(challenge.criteria.filter(kind=CriterionKind.QUALITY))


def _submissions(challenge: Challenge, at: datetime, random: Random) -> list[Submission]:
    suppliers = Supplier.objects.bulk_create(
        Supplier(name=f"Bench supplier {n}", company_number=f"{n:08}", size_class="small", created_at=at)
        for n in range(SUBMISSIONS)
    )
    rows = Submission.objects.bulk_create(
        Submission(
            challenge=challenge, supplier=supplier, state=SubmissionState.ADMITTED, pseudonym=f"Submission {n}",
            content_box=b"x", price_box=b"x", content_sha256="0" * 64, submitted_at=at, submitted_by="bench",
            unsealed_at=at, created_at=at,
        )
        for n, supplier in enumerate(suppliers, start=1)
    )  # fmt: skip
    PriceOffer.objects.bulk_create(
        PriceOffer(
            submission=row, pilot_price=Decimal(random.randint(2_000_000, 6_000_000)) / 100,
            contract_price=Decimal(random.randint(20_000_000, 90_000_000)) / 100, opened_at=at,
        )
        for row in rows
    )  # fmt: skip
    return rows


def _write_marks(
    round_: Round, seats: list[PanelMember], criteria: list[Criterion], submissions: list[Submission], random: Random
) -> None:
    chair, *assessors = seats
    at = round_.opened_at
    for submission in submissions:
        middle = {criterion.pk: random.randint(3, 9) for criterion in criteria}
        Assessment.objects.bulk_create(
            Assessment(
                round=round_, member=seat, submission=submission, criterion=criterion, rationale=RATIONALE * 3,
                mark=Decimal(middle[criterion.pk] + random.randint(-1, 1)) / 2, saved_at=at, submitted_at=at,
            )
            for seat in assessors for criterion in criteria
        )  # fmt: skip
        Moderation.objects.bulk_create(
            Moderation(
                round=round_, submission=submission, criterion=criterion, mark=Decimal(middle[criterion.pk]) / 2,
                rationale=RATIONALE, moderated_by=chair, moderated_at=at,
            )
            for criterion in criteria
        )  # fmt: skip
