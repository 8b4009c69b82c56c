"""Search over tasks, units, targets, plans and actions."""

from tasks.services.search.find import Group, Kind, search
from tasks.services.search.hits import Hit, hit_of
from tasks.services.search.texts import tasks_saying

__all__ = ["Group", "Hit", "Kind", "hit_of", "search", "tasks_saying"]
