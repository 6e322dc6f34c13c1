"""The panel and its judgement: who declared what, every mark with its reason, what was moderated, ranked, decided."""

from assessment.models.evidence import EvidenceRequest, EvidenceState
from assessment.models.finished import PilotEvidence
from assessment.models.flags import Flag, FlagKind
from assessment.models.interests import (
    ApproverDeclaration,
    InterestConfirmation,
    InterestDeclaration,
    Ruling,
)
from assessment.models.letters import Explanation, Letter, LetterKind
from assessment.models.marking import WorkingPaper
from assessment.models.officers import (
    Adviser,
    AdviserField,
    OfficerConfirmation,
    OfficerDeclaration,
    OfficerRuling,
    SteppedBack,
)
from assessment.models.panels import (
    CouncilTerms,
    Panel,
    PanelMember,
    PanelRole,
)
from assessment.models.prices import (
    ClarificationState,
    EarlierRanking,
    PriceClarification,
    PriceCorrection,
    PricePart,
)
from assessment.models.replacing import Replacement
from assessment.models.rounds import (
    Allotment,
    Assessment,
    ClauseFinding,
    Decision,
    DecisionItem,
    EarlierMark,
    FindingVerdict,
    Moderation,
    PriceOpeningConsent,
    Ranking,
    Round,
    RoundKind,
    RoundState,
)
from assessment.models.sifting import SiftOutcome, SiftVerdict
from assessment.models.verifying import Outcome, Question, Stage, Verification, VerifiedPoint

__all__ = [
    "Adviser",
    "AdviserField",
    "Allotment",
    "ApproverDeclaration",
    "Assessment",
    "ClarificationState",
    "ClauseFinding",
    "CouncilTerms",
    "Decision",
    "DecisionItem",
    "EarlierMark",
    "EarlierRanking",
    "EvidenceRequest",
    "EvidenceState",
    "Explanation",
    "FindingVerdict",
    "Flag",
    "FlagKind",
    "InterestConfirmation",
    "InterestDeclaration",
    "Letter",
    "LetterKind",
    "Moderation",
    "OfficerConfirmation",
    "OfficerDeclaration",
    "OfficerRuling",
    "Outcome",
    "Panel",
    "PanelMember",
    "PanelRole",
    "PilotEvidence",
    "PriceClarification",
    "PriceCorrection",
    "PriceOpeningConsent",
    "PricePart",
    "Question",
    "Ranking",
    "Replacement",
    "Round",
    "RoundKind",
    "RoundState",
    "Ruling",
    "SiftOutcome",
    "SiftVerdict",
    "Stage",
    "SteppedBack",
    "Verification",
    "VerifiedPoint",
    "WorkingPaper",
]
