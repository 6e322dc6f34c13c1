"""The short forms of a challenge: input in, clean data out."""

from challenges.forms.amending import AmendmentForm
from challenges.forms.criteria import CriteriaFormSet, CriterionForm, PriceRuleForm, criterion_initial
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
    "CriteriaFormSet",
    "CriterionForm",
    "DeadlineForm",
    "OutageForm",
    "OutcomeForm",
    "OutcomesFormSet",
    "PriceRuleForm",
    "ProcedureForm",
    "ReasonForm",
    "StartForm",
    "TimetableForm",
    "criterion_initial",
]
