"""Filters by side judge that side alone: one lead row has to meet all conditions together.

Without a place or a unit chosen the worse of a task's sides counts, as everywhere.
"""

import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from tasks import policy
from tasks.models import Period, Responsibility, Task
from tasks.models.duties import ResponsibilityQuerySet
from tasks.models.lights import STATE_ORDER, least, state_rank
from tasks.services.tally import tally
from tasks.states import REPORTED_STATES, LightWord, Role, TaskState
from tracker.lib import workdays
from tracker.lib.workdays import Quarter
from units.filters import within
from units.models import Jurisdiction, Unit

CHOOSING = ("jurisdiction", "lead_unit", "unit")
JUDGING = ("light", "state", "overdue", "unreported", "due_after", "due_before")
# What a task that nobody leads can still be asked: it has dates, and it is not late.
OF_NOBODY = {"due_after", "due_before"}
NOT_LATE = ("none", "false")


def of_place(place: Jurisdiction) -> Q:
    """Lead rows of the place or below; of the place's own plan all, where none stands there."""
    inside = Responsibility.objects.leads().filter(task=OuterRef("task"), side__in=within(place))
    own_plan = Q(~Exists(inside), task__plan__jurisdiction__in=within(place))
    return Q(side__in=within(place)) | own_plan


def of_unit(unit: Unit) -> Q:
    """Rows that the unit leads; of a task in which it only cooperates, all leads."""
    parts = Responsibility.objects.filter(task=OuterRef("task"), unit=unit)
    leads = Exists(parts.filter(role=Role.LEAD))
    return Q(unit=unit) | Q(Exists(parts.filter(role=Role.COOPERATING)), ~leads)


def ranks_of(light: str | list[str]) -> list[int]:
    """Ranks of the words meant: a colour stands for each of its words."""
    wanted = {light} if isinstance(light, str) else set(light)
    return [word.rank for word in LightWord if {word.value, word.light.value} & wanted]


