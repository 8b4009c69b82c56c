"""The search over everything that is open to read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Prefetch, QuerySet
from django.utils.translation import pgettext_lazy

from tasks import policy
from tasks.models import Action, Responsibility
from tasks.services.search.texts import ACTION, PLAN, target_conditions, task_conditions
from tracker.lib.search import MOST, first_found, fold, says
from units import policy as people_policy
from units.services.search import find_units


class Kind(models.TextChoices):
    """What can be found, in the order in which it is listed."""

    TASK = "task", pgettext_lazy("several", "任务")
    UNIT = "unit", pgettext_lazy("several", "单位")
    TARGET = "target", pgettext_lazy("several", "目标")
    PLAN = "plan", pgettext_lazy("several", "方案")
    ACTION = "action", pgettext_lazy("several", "行动")


@dataclass(frozen=True)
class Group:
    """What was found of a kind: the first rows, and how many there are as far as counted."""

    kind: Kind
    rows: list[Any]
    found: int

    @property
    def count(self) -> int:
        return min(self.found, MOST)

    @property
    def is_bounded(self) -> bool:
        """There are more than were counted."""
        return self.found > MOST

    @property
    def count_shown(self) -> str:
        return f"{self.count}+" if self.is_bounded else str(self.count)

    @property
    def rest(self) -> bool:
        """More are found than are in `rows`."""
        return self.found > len(self.rows)


def search(
    user: Any,
    words: Sequence[str],
    *,
    limit: int,
    kinds: Iterable[Kind] = tuple(Kind),
) -> list[Group]:
    """What the person may read and holds all the words, by kind; kinds without any are left out."""
    groups = []
    for kind in kinds if words else ():
        rows, keys = FINDERS[kind](user, words)
        wanted = keys[: min(limit, MOST)]
        if wanted:
            by_key = SHOWN[kind](rows).in_bulk(wanted)
            found = [by_key[key] for key in wanted if key in by_key]
            groups.append(Group(Kind(kind), found, len(keys)))
    # A unit whose very name was given is what was looked for.
    return sorted(groups, key=lambda group: not _is_named(group, words))


def _is_named(group: Group, words: Sequence[str]) -> bool:
    """The group's first row is a unit with this very name."""
    if group.kind != Kind.UNIT:
        return False
    unit = group.rows[0]
    names = {fold(name) for name in (unit.name, *(name.name for name in unit.names.all()))}
    return bool(names & {" ".join(words), "".join(words)})


Found = tuple[QuerySet[Any], list[int]]


def _tasks(user: Any, words: Sequence[str]) -> Found:
    tasks = policy.scope(user, "task.view")
    conditions = task_conditions(policy.scope(user, "plan.view"), words)
    return tasks, first_found(tasks, conditions, ("plan", "number"))


def _units(user: Any, words: Sequence[str]) -> Found:
    units = people_policy.scope(user, "unit.view")
    return units, find_units(units, words)


def _targets(user: Any, words: Sequence[str]) -> Found:
    targets = policy.scope(user, "target.view")
    return targets, first_found(targets, target_conditions(words), ("plan", "order"))


def _plans(user: Any, words: Sequence[str]) -> Found:
    plans = policy.scope(user, "plan.view")
    return plans, first_found(plans, [says(PLAN, words)], ("-status", "starts_on"))


def _actions(user: Any, words: Sequence[str]) -> Found:
    actions = Action.objects.filter(plan__in=policy.scope(user, "plan.view"))
    return actions, first_found(actions, [says(ACTION, words)], ("plan", "number"))


FINDERS: dict[Kind, Callable[[Any, Sequence[str]], Found]] = {
    Kind.TASK: _tasks,
    Kind.UNIT: _units,
    Kind.TARGET: _targets,
    Kind.PLAN: _plans,
    Kind.ACTION: _actions,
}
# The rows with what is shown of them, in a constant number of queries.
LEADS = Prefetch(
    "responsibilities",
    Responsibility.objects.leads().with_percent().select_related("unit").order_by("order"),
)
SHOWN: dict[Kind, Callable[[Any], Any]] = {
    Kind.TASK: lambda tasks: tasks.select_related("plan").prefetch_related(LEADS),
    Kind.UNIT: lambda units: units.select_related("jurisdiction", "successor").prefetch_related(
        "names"
    ),
    Kind.TARGET: lambda targets: targets.select_related("plan", "indicator", "place"),
    Kind.PLAN: lambda plans: plans,
    Kind.ACTION: lambda actions: actions.select_related("plan"),
}
