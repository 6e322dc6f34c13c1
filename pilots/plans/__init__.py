"""The plan of a pilot: what is registered, what is wrong with it, and the text that is frozen and hashed."""

from pilots.plans.checks import plain, problems, start_field
from pilots.plans.content import (
    DECISION_RULE,
    canonical,
    content,
    digest,
    foresight,
    monitoring_days,
    statistical,
)
from pilots.plans.designs import COMPARED, IN_SERIES, Option, options, relative
from pilots.plans.extending import Longer, extended, extension_problems, is_foreseen
from pilots.plans.registration import Context, Problem, Registration

__all__ = [
    "COMPARED",
    "DECISION_RULE",
    "IN_SERIES",
    "Context",
    "Longer",
    "Option",
    "Problem",
    "Registration",
    "canonical",
    "content",
    "digest",
    "extended",
    "extension_problems",
    "foresight",
    "is_foreseen",
    "monitoring_days",
    "options",
    "plain",
    "problems",
    "relative",
    "start_field",
    "statistical",
]
