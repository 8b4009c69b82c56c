"""Models of the tasks app."""

from tasks.models.assignments import Assignment
from tasks.models.briefs import BriefNote
from tasks.models.indicators import Indicator, Observation, Target
from tasks.models.notices import Digest, Notice
from tasks.models.plans import Action, Plan, PlanSide
from tasks.models.progress import Period, ProgressReport
from tasks.models.tasks import Responsibility, Task

__all__ = [
    "Action",
    "Assignment",
    "BriefNote",
    "Digest",
    "Indicator",
    "Notice",
    "Observation",
    "Period",
    "Plan",
    "PlanSide",
    "ProgressReport",
    "Responsibility",
    "Target",
    "Task",
]