class BySide:
    """For a filter set of tasks: with a side chosen, its conditions are about that side.

    The filter set may have any of the filters of `CHOOSING` and `JUDGING`.
    """

    form: Any
    filters: Any
    queryset: Any
    request: Any
    today: Any = None

    @property
    def chosen(self) -> dict[str, Any]:
        """The place and units that choose a side."""
        given = getattr(self.form, "cleaned_data", {})
        return {name: given[name] for name in CHOOSING if given.get(name)}

    def sides(self, *, without: tuple[str, ...] = ()) -> ResponsibilityQuerySet | None:
        """Lead rows of the side chosen that meet all conditions; None where none is chosen."""
        if not self.chosen:
            return None
        # Any: the annotations are no fields.
        sides: Any = Responsibility.objects.leads().with_light(self.day)
        sides = sides.annotate(state_rank=state_rank()).order_by()
        for name, value in self.chosen.items():
            sides = sides.filter(_choice(name, value))
        for name, value in self._judging().items():
            if name not in without:
                sides = self._judged(sides, name, value)
        found: ResponsibilityQuerySet = sides
        return found

    def filter_queryset(self, queryset: Any) -> Any:
        """Tasks with a side that meets the conditions; light, state and date are that side's."""
        sides = self.sides()
        if sides is None:
            whole: Any = super()
            return whole.filter_queryset(queryset)
        of_task = sides.filter(task=OuterRef("pk"))
        tasks = self._elsewhere(queryset).filter(Exists(of_task) | self._of_nobody())
        ordering = self.filters["ordering"]
        return ordering.filter(_seen_by(tasks, of_task), self.form.cleaned_data["ordering"])

    def counts_by_light(self, without: tuple[str, ...]) -> dict[int, int]:
        """How many tasks have which rank of light under the other filters."""
        sides: Any = self.sides(without=without)
        if sides is None:
            tasks = self.queryset
            for name, value in self.form.cleaned_data.items():
                if name not in {*without, "ordering"}:
                    tasks = self.filters[name].filter(tasks, value)
            # Side by side with the plans, not a look for each task: half a second at 84,000.
            lit: Any = Responsibility.objects.leads().with_light(self.day).order_by()
            lit = lit.filter(task__in=tasks.order_by().values("pk")).values("task")
            ranks = tally(lit.annotate(least=Min("light_rank")).values("least"))
        else:
            among = self._elsewhere(self.queryset).order_by().values("pk")
            ranks = sides.filter(task__in=among).values_list("light_rank")
            ranks = ranks.annotate(n=Count("task", distinct=True))
        return {rank: n for rank, n in ranks if rank is not None}

    def filter_unreported(self, tasks: Any, name: str, quarter: Quarter) -> Any:
        sides = self.unreported_sides(Responsibility.objects.all(), quarter)
        return tasks.filter(Exists(sides.filter(task=OuterRef("pk"))))

    def unreported_sides(self, sides: Any, quarter: Quarter) -> Any:
        """Of which the person may read the progress, and which have handed in nothing."""
        user: Any = self.request.user if self.request else AnonymousUser()
        handed_in = policy.scope(user, "report.view").filter(
            responsibility=OuterRef("pk"),
            period__year=quarter.year,
            period__quarter=quarter.number,
            state__in=REPORTED_STATES,
        )
        asked = Period.objects.of(quarter).filter(plan=OuterRef("task__plan"))
        judged = sides.open().filter(pk__in=policy.scope(user, "progress.view"))
        return judged.filter(Exists(asked)).exclude(Exists(handed_in))

    @property
    def day(self) -> datetime.date:
        today: datetime.date = self.today or workdays.today()
        return today

    def _judging(self) -> dict[str, Any]:
        given = self.form.cleaned_data
        return {name: given[name] for name in JUDGING if given.get(name)}

    def _elsewhere(self, tasks: Any) -> Any:
        """The filters that are about the task as a whole."""
        for name, value in self.form.cleaned_data.items():
            if name not in {*CHOOSING, *JUDGING, "ordering"}:
                tasks = self.filters[name].filter(tasks, value)
        return tasks

    def _judged(self, sides: Any, name: str, value: Any) -> Any:
        match name:
            case "light":
                return sides.filter(light_rank__in=ranks_of(value))
            case "state":
                states = [value] if isinstance(value, str) else value
                ranks = [STATE_ORDER.index(TaskState(state)) for state in states]
                return sides.filter(state_rank__in=ranks)
            case "overdue":
                return _late(sides, value, self.day)
            case "unreported":
                return self.unreported_sides(sides, value)
        return sides.filter(**{"due__gte" if name == "due_after" else "due__lte": value})

    def _of_nobody(self) -> Q:
        """Tasks of the place or unit that nobody leads, as far as they can be judged."""
        asked = self._judging()
        if asked.get("overdue") in NOT_LATE:
            del asked["overdue"]
        if "lead_unit" in self.chosen or set(asked) - OF_NOBODY:
            return Q(pk__in=[])
        found = Q(~Exists(Responsibility.objects.leads().filter(task=OuterRef("pk"))))
        if place := self.chosen.get("jurisdiction"):
            found &= Q(plan__jurisdiction__in=within(place))
        if unit := self.chosen.get("unit"):
            found &= Q(Exists(Responsibility.objects.filter(task=OuterRef("pk"), unit=unit)))
        for name, day in asked.items():
            found &= Q(**{"due__gte" if name == "due_after" else "due__lte": day})
        return found


def _choice(name: str, value: Any) -> Q:
    match name:
        case "jurisdiction":
            return of_place(value)
        case "lead_unit":
            return Q(unit=value)
    return of_unit(value)


def _late(sides: Any, kind: str, today: datetime.date) -> Any:
    match kind:
        case "overdue" | "true":
            return sides.overdue(today)
        case "expired":
            return sides.expired(today)
        case "late":
            return sides.late(today)
    rows = Responsibility.objects
    late = rows.overdue(today) if kind == "false" else rows.late(today)
    return sides.exclude(pk__in=late.values("pk"))


def _seen_by(tasks: QuerySet[Task], of_task: Any) -> Any:
    """Sort by light, state and date of the sides that were found."""
    names = ("light_rank", "state_rank", "due")
    return tasks.annotate(**{name: least(of_task, name) for name in names})
