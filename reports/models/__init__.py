"""Runs of books, and the files they made."""

from reports.models.runs import ReportFile, ReportRun, ReportRunQuerySet

__all__ = ["ReportFile", "ReportRun", "ReportRunQuerySet"]
