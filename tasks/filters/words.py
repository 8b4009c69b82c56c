"""Searching by words."""

from django.db.models import Q

from tasks.services.search import tasks_saying
from tracker.lib.search import words_of
from units.models import Unit
from units.services.search import called

__all__ = ["tasks_saying", "unit_says", "words_of"]


def unit_says(word: str) -> Q:
    """The word stands in a name of the responsible unit."""
    return Q(unit__in=Unit.objects.filter(called([word])).values("pk"))
