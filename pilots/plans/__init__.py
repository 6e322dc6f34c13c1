"""The plan of a pilot: what is registered, what is wrong with it, and the text that is frozen and hashed."""

from pilots.plans.checks import keep_field, plain, problems, start_field
from pilots.plans.content import (
    DECISION_RULE,
    canonical,
    content,
    digest,
    earlier_looks,
    foresight,
    monitoring_days,
    statistical,
)
from pilots.plans.designs import COMPARED, IN_SERIES, Option, options, relative
from pilots.plans.extending import Longer, extended, extension_problems, is_foreseen
from pilots.plans.former import former, former_design
from pilots.plans.keeping import kept_until, may_be_sent_by_residents
from pilots.plans.registration import COMPLETENESS_FLOOR, Context, Problem, Registration
from pilots.plans.wording import least, promised

__all__ = [
    "COMPARED",
    "COMPLETENESS_FLOOR",
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
    "earlier_looks",
    "extended",
    "extension_problems",
    "foresight",
    "former",
    "former_design",
    "is_foreseen",
    "keep_field",
    "kept_until",
    "least",
    "may_be_sent_by_residents",
    "monitoring_days",
    "options",
    "plain",
    "problems",
    "promised",
    "relative",
    "start_field",
    "statistical",
]
