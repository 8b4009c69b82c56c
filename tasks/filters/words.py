"""Searching by words."""

from django.db.models import Q

from tasks.services.search import tasks_saying
from tracker.lib.search import words_of
from units.services.search import units_called

__all__ = ["tasks_saying", "unit_says", "words_of"]


def unit_says(word: str) -> Q:
    """The word stands in a name of the responsible unit."""
    return Q(unit__in=units_called(word))
