"""Which rows hold the words of a search: conditions that the database's indexes answer."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from tasks.models import Action, Indicator, Plan, Responsibility, Task
from tracker.lib.search import Text, holders_by_word, says
from tracker.lib.text import whole_number
from units.models import Jurisdiction
from units.services.search import NAME, units_called

# Columns as the indexes of the migration `0005_search` name them.
TASK_TITLE = Text("title")
TASK = Text("number", "title", "clause", "summary")
PLAN = Text("title", "short_title", "number")
ACTION = Text("numeral", "title")
TARGET = Text("words", "place_name", "clause")
WRITTEN = Text("written")
LARGEST_NUMBER = 32_767  # of a task's number and of a year


def tasks_saying(word: str) -> Q:
    """Condition on tasks: the word stands in the task, its action, its plan's or a unit's name."""
    duties = Responsibility.objects.filter(unit__in=units_called(word)).values("task")
    written = Responsibility.objects.filter(says(WRITTEN, [word])).values("task")
    text = Task.objects.filter(says(TASK, [word])).values("pk")
    chapters = Task.objects.filter(action__in=Action.objects.filter(says(ACTION, [word])))
    plans = Task.objects.filter(plan__in=Plan.objects.filter(says(PLAN, [word])))
    # A union: an OR of these would be answered by reading every task.
    return Q(pk__in=text.union(duties, written, chapters.values("pk"), plans.values("pk")))


def task_conditions(plans: QuerySet[Plan], words: Sequence[str]) -> list[Q]:
    """Tasks by their number, by the title, by the text and the plan's name: the best first."""
    by_plan = holders_by_word(plans, PLAN, words)
    anywhere = Q()
    for word in words:
        if by_plan[word]:
            anywhere &= says(TASK, [word]) | Q(plan__in=by_plan[word])
    if bare := [word for word in words if not by_plan[word]]:
        anywhere &= says(TASK, bare)
    number = number_in(words)
    first = [Q(number=number)] if number is not None else []
    return [*first, says(TASK_TITLE, words), anywhere]


def target_conditions(words: Sequence[str]) -> list[Q]:
    """Targets whose indicator, words, place or year hold the words."""
    indicators = holders_by_word(Indicator.objects.all(), NAME, words)
    places = holders_by_word(Jurisdiction.objects.all(), NAME, words)
    of_indicator, anywhere = Q(), Q()
    for word in words:
        of_indicator &= Q(indicator__in=indicators[word])
        condition = says(TARGET, [word]) | Q(indicator__in=indicators[word])
        condition |= Q(place__in=places[word])
        year = number_in([word.removesuffix("年")])
        anywhere &= condition | Q(year=year) if year is not None else condition
    return [of_indicator, anywhere]


def number_in(words: Sequence[str]) -> int | None:
    """The number, if the search is nothing but one."""
    number = whole_number(words[0]) if len(words) == 1 else None
    return number if number is not None and number <= LARGEST_NUMBER else None
