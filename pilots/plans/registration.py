"""What is registered, and what it is registered about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from accounts.models import User
from challenges.models import Design, Outcome
from pilots.models import Arm, Metric, Pilot, Site
from pilots.plans.designs import RANDOM_STRENGTH, STRENGTH

ALPHA_CEILING = Decimal("0.05")
COMPLETENESS_FLOOR = Decimal("0.75")


@dataclass(frozen=True)
class Registration:
    """What the pilot manager registers, beside the measure that the challenge published.

    Effects are in the metric's unit, for counts too: their plan turns them into relative changes. `spread` is how much
    a site's change (comparison) or a period's value (other designs) varies, `resemblance` how alike neighbouring
    periods are (0-1), `events` how many a usual period has (counts): these serve only the chances shown beforehand.
    `starts` has the first day of each pilot site (staggered start), `exposure` the code of the measure that events are
    counted against (empty: the number of readings). `earlier_looks` are analysis dates before the last one; two `looks`
    at the end keep one extension possible. All of them share alpha, equally or late (O'Brien and Fleming).
    `keep_days` has, by a measure's code, for how many days after the result its raw readings are kept (missing: for
    ever), `residents` the codes of measures that residents may send readings of.
    """

    design: str
    baseline_starts_on: date
    starts_on: date
    ends_on: date
    analysis_on: date
    decision_on: date
    decider: User
    minimum_worthwhile_effect: Decimal
    harm_limit: Decimal
    spread: Decimal = Decimal(0)
    resemblance: Decimal = Decimal("0.4")
    expected_effect: Decimal | None = None
    alpha: Decimal = ALPHA_CEILING
    lowest: Decimal | None = None
    highest: Decimal | None = None
    transition_periods: int = 0
    harmonics: int = 0
    looks: int = 1
    is_strict: bool = False
    is_random_order: bool = False
    assignment: str = ""
    starts: Mapping[str, date] = field(default_factory=dict)
    exposure: str = ""
    events: Decimal | None = None
    keep_days: Mapping[str, int] = field(default_factory=dict)
    residents: Sequence[str] = ()
    earlier_looks: Sequence[date] = ()
    completeness_floor: Decimal = COMPLETENESS_FLOOR
    sharing: str = "equal"

    @property
    def is_randomised(self) -> bool:
        return self.design == Design.RANDOMISED or (self.design == Design.STAGGERED and self.is_random_order)

    @property
    def strength(self) -> int:
        """How much the design can show, to compare with what was published."""
        return RANDOM_STRENGTH if self.is_randomised else STRENGTH[Design(self.design)]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a registration, and the field where it is."""

    field: str
    sentence: str


@dataclass(frozen=True)
class Context:
    """What a plan is made of beside the registration: the pilot, its measures and its sites, already read."""

    pilot: Pilot
    primary: Metric
    others: Sequence[Metric] = field(default_factory=tuple)
    sites: Sequence[Site] = field(default_factory=tuple)

    @property
    def outcome(self) -> Outcome:
        return self.primary.outcome

    def of_arm(self, arm: Arm) -> list[Site]:
        """The sites of one arm."""
        return [site for site in self.sites if site.arm == arm]
