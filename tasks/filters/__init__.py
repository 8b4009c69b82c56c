"""Filters, for web and API alike."""

from tasks.filters.late import LateSideFilter
from tasks.filters.tasks import TaskFilter

__all__ = ["LateSideFilter", "TaskFilter"]
