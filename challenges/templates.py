"""Criteria to begin from. They are drafts: an officer changes the words and the weight before publication."""

from typing import Any

from challenges import scales

SOCIAL_VALUE_NAME = "Social value"
SOCIAL_VALUE_WORDS = 250
SOCIAL_VALUE_WEIGHT = "10"
PILOT_WORDS = 400


def social_value() -> dict[str, Any]:
    """A row of the criteria form: what residents gain beside the outcome, judged and scored like any criterion."""
    return {
        "name": SOCIAL_VALUE_NAME, "weight": SOCIAL_VALUE_WEIGHT, "scale": scales.USUAL, "kind": "quality",
        "word_limit": SOCIAL_VALUE_WORDS,
        "description": (
            "What people here gain from the pilot beside its outcome, in one or two promises that can be counted: such "
            "as paid work or training for residents, fair work for everyone who delivers it, less carbon and waste, or "
            "a community group that takes part. Who gains, how many, by when, and how it will be shown. Relevant to "
            "this contract and in proportion to it; size of the firm and past giving do not count."
        ),
    }  # fmt: skip


def finished_pilots() -> list[dict[str, Any]]:
    """Rows of the form for finished pilots: five criteria that total 100."""
    judged = {"kind": "quality", "scale": scales.USUAL, "word_limit": PILOT_WORDS}
    return [
        {"name": "Measured outcome", "weight": "35", "kind": "result", "scale": scales.USUAL, "description": ""},
        judged | {
            "name": "Operational fit", "weight": "15",
            "description": "How it worked in the council’s everyday: what staff had to do, what broke, how fast it was "
            "put right, and what a wider use would need.",
        },
        judged | {
            "name": "Users’ experience", "weight": "15",
            "description": "What the people it is for said and did, those who found it hard included, and how many "
            "were asked.",
        },
        {"name": "Whole-life cost", "weight": "25", "kind": "price", "scale": scales.USUAL, "description": ""},
        judged | {
            "name": "Clause compliance", "weight": "10",
            "description": "How the clauses were kept while it ran: what was found, how often, how fast it was put "
            "right, and what was waived.",
        },
    ]  # fmt: skip
