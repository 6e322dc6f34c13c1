"""Counts of few people, shown so that nobody is found in them. Pure."""

STEP = 5


def shown(count: int) -> str:
    """A count as a council sees it: `fewer than 5`, then in steps of five, so that no single press can be seen."""
    if count < STEP:
        return f"fewer than {STEP}"
    return f"{count - count % STEP} or more"
