"""All that a list's filters choose, on whichever page it stands: `all=overdue?kind=missing`.

A list's box carries the list's name with its address' query; what it stands for is looked up when
it is sent, by the list's own filters and with the sender's own rights.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, QueryDict

from tasks import policy
from tasks.filters import TaskFilter
from tasks.services.late_facts import subject_of
from tasks.services.urge_things import MOST_TICKED, URGED, Chosen
from tasks.views import matrix, overdue, units
from tracker.lib import workdays
from units.models import User

LONGEST = 2000  # of an address' query
Lookup = Callable[[HttpRequest, User, QueryDict], Chosen]


def chosen_of(request: HttpRequest, user: User, texts: list[str]) -> Chosen:
    """What these boxes stand for, together."""
    found = Chosen()
    for text in texts[: len(LISTS)]:
        name, _mark, query = text.partition("?")
        if name in LISTS and len(query) <= LONGEST:
            found |= LISTS[name](request, user, QueryDict(query))
    return found


def _overdue(request: HttpRequest, user: User, query: QueryDict) -> Chosen:
    found = overdue.Listing(request, query)
    if found.kind not in URGED:
        return Chosen()
    mine = policy.scope(user, "urge.make").order_by().values("pk")
    rows = found.chosen.filter(pk__in=mine)[:MOST_TICKED]
    return Chosen(keys=frozenset(subject_of(found.kind, side) for side in rows))


def _tasks(request: HttpRequest, user: User, query: QueryDict) -> Chosen:
    today = workdays.today()
    visible: Any = policy.scope(user, "task.view")
    filters = TaskFilter(query, visible.for_list(today), request=request, today=today)
    if not filters.is_valid():
        return Chosen()
    return Chosen(tasks=frozenset(filters.qs.values_list("pk", flat=True)[:MOST_TICKED]))


def _units(request: HttpRequest, user: User, query: QueryDict) -> Chosen:
    rows = units.listed(user, units.UnitFilterForm(user, query), workdays.today())
    return Chosen(units=frozenset(rows.values_list("pk", flat=True)[:MOST_TICKED]))


def _matrix(request: HttpRequest, user: User, query: QueryDict) -> Chosen:
    return Chosen(keys=frozenset(matrix.keys_to_urge(request, query)[:MOST_TICKED]))


LISTS: dict[str, Lookup] = {
    "overdue": _overdue,
    "tasks": _tasks,
    "units": _units,
    "matrix": _matrix,
}
