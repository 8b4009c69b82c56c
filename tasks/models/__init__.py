"""Models of the tasks app."""

from tasks.models.assignments import Assignment
from tasks.models.briefs import BriefNote
from tasks.models.channels import ChannelChoice, Robot, ScheduleRun
from tasks.models.contributions import Contribution
from tasks.models.duties import Responsibility
from tasks.models.endings import Assessment, Ending
from tasks.models.evidence import Evidence
from tasks.models.extensions import Extension
from tasks.models.findings import Finding, FindingStep, Sample, SampleRow
from tasks.models.indicators import Indicator, Observation, Target
from tasks.models.milestones import Milestone
from tasks.models.notices import Carried, Digest, Notice
from tasks.models.plans import Action, Plan, PlanSide
from tasks.models.progress import Period, ProgressReport
from tasks.models.snapshots import PeriodSide, Snapshot, SnapshotRow
from tasks.models.tasks import Task
from tasks.models.urges import PhoneCall, Urge, UrgeItem, UrgeUnit
from tasks.models.views import SavedView

__all__ = [
    "Action",
    "Assessment",
    "Assignment",
    "BriefNote",
    "Carried",
    "ChannelChoice",
    "Contribution",
    "Digest",
    "Ending",
    "Evidence",
    "Extension",
    "Finding",
    "FindingStep",
    "Indicator",
    "Milestone",
    "Notice",
    "Observation",
    "Period",
    "PeriodSide",
    "PhoneCall",
    "Plan",
    "PlanSide",
    "ProgressReport",
    "Responsibility",
    "Robot",
    "Sample",
    "SampleRow",
    "SavedView",
    "ScheduleRun",
    "Snapshot",
    "SnapshotRow",
    "Target",
    "Task",
    "Urge",
    "UrgeItem",
    "UrgeUnit",
]
