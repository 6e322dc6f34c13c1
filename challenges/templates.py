"""Criteria to begin from. They are drafts: an officer changes the words and the weight before publication."""

from typing import Any

from challenges import scales

SOCIAL_VALUE_NAME = "Social value"
SOCIAL_VALUE_WORDS = 250
SOCIAL_VALUE_WEIGHT = "10"


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
