"""The forms of the assessment room: input in, clean data out."""

from assessment.forms.clauses import FindingFields, FindingsForm
from assessment.forms.evidence import AdditionsForm, EvidenceForm
from assessment.forms.flags import FlagAnswerForm, FlagForm
from assessment.forms.interests import (
    AdviserForm,
    ChallengeInterestForm,
    InstantForm,
    OfficerInterestForm,
    OfficerRulingForm,
    RulingForm,
    StepBackForm,
    SupplierInterestsForm,
    VerificationForm,
)
from assessment.forms.judging import DecisionForm, ModerationForm, MoveUpForm
from assessment.forms.letters import ExplanationsForm
from assessment.forms.marking import MarkForm, mark_field
from assessment.forms.panels import (
    CouncilTermsForm,
    PanelForm,
    PanelInviteForm,
    RelieveForm,
    ReopenForm,
    TermsForm,
    WorkForm,
)
from assessment.forms.prices import AnswerForm, AskForm, LinesFormSet, OutcomeForm, SumsForm
from assessment.forms.sifting import SiftConclusionForm, SiftForm

__all__ = [
    "AdditionsForm",
    "AdviserForm",
    "AnswerForm",
    "AskForm",
    "ChallengeInterestForm",
    "CouncilTermsForm",
    "DecisionForm",
    "EvidenceForm",
    "ExplanationsForm",
    "FindingFields",
    "FindingsForm",
    "FlagAnswerForm",
    "FlagForm",
    "InstantForm",
    "LinesFormSet",
    "MarkForm",
    "ModerationForm",
    "MoveUpForm",
    "OfficerInterestForm",
    "OfficerRulingForm",
    "OutcomeForm",
    "PanelForm",
    "PanelInviteForm",
    "RelieveForm",
    "ReopenForm",
    "RulingForm",
    "SiftConclusionForm",
    "SiftForm",
    "StepBackForm",
    "SumsForm",
    "SupplierInterestsForm",
    "TermsForm",
    "VerificationForm",
    "WorkForm",
    "mark_field",
]
