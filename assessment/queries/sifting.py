"""The sift: what is asked, what each assessor still owes, and what the chair concludes from."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from assessment.models import PanelMember, PanelRole, Round, SiftVerdict
from assessment.queries.seats import Declared, declarations, members, submissions_in
from suppliers.models import Submission

LEAST_VERDICTS = 2


@dataclass(frozen=True)
class Question:
    """One question of a sift, as published."""

    code: str
    name: str


@dataclass(frozen=True)
class SiftLine:
    """One question of a verdict with what was answered."""

    question: str
    is_met: bool
    reason: str


@dataclass(frozen=True)
class SiftRow:
    """One submission in the sift: `own` is the reader's verdict; `verdicts` are everybody's, for the chair."""

    submission: Submission
    own: SiftVerdict | None
    verdicts: tuple[SiftVerdict, ...]

    @property
    def slug(self) -> str:
        return slugify(self.submission.pseudonym)

    @property
    def against(self) -> int:
        """How many assessors find that a question is not met."""
        return sum(not verdict.is_met for verdict in self.verdicts)

    @property
    def may_be_dropped(self) -> bool:
        """At least two assessors find a question not met: one alone drops nobody."""
        return self.against >= LEAST_VERDICTS

    @property
    def is_ready(self) -> bool:
        return len(self.verdicts) >= LEAST_VERDICTS


def sift_questions(round_: Round) -> list[Question]:
    """What the sift asks, as published with the call; empty where there is none."""
    rows: list[dict[str, Any]] = round_.challenge.sift_criteria
    return [Question(row["code"], row["name"]) for row in rows]


def sift_lines(round_: Round, verdict: SiftVerdict) -> list[SiftLine]:
    """A verdict in the order of the published questions: a database gives the stored answers in an order of its own."""
    answers = verdict.answers
    return [
        SiftLine(each.name, answers[each.code]["is_met"], answers[each.code]["reason"])
        for each in sift_questions(round_)
        if each.code in answers
    ]


def sift_rows(round_: Round, seat: PanelMember) -> list[SiftRow]:
    """The submissions that this member sifts, with their own verdicts.

    Everybody's are for whoever concludes, and only once all are in, as with marks (A4, A14).
    """
    submissions = submissions_in(round_)
    declared = declarations(round_, [each.pk for each in submissions], seat).get(seat.pk, Declared())
    given = counted_verdicts(round_)
    sees_all = seat.role in (PanelRole.CHAIR, PanelRole.DEPUTY) and not sift_waiting(round_)
    return [
        SiftRow(
            each,
            next((row for row in given.get(each.pk, []) if row.member_id == seat.pk), None),
            tuple(given.get(each.pk, [])) if sees_all else (),
        )
        for each in submissions
        if each.pk not in declared.recused
    ]


def counted_verdicts(round_: Round) -> dict[int, list[SiftVerdict]]:
    """By submission id, the verdicts that count: what somebody gave before a recusal is kept and left out (A3)."""
    rows = list(SiftVerdict.objects.filter(round=round_).select_related("member__user").order_by("pk"))
    declared = declarations(round_, {row.submission_id for row in rows})
    found: dict[int, list[SiftVerdict]] = defaultdict(list)
    for row in rows:
        if row.submission_id not in declared.get(row.member_id, Declared()).recused:
            found[row.submission_id].append(row)
    return found


def sift_waiting(round_: Round) -> list[str]:
    """Who still owes verdicts, with how many, and submissions with too few."""
    submissions = submissions_in(round_)
    declared = declarations(round_, [each.pk for each in submissions])
    given = set(SiftVerdict.objects.filter(round=round_).values_list("member_id", "submission_id"))
    found = []
    for seat in members(round_):
        if seat.role != PanelRole.ASSESSOR:
            continue
        recused = declared.get(seat.pk, Declared()).recused
        owed = [each for each in submissions if each.pk not in recused and (seat.pk, each.pk) not in given]
        found += [f"{seat.user} ({len(owed)} left)"] if owed else []
    return found
