"""The forms of the assessment room: input in, clean data out."""

from assessment.forms.interests import ChallengeInterestForm, SupplierInterestsForm
from assessment.forms.judging import DecisionForm, FindingFields, FindingsForm, ModerationForm
from assessment.forms.marking import MarkForm, mark_field
from assessment.forms.panels import PanelForm

__all__ = [
    "ChallengeInterestForm",
    "DecisionForm",
    "FindingFields",
    "FindingsForm",
    "MarkForm",
    "ModerationForm",
    "PanelForm",
    "SupplierInterestsForm",
    "mark_field",
]
