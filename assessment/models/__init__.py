"""The panel and its judgement: who declared what, every mark with its reason, what was moderated, ranked, decided."""

from assessment.models.interests import (
    ApproverDeclaration,
    InterestDeclaration,
)
from assessment.models.marking import WorkingPaper
from assessment.models.panels import (
    Panel,
    PanelMember,
    PanelRole,
)
from assessment.models.rounds import (
    Assessment,
    ClauseFinding,
    Decision,
    DecisionItem,
    FindingVerdict,
    Moderation,
    PriceOpeningConsent,
    Ranking,
    Round,
    RoundKind,
    RoundState,
)

__all__ = [
    "ApproverDeclaration",
    "Assessment",
    "ClauseFinding",
    "Decision",
    "DecisionItem",
    "FindingVerdict",
    "InterestDeclaration",
    "Moderation",
    "Panel",
    "PanelMember",
    "PanelRole",
    "PriceOpeningConsent",
    "Ranking",
    "Round",
    "RoundKind",
    "RoundState",
    "WorkingPaper",
]
