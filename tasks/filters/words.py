"""Searching by words."""

from django.db.models import Exists, OuterRef, Q

from tasks.models import Responsibility
from tracker.lib.text import clean_text
from units.models import UnitName

MOST_WORDS = 5


def words_of(text: str) -> list[str]:
    """The words searched for; all of them must stand somewhere."""
    return clean_text(text).split()[:MOST_WORDS]


def task_says(word: str) -> Q:
    """The word stands in the task's or its action's text, or in a name of one of its units."""
    duties = Responsibility.objects.filter(task=OuterRef("pk")).filter(unit_says(word))
    text = Q(title__icontains=word) | Q(summary__icontains=word) | Q(clause__icontains=word)
    return text | Q(action__title__icontains=word) | Q(Exists(duties))


def unit_says(word: str) -> Q:
    """The word stands in a name of the responsible unit."""
    names = UnitName.objects.filter(unit=OuterRef("unit"), name__icontains=word)
    return Q(unit__name__icontains=word) | Q(Exists(names))
