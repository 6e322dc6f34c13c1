"""Pilots: a plan frozen beforehand, readings as they come, evaluations on their dates, and the gate."""

from pilots.models.accounts import AccountSide, PilotAccount
from pilots.models.archives import ReadingArchive
from pilots.models.beside import AccompanyingSeries
from pilots.models.clauses import CheckVerdict, ClauseCheck, ClauseWatch, HealthProbe, ServiceRegistration
from pilots.models.devices import DeviceEvent, Happening
from pilots.models.evaluations import AnalysedReadings, EvaluationKind, GateDecision, PilotEvaluation, Verdict
from pilots.models.extending import Extension
from pilots.models.feeds import FeedEvery, FeedKey, ReadingFeed
from pilots.models.gates import GateItem, GateRecord
from pilots.models.going_wrong import (
    DeviceRecall,
    Erasure,
    Incident,
    IncidentDuty,
    IncidentEntry,
    Severity,
    StopKind,
    SupplierStop,
    Whom,
)
from pilots.models.paying import Milestone, MilestoneState, MilestoneStep
from pilots.models.people import AnswerMode, FieldNote, Finding, FindingKind, Method, Survey, SurveyAnswer
from pilots.models.planned import Arm, Device, GateChoice, Metric, Pilot, PilotQuerySet, PilotState, Site
from pilots.models.readings import (
    DailyRollup,
    HourlyRollup,
    OutOfRangeReading,
    PendingRollup,
    Reading,
    ReadingsKept,
    ReadingToken,
    ReadingVersion,
    Source,
)
from pilots.models.residents import Judged, ResidentForm, ResidentReading
from pilots.models.stopping import Cause, Suspension

__all__ = [
    "AccompanyingSeries",
    "AccountSide",
    "AnalysedReadings",
    "AnswerMode",
    "Arm",
    "Cause",
    "CheckVerdict",
    "ClauseCheck",
    "ClauseWatch",
    "DailyRollup",
    "Device",
    "DeviceEvent",
    "DeviceRecall",
    "Erasure",
    "EvaluationKind",
    "Extension",
    "FeedEvery",
    "FeedKey",
    "FieldNote",
    "Finding",
    "FindingKind",
    "GateChoice",
    "GateDecision",
    "GateItem",
    "GateRecord",
    "Happening",
    "HealthProbe",
    "HourlyRollup",
    "Incident",
    "IncidentDuty",
    "IncidentEntry",
    "Judged",
    "Method",
    "Metric",
    "Milestone",
    "MilestoneState",
    "MilestoneStep",
    "OutOfRangeReading",
    "PendingRollup",
    "Pilot",
    "PilotAccount",
    "PilotEvaluation",
    "PilotQuerySet",
    "PilotState",
    "Reading",
    "ReadingArchive",
    "ReadingFeed",
    "ReadingToken",
    "ReadingVersion",
    "ReadingsKept",
    "ResidentForm",
    "ResidentReading",
    "ServiceRegistration",
    "Severity",
    "Site",
    "Source",
    "StopKind",
    "SupplierStop",
    "Survey",
    "SurveyAnswer",
    "Suspension",
    "Verdict",
    "Whom",
]
