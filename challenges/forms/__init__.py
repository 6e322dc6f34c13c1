"""The short forms of a challenge: input in, clean data out."""

from challenges.forms.amending import AmendmentForm
from challenges.forms.criteria import (
    ContractPriceRuleForm,
    CriteriaFormSet,
    CriterionForm,
    GroupsForm,
    PilotCriteriaFormSet,
    PriceRuleForm,
    criterion_initial,
    group_code,
)
from challenges.forms.drafting import (
    OUTCOME_DEFAULTS,
    ClausesForm,
    CommentForm,
    DeadlineForm,
    OutcomeForm,
    OutcomesFormSet,
    ProcedureForm,
    ReasonForm,
    StartForm,
    TimetableForm,
)
from challenges.forms.outages import OutageForm

__all__ = [
    "OUTCOME_DEFAULTS",
    "AmendmentForm",
    "ClausesForm",
    "CommentForm",
    "ContractPriceRuleForm",
    "CriteriaFormSet",
    "CriterionForm",
    "DeadlineForm",
    "GroupsForm",
    "OutageForm",
    "OutcomeForm",
    "OutcomesFormSet",
    "PilotCriteriaFormSet",
    "PriceRuleForm",
    "ProcedureForm",
    "ReasonForm",
    "StartForm",
    "TimetableForm",
    "criterion_initial",
    "group_code",
]
