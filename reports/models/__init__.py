"""Runs of books and the files they made, schedules and their mails; forms that were sent in."""

from reports.models.mails import ReportMail, ReportMailQuerySet
from reports.models.runs import ReportFile, ReportRun, ReportRunQuerySet
from reports.models.schedules import ReportSchedule, ReportScheduleQuerySet
from reports.models.uploads import Upload, UploadQuerySet

__all__ = [
    "ReportFile",
    "ReportMail",
    "ReportMailQuerySet",
    "ReportRun",
    "ReportRunQuerySet",
    "ReportSchedule",
    "ReportScheduleQuerySet",
    "Upload",
    "UploadQuerySet",
]
