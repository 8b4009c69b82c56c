"""Columns of the web lists: on the page and in the workbook; each named once."""

from dataclasses import replace

from tasks.columns.duties import ASSIGNMENT_LIST, CONTACT_LIST
from tasks.columns.extensions import EXTENSION_LIST
from tasks.columns.findings import FINDING_LIST
from tasks.columns.late import LATE, LATE_LIST
from tasks.columns.notices import NOTICE_LIST
from tasks.columns.records import RECORD_LIST
from tasks.columns.targets import OBSERVATION_LIST, TARGET_LIST, TARGETS
from tasks.columns.tasks import TASK_LIST, TASKS
from tasks.columns.units import UNIT_LIST
from tasks.columns.urges import CALL_LIST, URGE_LIST
from tracker.lib.lists import Head

# The same columns where the document's order stays.
TASKS_IN_ORDER = tuple(replace(head, sort="") for head in TASKS if head.shown)

__all__ = [
    "ASSIGNMENT_LIST",
    "CALL_LIST",
    "CONTACT_LIST",
    "EXTENSION_LIST",
    "FINDING_LIST",
    "LATE",
    "LATE_LIST",
    "NOTICE_LIST",
    "OBSERVATION_LIST",
    "RECORD_LIST",
    "TARGETS",
    "TARGET_LIST",
    "TASKS",
    "TASKS_IN_ORDER",
    "TASK_LIST",
    "UNIT_LIST",
    "URGE_LIST",
    "Head",
]
