"""The usual marking scales, as data: each mark, its label, what it means. A challenge copies the one it chose."""

from itertools import pairwise
from typing import Final

Steps = list[list[str]]

FIVE: Final[Steps] = [
    ["0", "Unacceptable", "Does not answer the question, or gives no evidence."],
    ["1", "Serious reservations", "Answers in part, with serious doubts about whether it would work."],
    ["2", "Minor reservations", "Answers with gaps that would need to be closed before a pilot."],
    ["3", "Acceptable", "Answers fully, with evidence."],
    ["4", "Good", "Answers fully, with evidence, and adds something useful."],
    ["5", "Excellent", "Answers fully, with strong evidence, and adds real value for residents."],
]
FOUR: Final[Steps] = [
    ["0", "Not answered", "Does not answer the question, or gives no evidence."],
    ["1", "Weak", "Answers in part, with serious doubts about whether it would work."],
    ["2", "Fair", "Answers with gaps that would need to be closed before a pilot."],
    ["3", "Good", "Answers fully, with evidence."],
    ["4", "Excellent", "Answers fully, with strong evidence, and adds real value for residents."],
]
TEN: Final[Steps] = [
    ["0", "Not answered", "Does not answer the question."],
    ["1", "Very poor", "Mentions the question, without a way to do it or evidence."],
    ["2", "Poor", "Answers a small part; most of it is in doubt."],
    ["3", "Weak", "Answers in part, with serious doubts about whether it would work."],
    ["4", "Below what is needed", "Answers most of it, with gaps that put the outcome in doubt."],
    ["5", "Just enough", "Answers it, with gaps that would need to be closed before a pilot."],
    ["6", "Satisfactory", "Answers fully; the evidence is thin in places."],
    ["7", "Good", "Answers fully, with evidence."],
    ["8", "Very good", "Answers fully, with evidence, and adds something useful."],
    ["9", "Excellent", "Answers fully, with strong evidence, and adds real value for residents."],
    ["10", "Outstanding", "As 9, and shows what would make it fail and how that would be noticed in time."],
]
PASS_FAIL: Final[Steps] = [
    ["0", "Fail", "What was asked is not there, or cannot be relied on."],
    ["1", "Pass", "What was asked is there."],
]


def with_half_marks(steps: Steps) -> Steps:
    """The same scale with a mark between each two: 0, 0.5, 1 and so on."""
    made = [steps[0]]
    for below, above in pairwise(steps):
        between = [f"{below[0]}.5", f"Between {below[0]} and {above[0]}", f"More than {below[1]}, not yet {above[1]}."]
        made += [between, above]
    return made


USUAL: Final = "0-5"
SCALES: Final[dict[str, tuple[str, Steps]]] = {
    "0-5": ("0 to 5", FIVE),
    "0-5-half": ("0 to 5 with half marks", with_half_marks(FIVE)),
    "0-4": ("0 to 4", FOUR),
    "0-10": ("0 to 10", TEN),
    "pass-fail": ("Pass or fail", PASS_FAIL),
}


def code_of(steps: Steps) -> str:
    """Which of the scales a criterion copied; the usual one where it has words of its own."""
    return next((code for code, (_, own) in SCALES.items() if own == steps), USUAL)
